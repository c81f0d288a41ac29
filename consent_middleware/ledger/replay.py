"""Moves what was spooled into the database, once that answers."""

import asyncio
import logging
from collections.abc import Sequence

from ..errors import LedgerError, LedgerUnavailable
from ..storage.database import Database, Run
from .spool import Spool
from .writer import ChainWriter, Entry

logger = logging.getLogger("consent_middleware")

_AT_ONCE = 1000
"""Records handed to the writer at once: its line is for visitors too."""
_PAUSES = (0.05, 5.0)
"""Seconds between two attempts, at first and at most."""


class Replay:
    """Does nothing where there is no spool."""

    def __init__(self, database: Database, writer: ChainWriter, spool: Spool | None) -> None:
        self._database = database
        self._writer = writer
        self._spool = spool
        self._replaying: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Replay what an earlier process left, in the background. From any thread."""
        if self._spool is not None:
            self._spool.forget_unfinished()
        self.soon()

    def soon(self) -> None:
        """Replay what there is in the background. From any thread."""
        if self._spool is not None and self._spool.files():
            self._database.call_soon(self._start)

    async def run(self) -> None:
        """Replay it now. Raises LedgerError; what is in the database by then is gone from the spool.

        A file that cannot be replayed stays, and keeps no other from being.
        """
        if self._spool is None:
            return
        fault: LedgerError | None = None
        for path in self._spool.files():
            try:
                entries = self._spool.read(path)
            except LedgerError as error:
                fault = error
                continue
            try:
                await self._write(entries)
                self._spool.forget(path)
            except LedgerUnavailable:
                raise
            except LedgerError as error:
                fault = error
                continue
            if entries:
                logger.warning("%d spooled records are in the ledger's database now.", len(entries))
        if fault is not None:
            raise fault

    async def _write(self, entries: Sequence[Entry]) -> None:
        await self._database.load()
        for start in range(0, len(entries), _AT_ONCE):
            written = [self._writer.add(entry) for entry in entries[start : start + _AT_ONCE]]
            for future in written:
                await self._database.answer(future)

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
