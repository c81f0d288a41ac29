"""Hands a task to one process of many, at most once a period: one row, one conditional update, no locks."""

import functools
from typing import TYPE_CHECKING

from .database import Database

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


async def take_task(database: Database, name: str, *, now: int, period: int) -> bool:
    """Say whether the task is this process's to do. Raises LedgerUnavailable, LedgerError.

    Whoever takes it and dies leaves it undone until the next period: what is done once a day can wait a day.
    """
    return await database.run(functools.partial(_take, name=name, now=now, period=period), writing=True)


async def _take(connection: "AsyncConnection", name: str, now: int, period: int) -> bool:
    from .schema import insert_new
    from .task_schema import TASKS

    # A clock that was far ahead when the task was taken must not keep it from everybody until then.
    is_due = (TASKS.c.due_at <= now) | (TASKS.c.due_at > now + period)
    taken = TASKS.update().where(TASKS.c.name == name, is_due).values(due_at=now + period)
    if (await connection.execute(taken)).rowcount:
        return True
    new = insert_new(TASKS, connection).values(name=name, due_at=now + period)
    return (await connection.execute(new)).rowcount > 0
