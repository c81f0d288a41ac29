"""Moves what was spooled into the database, once that answers."""

import asyncio
import logging

from ..errors import LedgerError, LedgerUnavailable
from ..storage.database import Database, Run
from .spool import Spool
from .writer import ChainWriter

logger = logging.getLogger("consent_middleware")

_PAUSES = (0.05, 5.0)
"""Seconds between two attempts, at first and at most."""


class Replay:
    """Does nothing where there is no spool."""

    def __init__(self, database: Database, writer: ChainWriter, spool: Spool | None) -> None:
        self._database = database
        self._writer = writer
        self._spool = spool
        self._replaying: asyncio.Task[None] | None = None

    def soon(self) -> None:
        """Replay what there is in the background. From any thread."""
        if self._spool is not None and self._spool.files():
            self._database.call_soon(self._start)

    async def run(self) -> None:
        """Replay it now. Raises LedgerError; what is in the database by then is gone from the spool."""
        if self._spool is None:
            return
        for path in self._spool.files():
            entries = self._spool.read(path)
            await self._database.load()
            written = [self._writer.add(entry) for entry in entries]
            for future in written:
                await self._database.answer(future)
            self._spool.forget(path)
            if entries:
                logger.warning("%d spooled records are in the ledger's database now.", len(entries))

    def _start(self, _: Run) -> None:
        task = self._replaying
        if task is None or task.done() or task.get_loop() is not asyncio.get_running_loop():
            self._replaying = asyncio.create_task(self._run_until_empty())

    async def _run_until_empty(self) -> None:
        """Runs on the database's own loop until the spool is empty, however long the database is gone."""
        pause, longest = _PAUSES
        while self._spool is not None and self._spool.files():
            try:
                await self.run()
            except LedgerUnavailable:
                await asyncio.sleep(pause)
                pause = min(pause * 2, longest)
            except LedgerError:
                logger.exception("Spooled records were refused; they stay in the spool until the next start.")
                return
