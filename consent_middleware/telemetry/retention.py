"""Deletes what was recorded of visits when its time is over."""

import asyncio
import functools
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from ..errors import LedgerError
from ..storage.database import Database, Run
from .event_rows import PAGE

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

logger = logging.getLogger("consent_middleware")

Delete = Callable[["AsyncConnection", int], Awaitable[int]]
"""Deletes at most ``PAGE`` rows of the time before a moment, and returns how many."""

_HOUR = 3600.0


class Retention:
    """``seconds``: how long a row is kept. ``watch`` looks after it for as long as the database is open."""

    def __init__(self, database: Database, seconds: int, delete: Delete) -> None:
        self._database = database
        self.seconds = seconds
        self._delete = delete
        self._watch: asyncio.Task[None] | None = None

    async def purge(self, now: float) -> int:
        """Delete what is too old at ``now``, page by page; return how much. Raises LedgerUnavailable, LedgerError."""
        moment, total = int(now) - self.seconds, 0
        while deleted := await self._database.run(functools.partial(self._before, moment), writing=True):
            total += deleted
        return total

    def watch(self, run: Run) -> None:
        """Delete what is too old, now and every hour; on the database's own loop. A second call changes nothing."""
        watch = self._watch
        if watch is None or watch.done() or watch.get_loop() is not asyncio.get_running_loop():
            self._watch = asyncio.create_task(self._purge_hourly(run))

    async def _purge_hourly(self, run: Run) -> None:
        while True:
            moment, deleted = int(time.time()) - self.seconds, 0
            try:
                deleted = await run.transact(
                    functools.partial(self._before, moment), writing=True, seconds=self._database.patience
                )
            except LedgerError:
                logger.debug("What is too old stays for another hour: the database does not answer.")
            await asyncio.sleep(0 if deleted == PAGE else _HOUR)

    async def _before(self, moment: int, connection: "AsyncConnection") -> int:
        return await self._delete(connection, moment)
