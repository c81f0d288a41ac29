"""A thread with an event loop of its own ends tidily."""

import asyncio
import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from consent_middleware.storage.loop_thread import _finish

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


async def one(connection: "AsyncConnection") -> int:
    return int((await connection.exec_driver_sql("SELECT 1")).scalar_one())


def test_a_connection_that_is_about_to_be_given_back_when_it_ends_is_given_back(tmp_path: Path) -> None:
    from sqlalchemy import event

    from consent_middleware.storage.connections import Connections
    from consent_middleware.storage.urls import DatabaseUrl

    connections = Connections(DatabaseUrl.parse(f"sqlite:///{tmp_path / 'ledger.db'}"), patience=30, create=True)
    ends: list[asyncio.Task[None]] = []
    given_back = 0

    def make(loop: asyncio.AbstractEventLoop, coroutine: Any, **more: Any) -> asyncio.Task[Any]:
        # The end begins between the making of that task and its first step.
        if coroutine.__name__ == "close" and not ends:
            ends.append(asyncio.Task(_finish(connections.close), loop=loop))
        return asyncio.Task(coroutine, loop=loop, **more)

    def count(*_: object) -> None:
        nonlocal given_back
        given_back += 1

    loop = asyncio.new_event_loop()
    loop.run_until_complete(connections.transact(one, writing=False, seconds=30))
    assert connections._engine is not None
    event.listen(connections._engine.pool, "checkin", count)
    loop.set_task_factory(make)
    with contextlib.suppress(asyncio.CancelledError):
        loop.run_until_complete(connections.transact(one, writing=False, seconds=30))
    loop.run_until_complete(ends[0])
    assert given_back == 1
    loop.close()
