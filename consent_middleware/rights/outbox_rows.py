"""Messages as rows, and the lease by which one process at a time sends them.

SQLAlchemy is imported inside the functions, which run on the database's thread: this module is imported by every mount.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


_FURTHEST = 7 * 86_400
"""Seconds: longer than any pause or lease, and than clocks of one site's machines disagree."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A recipient that is to be told. Times are seconds since 1970, UTC."""

    message_id: str
    service: str
    url: str
    consent_id: str
    created_at: int
    attempts: int = 0
    next_at: int
    """When it is tried next; 0 once it was given up."""
    problem: str = ""
    """What happened at the last attempt."""

    @property
    def is_given_up(self) -> bool:
        return self.next_at == 0


async def insert(connection: "AsyncConnection", messages: Sequence[Message]) -> None:
    from ..storage.outbox_schema import OUTBOX

    if messages:
        rows = [{**msgspec.structs.asdict(message), "lease": "", "leased_until": 0} for message in messages]
        await connection.execute(OUTBOX.insert(), rows)


async def claim(connection: "AsyncConnection", *, lease: str, now: int, until: int, limit: int) -> list[Message]:
    """Take up to ``limit`` messages that are due for ``lease``, until that time; none that another process holds.

    Two that see the same row: the second one's update finds it leased, or its transaction is refused. No row is locked for longer.
    A time that lies further ahead than any is set was set by a clock that went wrong.
    """
    from sqlalchemy import or_

    from ..storage.outbox_schema import OUTBOX

    is_due = or_(OUTBOX.c.next_at.between(1, now), OUTBOX.c.next_at > now + _FURTHEST)
    is_free = or_(OUTBOX.c.leased_until <= now, OUTBOX.c.leased_until > now + _FURTHEST)
    free = (is_due, is_free)
    due = OUTBOX.select().with_only_columns(OUTBOX.c.message_id).where(*free)
    due = due.order_by(OUTBOX.c.next_at, OUTBOX.c.message_id).limit(limit)
    for message_id in list((await connection.execute(due)).scalars()):
        take = OUTBOX.update().where(OUTBOX.c.message_id == message_id, *free)
        await connection.execute(take.values(lease=lease, leased_until=until))
    return await _read(connection, OUTBOX.select().where(OUTBOX.c.lease == lease, OUTBOX.c.leased_until > now))


async def postpone(connection: "AsyncConnection", message: Message, *, lease: str) -> None:
    """Store what ``message`` has become after an attempt, and let go of it, unless another process has it by now."""
    from ..storage.outbox_schema import OUTBOX

    own = OUTBOX.update().where(OUTBOX.c.message_id == message.message_id, OUTBOX.c.lease == lease)
    values = {"attempts": message.attempts, "next_at": message.next_at, "problem": message.problem}
    await connection.execute(own.values(**values, lease="", leased_until=0))


async def delete(connection: "AsyncConnection", message_id: str) -> None:
    from ..storage.outbox_schema import OUTBOX

    await connection.execute(OUTBOX.delete().where(OUTBOX.c.message_id == message_id))


async def revive(connection: "AsyncConnection", now: int) -> int:
    """Let what was given up be tried once more; return how many."""
    from ..storage.outbox_schema import OUTBOX

    given_up = OUTBOX.update().where(OUTBOX.c.next_at == 0).values(next_at=now, attempts=0)
    return (await connection.execute(given_up)).rowcount


async def delete_given_up(connection: "AsyncConnection", before: int) -> int:
    """Delete what was given up and was created before ``before``; return how many."""
    from ..storage.outbox_schema import OUTBOX

    old = OUTBOX.delete().where(OUTBOX.c.next_at == 0, OUTBOX.c.created_at < before)
    return (await connection.execute(old)).rowcount


async def read_all(connection: "AsyncConnection", limit: int) -> list[Message]:
    """What waits, that which was given up first."""
    from ..storage.outbox_schema import OUTBOX

    return await _read(connection, OUTBOX.select().order_by(OUTBOX.c.next_at, OUTBOX.c.message_id).limit(limit))


async def _read(connection: "AsyncConnection", query: object) -> list[Message]:
    rows = (await connection.execute(query)).mappings()  # type: ignore[call-overload]
    return [Message(**{name: row[name] for name in Message.__struct_fields__}) for row in rows]
