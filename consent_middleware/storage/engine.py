"""Opens a database with the settings that make a commit durable."""

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL, Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from .urls import DatabaseUrl

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import ConnectionPoolEntry

# SQLite gives up waiting for another process before we give up on SQLite: then nothing was written, for certain.
_LOCK_SHARE = 0.8


def open_engine(url: DatabaseUrl, patience: float) -> AsyncEngine:
    """An engine for the running event loop; connects at first use. ``patience`` in seconds bounds each wait."""
    return _postgresql(url.dsn, patience) if url.dsn is not None else _sqlite(url, patience)


def _postgresql(dsn: str, patience: float) -> AsyncEngine:
    async def connect() -> object:
        import asyncpg  # type: ignore[import-untyped]  # it ships no types

        # The driver reads the whole address itself: sslmode, several hosts, a password file.
        return await asyncpg.connect(dsn, timeout=patience)

    return create_async_engine(
        "postgresql+asyncpg://",
        async_creator=connect,
        pool_timeout=patience,
        pool_pre_ping=True,
        hide_parameters=True,
    )


def _sqlite(url: DatabaseUrl, patience: float) -> AsyncEngine:
    if url.path is not None:
        _make_private(url.path)
    # A database in memory is its one connection: whoever comes second waits for it.
    bounds = {"max_overflow": 0, "pool_size": 1} if url.path is None else {}
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=str(url.path) if url.path is not None else ":memory:"),
        poolclass=AsyncAdaptedQueuePool,
        pool_timeout=patience,
        # An error's text must not say what a visitor chose: it ends in a log.
        hide_parameters=True,
        # Without an isolation level, sqlite3 begins no transaction by itself; `_begin` does.
        connect_args={"isolation_level": None, "timeout": patience * _LOCK_SHARE},
        **bounds,
    )
    event.listen(engine.sync_engine, "connect", _set_pragmas)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _make_private(path: Path) -> None:
    """Let a new file, and what SQLite puts beside it, be nobody else's to read, like the spool. One that is there stays as it is."""
    with contextlib.suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _set_pragmas(connection: "DBAPIConnection", _: "ConnectionPoolEntry") -> None:
    cursor = connection.cursor()
    # FULL: in WAL mode, NORMAL would lose the last commits in a power cut (https://sqlite.org/pragma.html#pragma_synchronous).
    # secure_delete: what is erased is overwritten, not only unlinked.
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    # A transaction that turns from reading to writing fails at once where another one writes; IMMEDIATE waits.
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
