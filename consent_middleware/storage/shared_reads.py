"""Answers everybody who asks the same at once with one read.

Whoever asks while a read is under way waits for the next one, and so learns of everything that was committed before asking.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Generic, TypeVar

from ..errors import LedgerUnavailable
from .batches import own_failure
from .database import STOPPED, Database, Run

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

T = TypeVar("T")


class SharedRead(Generic[T]):
    """``read`` asks one thing; its answer must not be changed by whoever gets it."""

    def __init__(self, database: Database, read: Callable[["AsyncConnection"], Awaitable[T]]) -> None:
        self._database = database
        self._read = read
        self._waiting: deque[Future[T]] = deque()
        self._reader: asyncio.Task[None] | None = None

    async def get(self) -> T:
        """Raises LedgerUnavailable within the database's patience, LedgerError when it refuses."""
        await self._database.load()
        future: Future[T] = Future()
        self._waiting.append(future)
        self._database.call_soon(self._wake)
        return await self._database.answer(future)

    def _wake(self, run: Run) -> None:
        # A reader of another loop was left behind in the parent of a fork.
        reader = self._reader
        if reader is None or reader.done() or reader.get_loop() is not asyncio.get_running_loop():
            self._reader = asyncio.create_task(self._drain(run))

    async def _drain(self, run: Run) -> None:
        while self._waiting:
            asking = [future for future in self._take() if future.set_running_or_notify_cancel()]
            if not asking:
                continue
            try:
                found = await run.transact(self._read, writing=False, seconds=self._database.patience * 0.95)
            except asyncio.CancelledError:
                # The database stops; whoever asked was not cancelled.
                _fail(asking, LedgerUnavailable(STOPPED))
                raise
            except Exception as error:
                _fail(asking, error)
            else:
                for future in asking:
                    future.set_result(found)

    def _take(self) -> list["Future[T]"]:
        taken = list(self._waiting)
        for _ in taken:
            self._waiting.popleft()
        return taken


def _fail(asking: list["Future[T]"], error: Exception) -> None:
    for future in asking:
        future.set_exception(own_failure(error))
