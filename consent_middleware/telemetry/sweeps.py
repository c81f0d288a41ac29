"""Deletes once more, soon after an erasure, what other processes held in memory meanwhile."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING

from ..errors import LedgerError
from ..storage.batches import tell_done
from ..storage.database import Database, Run

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

logger = logging.getLogger("consent_middleware")

Delete = Callable[["AsyncConnection", str, int], Awaitable[int]]
"""Deletes of one visitor what is not younger than a moment."""


class Sweeps:
    """``seconds``: after how long every process has written what it held."""

    def __init__(self, database: Database, delete: Delete, seconds: float) -> None:
        self._database = database
        self._delete = delete
        self._seconds = seconds
        self._running: set[asyncio.Task[None]] = set()

    def begin(self, consent_id: str) -> None:
        """Delete, in a while, what was noted about one visitor until now."""
        until = int(time.time())
        self._database.call_soon(lambda run: self._start(run, consent_id, until))

    async def finish(self) -> None:
        """Return once what was begun is done or has failed. Raises LedgerUnavailable within the database's patience."""
        done: Future[None] = Future()
        self._database.call_soon(lambda _: asyncio.gather(*self._running).add_done_callback(lambda _: tell_done(done)))
        await self._database.answer(done)

    def _start(self, run: Run, consent_id: str, until: int) -> None:
        sweep = asyncio.create_task(self._sweep(run, consent_id, until))
        self._running.add(sweep)
        sweep.add_done_callback(self._running.discard)

    async def _sweep(self, run: Run, consent_id: str, until: int) -> None:
        await asyncio.sleep(self._seconds)
        try:
            await run.transact(
                lambda connection: self._delete(connection, consent_id, until),
                writing=True,
                seconds=self._database.patience,
            )
        except LedgerError:
            logger.warning("What another process wrote during an erasure may be left: the database does not answer.")
