"""The open connections of one database, on the event loop they belong to."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ..errors import LedgerError, LedgerUnavailable
from .engine import open_engine
from .migrations import migrate
from .urls import DatabaseUrl
from .write_ahead import WriteAheadLog

T = TypeVar("T")

_PASSING = ("08", "25006", "40", "53", "57", "58")
"""Beginnings of SQLSTATEs that say nothing about the statement: connections, a standby, conflicts, resources, shutdown, the system
(https://www.postgresql.org/docs/current/errcodes-appendix.html)."""

_UNFIT = "22"
"""The beginning of those that quote a value."""


class Connections:
    """Opened and migrated at first use; where that fails, the next use tries again."""

    def __init__(
        self,
        url: DatabaseUrl,
        *,
        patience: float,
        create: bool,
        upgrade: Callable[[Connection], None] | None = None,
    ) -> None:
        self._url = url
        self._patience = patience
        self._create = create
        self._upgrade = upgrade
        self._engine: AsyncEngine | None = None
        self._opening = asyncio.Lock()
        # SQLite has one writer at a time and lets others poll for their turn; in this process they queue.
        self._turn = contextlib.nullcontext() if url.is_postgresql else asyncio.Lock()
        self._log = WriteAheadLog(url.path, self._turn) if url.path is not None else None

    async def transact(self, work: Callable[[AsyncConnection], Awaitable[T]], *, writing: bool, seconds: float) -> T:
        """Run ``work`` in one transaction, committed when this returns.

        Raises LedgerUnavailable after ``seconds`` or when the database cannot be reached, LedgerError when it refuses.
        """
        try:
            async with asyncio.timeout(seconds):
                engine = await self._opened()
                if not writing:
                    async with engine.begin() as connection:
                        return await work(connection)
                if self._log is not None:
                    self._log.written()
                async with self._turn, engine.execution_options(writing=True).begin() as connection:
                    return await work(connection)
        except TimeoutError as error:
            raise LedgerUnavailable("The ledger's database did not answer in time.") from error
        except (OSError, SQLAlchemyError) as error:
            # The driver's own error quotes what a visitor sent, and whoever logs ours would log that too.
            raise _translated(error) from None

    async def close(self) -> None:
        engine, self._engine = self._engine, None
        if engine is None:
            return
        await engine.dispose()
        if self._log is not None:
            await self._log.close()

    async def _opened(self) -> AsyncEngine:
        async with self._opening:
            if self._engine is None:
                engine = open_engine(self._url, self._patience)
                try:
                    await migrate(engine, create=self._create, seconds=self._patience, upgrade=self._upgrade)
                except BaseException:
                    await engine.dispose()
                    raise
                self._engine = engine
            return self._engine


def _translated(error: OSError | SQLAlchemyError) -> LedgerError:
    reason = _reason_of(error)
    gone = isinstance(error, DBAPIError) and (error.connection_invalidated or _is_passing(error))
    if gone or isinstance(error, OSError | OperationalError | PoolTimeout):
        return LedgerUnavailable(f"The ledger's database cannot be reached: {reason}")
    return LedgerError(f"The ledger's database refused: {reason}")


def _reason_of(error: OSError | SQLAlchemyError) -> str:
    """What the database says, but not of which value."""
    if not isinstance(error, DBAPIError):
        return str(error)
    if _state_of(error).startswith(_UNFIT):
        return "it does not keep such a value"
    return str(error.orig).partition("\n")[0]


def _is_passing(error: DBAPIError) -> bool:
    return _state_of(error).startswith(_PASSING)


def _state_of(error: DBAPIError) -> str:
    """Its SQLSTATE; empty where the driver knows none."""
    state = getattr(error.orig, "sqlstate", None)
    return state if isinstance(state, str) else ""
