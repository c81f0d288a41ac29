"""Collects writes that nobody waits for, and stores many of them at once.

Unlike ``BatchedWrites``, which answers each writer as soon as it can, this lets rows gather for a moment: a site that counts its
page views must not cost the disk a flush for each.
"""

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, Generic, TypeVar

from ..errors import LedgerError, LedgerUnavailable
from .batches import tell_done
from .database import Database, Run

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

T = TypeVar("T")

logger = logging.getLogger("consent_middleware")

_LARGEST = 500
"""Rows in one transaction."""
_RETRY = 5.0
"""Seconds to the next try while the database does not answer."""
_LOUD_AGAIN = 60.0
"""Seconds between two warnings about dropped rows."""


class BufferedWrites(Generic[T]):
    """``write`` stores several items in the transaction of the connection it is given, and an item that is there already only once.

    At most ``size`` items wait in memory; what comes then is dropped and counted. While the database does not answer, items wait
    for it; one that it refuses is dropped alone.
    """

    def __init__(
        self,
        database: Database,
        write: Callable[["AsyncConnection", Sequence[T]], Awaitable[None]],
        *,
        size: int = 10_000,
        pause: float = 1.0,
    ) -> None:
        self.pause = pause
        """Seconds that items gather before they are written."""
        self.dropped = 0
        """Items that were never stored."""
        self._database = database
        self._write = write
        self._size = size
        self._waiting: deque[T] = deque()
        self._writer: asyncio.Task[None] | None = None
        self._hurry = asyncio.Event()
        self._alone = 0
        """So many of the next items go one by one: together they were refused."""
        self._woken_at = 0.0
        self._told = 0
        self._told_at = 0.0

    def add(self, item: T) -> bool:
        """Store ``item`` soon; ``False`` where it had to be dropped. Never blocks or raises; from any thread."""
        if len(self._waiting) >= self._size:
            self.dropped += 1
            return False
        self._waiting.append(item)
        now = time.monotonic()
        # Once is enough for all that comes while the writer gathers.
        if now - self._woken_at >= self.pause:
            self._woken_at = now
            self._database.call_soon(self._wake)
        return True

    async def flush(self) -> None:
        """Return when what was added before is stored, or refused. Raises LedgerUnavailable when that takes too long."""
        if not self._waiting and (self._writer is None or self._writer.done()):
            return
        await self._database.load()
        done: Future[None] = Future()

        def hurry(run: Run) -> None:
            self._wake(run).add_done_callback(lambda _: tell_done(done))
            self._hurry.set()

        self._database.call_soon(hurry)
        await self._database.answer(done)

    def abandon(self) -> None:
        """Count what still waits as dropped: the process ends."""
        self.dropped += len(self._waiting)
        self._waiting.clear()
        self._warn(at_once=True)

    def _wake(self, run: Run) -> "asyncio.Task[None]":
        # A writer of another loop was left behind in the parent of a fork, or with a database that was stopped since.
        writer = self._writer
        if writer is None or writer.done() or writer.get_loop() is not asyncio.get_running_loop():
            self._hurry = asyncio.Event()
            writer = self._writer = asyncio.create_task(self._drain(run))
        return writer

    async def _drain(self, run: Run) -> None:
        await self._gather(self.pause)
        while True:
            while batch := self._take():
                if not await self._store(run, batch):
                    self._hurry.clear()
                    await self._gather(_RETRY)
                self._warn()
            # In this order: whoever adds an item looks at the time after it, and either wakes us again or is seen here.
            self._woken_at = 0.0
            if not self._waiting:
                return

    async def _gather(self, seconds: float) -> None:
        """Wait, unless somebody waits for us."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._hurry.wait()

    def _take(self) -> list[T]:
        batch: list[T] = []
        while len(batch) < (1 if self._alone else _LARGEST) and self._waiting:
            batch.append(self._waiting.popleft())
        self._alone = max(0, self._alone - 1)
        return batch

    async def _store(self, run: Run, batch: list[T]) -> bool:
        """Write ``batch``; ``False`` where it waits again because the database did not answer."""
        seconds = self._database.patience * 0.9
        try:
            await run.transact(lambda connection: self._write(connection, batch), writing=True, seconds=seconds)
        except LedgerUnavailable:
            self._waiting.extendleft(reversed(batch))
            return False
        except asyncio.CancelledError:
            self._waiting.extendleft(reversed(batch))
            raise
        except Exception as error:
            if len(batch) > 1:
                # One of them cannot be stored: the others must not suffer for it.
                self._waiting.extendleft(reversed(batch))
                self._alone = len(batch)
                return True
            self.dropped += 1
            if not isinstance(error, LedgerError):
                logger.exception("A recorded event could not be written.")
        return True

    def _warn(self, *, at_once: bool = False) -> None:
        now = time.monotonic()
        if self.dropped > self._told and (at_once or now - self._told_at >= _LOUD_AGAIN):
            logger.warning("%d recorded events were dropped so far: the database is too slow for them.", self.dropped)
            self._told, self._told_at = self.dropped, now
