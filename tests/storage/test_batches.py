"""Many writes in one transaction, each with a fate of its own."""

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from consent_middleware.errors import LedgerError, LedgerUnavailable
from consent_middleware.storage import batches
from consent_middleware.storage.batches import BatchedWrites
from consent_middleware.storage.database import Database
from tests.waiting import until_async

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


class Numbers:
    """Numbers written to a table; -1 cannot be stored. ``gate`` holds a transaction open until it is set."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.transactions: list[int] = []
        self.began = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()
        self._loop = asyncio.get_running_loop()
        self.writes: BatchedWrites[int] = BatchedWrites(database, self._write)

    async def _write(self, connection: "AsyncConnection", numbers: Sequence[int]) -> None:
        self._loop.call_soon_threadsafe(self.began.set)
        # The gate belongs to the test's loop, this runs on the database's.
        while not self.gate.is_set():  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        self.transactions.append(len(numbers))
        for number in numbers:
            if number == -1:
                raise ValueError("this number cannot be stored")
            await connection.exec_driver_sql(f"INSERT INTO consent_schema VALUES ({number})")

    async def append(self, number: int) -> None:
        await asyncio.wrap_future(self.writes.add(number))

    async def stored(self) -> set[int]:
        async def read(connection: "AsyncConnection") -> set[int]:
            rows = await connection.exec_driver_sql("SELECT version FROM consent_schema WHERE version >= 10")
            return set(rows.scalars())

        return await self.database.run(read)


Story = Callable[[Numbers], Awaitable[None]]


@pytest.fixture
def tell(tmp_path: Path) -> Callable[[Story], None]:
    """Run a story on a started database, and stop it."""

    def told(story: Story) -> None:
        async def run() -> None:
            database = Database(f"sqlite:///{tmp_path / 'ledger.db'}")
            await database.start()
            try:
                await story(Numbers(database))
            finally:
                await database.stop()

        asyncio.run(run())

    return told


def test_what_arrives_while_one_commits_shares_the_next_transaction(tell: Callable[[Story], None]) -> None:
    async def story(numbers: Numbers) -> None:
        numbers.gate.clear()
        first = asyncio.create_task(numbers.append(10))
        await numbers.began.wait()
        others = [asyncio.create_task(numbers.append(number)) for number in range(11, 74)]
        await asyncio.sleep(0)
        numbers.gate.set()
        await asyncio.gather(first, *others)
        assert numbers.transactions == [1, 63]
        assert await numbers.stored() == set(range(10, 74))

    tell(story)


def test_a_write_is_answered_only_after_its_commit(tell: Callable[[Story], None]) -> None:
    async def story(numbers: Numbers) -> None:
        numbers.gate.clear()
        write = asyncio.create_task(numbers.append(10))
        await numbers.began.wait()
        await asyncio.sleep(0.05)
        assert not write.done()
        assert await numbers.stored() == set()
        numbers.gate.set()
        await write
        assert await numbers.stored() == {10}

    tell(story)


def test_one_that_cannot_be_stored_fails_alone(tell: Callable[[Story], None]) -> None:
    async def story(numbers: Numbers) -> None:
        answers = await asyncio.gather(*map(numbers.append, [10, 11, -1, 12]), return_exceptions=True)
        assert [type(answer) for answer in answers] == [type(None), type(None), LedgerError, type(None)]
        assert "cannot be stored" in str(answers[2])
        assert await numbers.stored() == {10, 11, 12}

    tell(story)


def test_one_cancelled_before_its_transaction_is_not_written_and_harms_no_other(tell: Callable[[Story], None]) -> None:
    async def story(numbers: Numbers) -> None:
        numbers.gate.clear()
        tasks = [asyncio.create_task(numbers.append(10))]
        await numbers.began.wait()
        tasks += [asyncio.create_task(numbers.append(number)) for number in (11, 12, 13)]
        await asyncio.sleep(0)
        tasks[2].cancel()
        await asyncio.sleep(0)
        numbers.gate.set()
        answers = await asyncio.gather(*tasks, return_exceptions=True)
        assert isinstance(answers.pop(2), asyncio.CancelledError)
        assert answers == [None] * 3
        assert await numbers.stored() == {10, 11, 13}

    tell(story)


def test_one_cancelled_inside_its_transaction_is_written_all_the_same(tell: Callable[[Story], None]) -> None:
    async def story(numbers: Numbers) -> None:
        numbers.gate.clear()
        write = asyncio.create_task(numbers.append(10))
        await numbers.began.wait()
        write.cancel()
        await asyncio.gather(write, return_exceptions=True)
        numbers.gate.set()
        await numbers.append(11)
        assert await numbers.stored() == {10, 11}

    tell(story)


def test_a_flush_waits_for_what_was_added_before(tell: Callable[[Story], None]) -> None:
    async def story(numbers: Numbers) -> None:
        await numbers.writes.flush()
        futures = [numbers.writes.add(number) for number in range(10, 20)]
        await numbers.writes.flush()
        assert all(future.done() for future in futures)
        assert await numbers.stored() == set(range(10, 20))

    tell(story)


def test_a_flush_with_nothing_to_write_starts_nothing(tell: Callable[[Story], None]) -> None:
    async def story(numbers: Numbers) -> None:
        await numbers.append(10)
        await numbers.database.stop()
        await numbers.writes.flush()
        assert "consent-ledger" not in {thread.name for thread in threading.enumerate()}

    tell(story)


def test_a_transaction_that_hangs_fails_in_time_and_the_next_one_works(tell: Callable[[Story], None]) -> None:
    async def story(numbers: Numbers) -> None:
        numbers.database.patience = 0.3
        numbers.gate.clear()
        began = asyncio.get_running_loop().time()
        answers = await asyncio.gather(numbers.append(10), numbers.append(11), return_exceptions=True)
        assert [type(answer) for answer in answers] == [LedgerUnavailable] * 2
        assert asyncio.get_running_loop().time() - began < 30
        numbers.gate.set()
        numbers.database.patience = 30

        async def is_appended() -> bool:
            # Refused until a probe has found that the database answers again.
            with contextlib.suppress(LedgerUnavailable):
                await numbers.append(12)
                return True
            return False

        assert await until_async(is_appended)
        assert await numbers.stored() == {12}

    tell(story)


def test_what_is_on_its_way_when_the_database_stops_fails_instead_of_hanging(tell: Callable[[Story], None]) -> None:
    async def story(numbers: Numbers) -> None:
        numbers.gate.clear()
        write = asyncio.create_task(numbers.append(10))
        await numbers.began.wait()
        await numbers.database.stop()
        with pytest.raises(LedgerUnavailable):
            await write
        assert await numbers.stored() == set()

    tell(story)


def test_a_flood_during_an_outage_is_refused_at_once(
    tell: Callable[[Story], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "_WAITING", 3)

    async def story(numbers: Numbers) -> None:
        numbers.gate.clear()
        tasks = [asyncio.create_task(numbers.append(10))]
        await numbers.began.wait()
        tasks += [asyncio.create_task(numbers.append(number)) for number in (11, 12, 13)]
        await asyncio.sleep(0)
        with pytest.raises(LedgerUnavailable, match="Too many"):
            await numbers.append(14)
        numbers.gate.set()
        await asyncio.gather(*tasks)
        assert await numbers.stored() == {10, 11, 12, 13}

    tell(story)
