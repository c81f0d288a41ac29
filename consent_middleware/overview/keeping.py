"""Keeps the inventory in the ledger's database, a few times a minute at most, never on the way of a request.

While the database does not answer, everything stays in memory, which is bounded, and goes out when it does.
"""

import asyncio
import functools
import logging
import time

from ..errors import LedgerUnavailable
from ..storage.database import Database, Run
from . import rows
from .inventory import Batch, Inventory

logger = logging.getLogger("consent_middleware")

_RETRY = 5.0
"""Seconds to the next try while the database does not answer."""


class Keeper:
    """Belongs to one inventory; ``wake`` is what that calls when there is something to keep."""

    def __init__(self, database: Database, *, pause: float = 5.0) -> None:
        self.pause = pause
        """Seconds in which changes gather before they are written."""
        self._database = database
        self._inventory: Inventory | None = None
        self._woken: Run | None = None
        self._writer: asyncio.Task[None] | None = None
        self._turns: tuple[asyncio.AbstractEventLoop, asyncio.Lock] | None = None
        self._has_told = False

    def keep(self, inventory: Inventory) -> None:
        self._inventory = inventory

    def wake(self) -> None:
        """See to it that what changed is written soon. Never blocks; from any thread."""
        woken = self._woken
        # Whoever woke a thread that was left behind in the parent of a fork woke nobody here.
        if woken is None or woken is not self._database.running:
            self._woken = self._database.call_soon(self._begin)

    async def flush(self) -> None:
        """Return when everything is written, or the database has said no. Raises LedgerUnavailable where it does not answer."""
        run = await self._database.load()
        if not await self._database.answer(run.thread.submit(self._write_once(run))):
            raise LedgerUnavailable("The ledger's database does not answer.")

    def _begin(self, run: Run) -> None:
        writer = self._writer
        if writer is None or writer.done() or writer.get_loop() is not asyncio.get_running_loop():
            self._writer = asyncio.create_task(self._write(run))

    async def _write(self, run: Run) -> None:
        await asyncio.sleep(self.pause)
        while True:
            # In this order: who changes something afterwards wakes us again, or is seen here.
            self._woken = None
            if not await self._write_once(run):
                self._woken = run
                await asyncio.sleep(_RETRY)
            elif self._woken is None:
                return
            else:
                await asyncio.sleep(self.pause)

    async def _write_once(self, run: Run) -> bool:
        """Write what has changed; ``False`` where the database did not answer."""
        async with self._turn():
            return await self._write_batch(run)

    def _turn(self) -> asyncio.Lock:
        """Who flushes waits for what is being written. A lock belongs to one event loop, and each run has its own."""
        loop = asyncio.get_running_loop()
        if self._turns is None or self._turns[0] is not loop:
            self._turns = (loop, asyncio.Lock())
        return self._turns[1]

    async def _write_batch(self, run: Run) -> bool:
        batch = self._inventory.take() if self._inventory is not None else None
        if batch is None or batch.is_empty:
            return True
        work = functools.partial(rows.add, batch=batch, now=int(time.time()))
        try:
            await run.transact(work, writing=True, seconds=self._database.patience * 0.9)
        except LedgerUnavailable:
            self._give_back(batch)
            return False
        except asyncio.CancelledError:
            self._give_back(batch)
            raise
        except Exception:
            # Nobody is served by trying the same again, and a log line a minute would say nothing new.
            if not self._has_told:
                logger.exception("What the gates saw could not be written down; it is in this process's memory only.")
            self._has_told = True
        return True

    def _give_back(self, batch: Batch) -> None:
        if self._inventory is not None:
            self._inventory.give_back(batch)
