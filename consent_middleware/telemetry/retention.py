"""Deletes recorded events when their time is over."""

import asyncio
import functools
import logging
import time

from ..errors import LedgerError
from ..storage.database import Database, Run
from .event_rows import PAGE, delete_events_before

logger = logging.getLogger("consent_middleware")

_HOUR = 3600.0


class Retention:
    """``seconds``: how long an event is kept. ``watch`` looks after it for as long as the database is open."""

    def __init__(self, database: Database, seconds: int) -> None:
        self._database = database
        self._seconds = seconds
        self._watch: asyncio.Task[None] | None = None

    async def purge(self, now: float) -> int:
        """Delete what is too old at ``now``, page by page; return how much. Raises LedgerUnavailable, LedgerError."""
        work = functools.partial(delete_events_before, moment=int(now) - self._seconds)
        total = 0
        while deleted := await self._database.run(work, writing=True):
            total += deleted
        return total

    def watch(self, run: Run) -> None:
        """Delete what is too old, now and every hour; on the database's own loop. A second call changes nothing."""
        watch = self._watch
        if watch is None or watch.done() or watch.get_loop() is not asyncio.get_running_loop():
            self._watch = asyncio.create_task(self._purge_hourly(run))

    async def _purge_hourly(self, run: Run) -> None:
        while True:
            work = functools.partial(delete_events_before, moment=int(time.time()) - self._seconds)
            deleted = 0
            try:
                deleted = await run.transact(work, writing=True, seconds=self._database.patience)
            except LedgerError:
                logger.debug("Events that are too old stay for another hour: the database does not answer.")
            await asyncio.sleep(0 if deleted == PAGE else _HOUR)
