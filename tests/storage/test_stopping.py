"""Whatever comes at the moment a database stops is answered, and does not start it again."""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from consent_middleware.errors import LedgerUnavailable
from consent_middleware.storage import loop_thread
from consent_middleware.storage.batches import BatchedWrites
from consent_middleware.storage.database import Database, Run
from consent_middleware.telemetry.retention import Retention

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


async def one(connection: "AsyncConnection") -> int:
    return int((await connection.exec_driver_sql("SELECT 1")).scalar_one())


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "consent-ledger"]


class Held:
    """Keeps a database's thread from going on, until it is let go."""

    def __init__(self, database: Database) -> None:
        self._is_held = threading.Event()
        self._may_go = threading.Event()
        self.run = database.call_soon(self._hold)
        self._is_held.wait(30)

    def _hold(self, _: Run) -> None:
        self._is_held.set()
        self._may_go.wait(30)

    def let_go(self) -> None:
        self._may_go.set()


Tell = Callable[[Callable[[Database], Awaitable[None]]], None]


@pytest.fixture
def tell(tmp_path: Path) -> Tell:
    """Run a story on a started database, and see that nothing of it is left."""

    def told(story: Callable[[Database], Awaitable[None]]) -> None:
        async def run() -> None:
            database = Database(f"sqlite:///{tmp_path / 'ledger.db'}")
            await database.start()
            try:
                await story(database)
                assert threads() == []
            finally:
                await database.stop()

        asyncio.run(run())

    return told


def test_what_runs_on_its_own_thread_does_not_start_it_again(tell: Tell) -> None:
    async def story(database: Database) -> None:
        answers: list[object] = []

        async def look() -> None:
            try:
                answers.append(await database.run(one))
            except LedgerUnavailable as error:
                answers.append(str(error))

        held = Held(database)
        # It wakes up by itself, a moment after the stop began and before that reaches it.
        held.run.thread.call_soon(lambda: tasks.append(asyncio.create_task(look())))
        tasks: list[asyncio.Task[None]] = []
        stopping = asyncio.create_task(database.stop())
        await asyncio.sleep(0)
        held.let_go()
        await stopping
        assert answers in ([], ["The ledger was stopped."])

    tell(story)


def test_what_is_handed_over_while_it_ends_is_answered(tell: Tell) -> None:
    async def story(database: Database) -> None:
        held = Held(database)
        stopping = asyncio.create_task(database.stop())
        await asyncio.sleep(0)
        # Whoever looked which run there is before the stop, and is handing something over only now.
        late = [held.run.thread.submit(held.run.transact(one, writing=False, seconds=5))]
        held.let_go()
        await stopping
        late.append(held.run.thread.submit(held.run.transact(one, writing=False, seconds=5)))
        for future in late:
            with pytest.raises(LedgerUnavailable, match="stopped"):
                await database.answer(future)
        assert not held.run.thread.call_soon(threading.Event().set)

    tell(story)


def test_a_stop_does_not_wait_for_a_connection_that_was_cut_off_twice(
    tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop_thread, "_GIVING_BACK", 0.1)
    slow = "WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < 300000) SELECT max(n) FROM counted"

    async def story(database: Database) -> None:
        began = threading.Event()

        async def ask(connection: "AsyncConnection") -> None:
            began.set()
            await connection.exec_driver_sql(slow)

        async def cut_off(run: Run) -> None:
            asking = asyncio.create_task(run.transact(ask, writing=False, seconds=30))
            await asyncio.to_thread(began.wait, 30)
            for _ in range(2):
                await asyncio.sleep(0.02)
                asking.cancel()
            await asyncio.wait({asking})

        run = await database.load()
        await database.answer(run.thread.submit(cut_off(run)))
        before = asyncio.get_running_loop().time()
        await database.stop()
        assert asyncio.get_running_loop().time() - before < database.patience

    tell(story)


def test_a_stop_does_not_wait_for_the_next_purge(tell: Tell) -> None:
    async def story(database: Database) -> None:
        began = threading.Event()

        async def delete(connection: "AsyncConnection", moment: int) -> int:
            began.set()
            await asyncio.sleep(60)
            return 0

        database.call_soon(Retention(database, 0, delete).watch)
        await asyncio.to_thread(began.wait, 30)
        before = asyncio.get_running_loop().time()
        await database.stop()
        assert asyncio.get_running_loop().time() - before < database.patience

    tell(story)


def test_whoever_no_longer_waits_for_a_flush_leaves_no_error_behind(
    tell: Tell, caplog: pytest.LogCaptureFixture
) -> None:
    async def story(database: Database) -> None:
        goes_on = threading.Event()

        async def write(connection: "AsyncConnection", items: Sequence[int]) -> None:
            await asyncio.to_thread(goes_on.wait, 30)

        writes: BatchedWrites[int] = BatchedWrites(database, write)
        written = writes.add(1)
        flushing = asyncio.create_task(writes.flush())
        await asyncio.sleep(0.05)
        flushing.cancel()
        await asyncio.gather(flushing, return_exceptions=True)
        goes_on.set()
        await database.answer(written)
        await database.stop()

    with caplog.at_level(logging.ERROR):
        tell(story)
    assert caplog.records == []
