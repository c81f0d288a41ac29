"""Takes what was deleted out of SQLite's write-ahead log, in which it would stand until that is written over by chance.

``secure_delete`` overwrites it in the database's own pages (https://sqlite.org/wal.html, "Checkpointing").
"""

import asyncio
import contextlib
import sqlite3
from contextlib import AbstractAsyncContextManager
from pathlib import Path

_AFTER = 10.0
"""Seconds from a write to the end of what it left in the log, or to the next attempt."""


class WriteAheadLog:
    """Belongs to one event loop. ``turn`` keeps the other writers of this process out."""

    def __init__(self, path: Path, turn: AbstractAsyncContextManager[None]) -> None:
        self._path = path
        self._turn = turn
        self._timer: asyncio.TimerHandle | None = None
        self._emptying: asyncio.Task[None] | None = None

    def written(self) -> None:
        """Empty it soon. Never blocks."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_AFTER, self._begin)

    async def close(self) -> None:
        """Empty it now, if anything was written since the last time and nobody reads."""
        if self._timer is not None:
            self._timer.cancel()
            await asyncio.to_thread(_empty, self._path)

    def _begin(self) -> None:
        self._timer = None
        self._emptying = asyncio.create_task(self._empty())

    async def _empty(self) -> None:
        async with self._turn:
            is_empty = await asyncio.to_thread(_empty, self._path)
        if not is_empty:
            self.written()


def _empty(path: Path) -> bool:
    """Say whether nobody was reading or writing, so that it is empty now. Waits for nobody."""
    try:
        with contextlib.closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", timeout=0, uri=True)
        ) as connection:
            is_busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.Error:
        return False
    return not is_busy
