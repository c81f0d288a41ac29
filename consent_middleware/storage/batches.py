"""Groups concurrent writes into one transaction.

A durable commit costs a flush of the disk, whether it holds one row or hundreds. While one transaction commits, what arrives waits
and goes into the next: nobody waits for a timer, and a lone write is not delayed.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from ..errors import LedgerError, LedgerUnavailable
from .database import STOPPED, Database, Run

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

T = TypeVar("T")

_LARGEST = 500
"""Rows in one transaction."""
_WAITING = 10_000
"""Rows that wait at most while the database hangs, so that a flood of requests does not fill the memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry(Generic[T]):
    item: T
    deadline: float
    future: "Future[None]"


class BatchedWrites(Generic[T]):
    """``write`` stores several items in the transaction of the connection it is given; all of them, or it raises."""

    def __init__(
        self,
        database: Database,
        write: Callable[["AsyncConnection", Sequence[T]], Awaitable[None]],
        *,
        settled: Callable[[bool], None] | None = None,
    ) -> None:
        """Write to ``database``. ``settled`` hears of every transaction whether it is certain that it was committed."""
        self._database = database
        self._write = write
        self._settled = settled
        self._waiting: deque[_Entry[T]] = deque()
        self._writer: asyncio.Task[None] | None = None
        self._woken: Run | None = None
        self._adding = threading.Lock()

    def add(self, item: T) -> "Future[None]":
        """Write ``item`` with the next transaction; the future is done after its commit. Never blocks; from any thread.

        Cancelling the future takes the item back, unless its transaction has begun. An item that cannot be written fails alone.
        """
        future: Future[None] = Future()
        if len(self._waiting) >= _WAITING:
            future.set_exception(LedgerUnavailable("Too many records wait for the ledger's database."))
            return future
        # Five percent before the caller gives up, so that the answer is the database's own.
        deadline = time.monotonic() + self._database.patience * 0.95
        with self._adding:
            self._waiting.append(_Entry(item=item, deadline=deadline, future=future))
            is_alone = len(self._waiting) <= 1
        # Waking a thread costs a system call: who comes second is seen by whoever the first one woke, unless that one is gone.
        if is_alone or self._woken is not self._database.running:
            self._woken = self._database.call_soon(self._wake)
        return future

    async def flush(self) -> None:
        """Wait until what was added before is written or has failed. Raises LedgerUnavailable when that takes too long."""
        if self._waiting or (self._writer is not None and not self._writer.done()):
            done: Future[None] = Future()
            self._database.call_soon(lambda run: self._wake(run).add_done_callback(lambda _: tell_done(done)))
            await self._database.answer(done)

    def _wake(self, run: Run) -> "asyncio.Task[None]":
        # A writer of another loop was left behind in the parent of a fork.
        writer = self._writer
        if writer is None or writer.done() or writer.get_loop() is not asyncio.get_running_loop():
            writer = self._writer = asyncio.create_task(self._drain(run))
        return writer

    async def _drain(self, run: Run) -> None:
        while batch := self._take():
            try:
                await self._commit(run, batch)
            except asyncio.CancelledError:
                # The database stops; whoever waits was not cancelled.
                while batch:
                    _fail(batch, LedgerUnavailable(STOPPED))
                    batch = self._take()
                raise

    def _take(self) -> list[_Entry[T]]:
        batch: list[_Entry[T]] = []
        while self._waiting and len(batch) < _LARGEST:
            entry = self._waiting.popleft()
            if entry.future.set_running_or_notify_cancel():
                batch.append(entry)
        return batch

    async def _commit(self, run: Run, batch: Sequence[_Entry[T]]) -> None:
        """Write ``batch`` and answer each of its entries; it has until the deadline of its oldest one."""
        items = [entry.item for entry in batch]
        seconds = batch[0].deadline - time.monotonic()
        committed = False
        try:
            try:
                await run.transact(lambda connection: self._write(connection, items), writing=True, seconds=seconds)
                committed = True
            finally:
                if self._settled is not None:
                    self._settled(committed)
        except LedgerUnavailable as error:
            _fail(batch, error)
        except Exception as error:
            # One of them cannot be stored (a NUL character in PostgreSQL): the others must not suffer for it.
            if len(batch) == 1:
                _fail(batch, error)
                return
            for entry in batch:
                await self._commit(run, [entry])
        else:
            for entry in batch:
                entry.future.set_result(None)


def tell_done(waiting: "Future[None]") -> None:
    """Answer whoever waits, unless they have given up."""
    if waiting.set_running_or_notify_cancel():
        waiting.set_result(None)


def _fail(batch: Sequence[_Entry[T]], error: Exception) -> None:
    for entry in batch:
        if not entry.future.done():
            entry.future.set_exception(own_failure(error))


def own_failure(error: Exception) -> LedgerError:
    """An exception for one of several who wait: raised in all of their tasks, one would collect the tracebacks of all."""
    failure = (LedgerUnavailable if isinstance(error, LedgerUnavailable) else LedgerError)(str(error))
    failure.__cause__ = error
    return failure
