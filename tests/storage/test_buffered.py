"""Writes that nobody waits for."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from consent_middleware.errors import LedgerUnavailable
from consent_middleware.storage import buffered
from consent_middleware.storage.buffered import BufferedWrites
from consent_middleware.storage.database import Database
from tests.waiting import PATIENCE

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


class Numbers:
    """Numbers that are written down; -1 cannot be. While ``is_down`` the database does not answer."""

    def __init__(self, database: Database, *, pause: float = 0.02) -> None:
        self.database = database
        self.batches: list[list[int]] = []
        self.is_down = False
        self.writes: BufferedWrites[int] = BufferedWrites(database, self._write, size=1000, pause=pause)

    async def _write(self, connection: "AsyncConnection", numbers: Sequence[int]) -> None:
        if self.is_down:
            raise LedgerUnavailable("down")
        if -1 in numbers:
            raise ValueError("this number cannot be stored")
        self.batches.append(list(numbers))

    @property
    def stored(self) -> list[int]:
        return [number for batch in self.batches for number in batch]

    async def until(self, is_so: Callable[[], bool]) -> None:
        async with asyncio.timeout(30):
            while not is_so():  # noqa: ASYNC110 (another thread makes it so)
                await asyncio.sleep(0.005)


Story = Callable[[Numbers], Awaitable[None]]


@pytest.fixture
def tell(tmp_path: Path) -> Callable[..., None]:
    def told(story: Story, **options: float) -> None:
        async def run() -> None:
            database = Database(f"sqlite:///{tmp_path / 'ledger.db'}", patience=PATIENCE)
            await database.start()
            try:
                await story(Numbers(database, **options))
            finally:
                await database.stop()

        asyncio.run(run())

    return told


def test_what_comes_within_a_moment_is_written_together(tell: Callable[..., None]) -> None:
    async def story(numbers: Numbers) -> None:
        for number in range(10):
            assert numbers.writes.add(number)
        await numbers.until(lambda: len(numbers.stored) == 10)
        assert numbers.batches == [list(range(10))]

    tell(story)


def test_whatever_comes_whenever_is_written_without_another_to_push_it(tell: Callable[..., None]) -> None:
    async def story(numbers: Numbers) -> None:
        for number in range(60):
            numbers.writes.add(number)
            await asyncio.sleep(0.001 * (number % 7))
        await numbers.until(lambda: len(numbers.stored) == 60)
        assert numbers.stored == list(range(60))

    tell(story, pause=0.005)


def test_a_flush_does_not_wait_for_the_pause(tell: Callable[..., None]) -> None:
    async def story(numbers: Numbers) -> None:
        numbers.writes.add(1)
        await numbers.writes.flush()
        numbers.writes.add(2)
        await numbers.writes.flush()
        assert numbers.stored == [1, 2]

    tell(story, pause=60)


def test_what_comes_soon_after_a_flush_is_not_forgotten(tell: Callable[..., None]) -> None:
    async def story(numbers: Numbers) -> None:
        for number in range(20):
            numbers.writes.add(number)
            await numbers.writes.flush()
        numbers.writes.add(20)
        await numbers.until(lambda: len(numbers.stored) == 21)

    tell(story, pause=0.2)


def test_one_that_cannot_be_stored_takes_no_other_with_it(tell: Callable[..., None]) -> None:
    async def story(numbers: Numbers) -> None:
        for number in (1, 2, -1, 3, -1, 4):
            numbers.writes.add(number)
        await numbers.writes.flush()
        assert numbers.stored == [1, 2, 3, 4]
        assert numbers.writes.dropped == 2

    tell(story)


def test_an_outage_in_the_middle_of_single_writes_loses_nothing(
    tell: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buffered, "_RETRY", 0.01)

    async def story(numbers: Numbers) -> None:
        for number in (1, -1, 2, 3):
            numbers.writes.add(number)
        await numbers.until(lambda: numbers.stored == [1, 2, 3])
        numbers.is_down = True
        for number in (4, -1, 5):
            numbers.writes.add(number)
        await asyncio.sleep(0.1)
        numbers.is_down = False
        await numbers.until(lambda: len(numbers.stored) == 5)
        assert numbers.stored == [1, 2, 3, 4, 5]
        assert numbers.writes.dropped == 2

    tell(story)


def test_a_stop_during_an_outage_does_not_wait_for_the_next_try(tell: Callable[..., None]) -> None:
    async def story(numbers: Numbers) -> None:
        numbers.is_down = True
        numbers.writes.add(1)
        await asyncio.sleep(0.1)
        began = asyncio.get_running_loop().time()
        await numbers.database.stop()
        # The next try is five seconds away.
        assert asyncio.get_running_loop().time() - began < 4
        numbers.is_down = False
        numbers.writes.add(2)
        await numbers.until(lambda: numbers.stored == [1, 2])

    tell(story)
