"""One database, by URL, that may be asked from any event loop."""

import asyncio
import functools
import threading
import weakref
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar

from ..errors import LedgerUnavailable
from .breaker import Breaker
from .loop_thread import LoopThread, is_being_cancelled
from .urls import DatabaseUrl

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.ext.asyncio import AsyncConnection

    from .connections import Connections

T = TypeVar("T")
Work = Callable[["AsyncConnection"], Awaitable[T]]
Upgrade = Callable[["Connection"], None]

PATIENCE = 5.0
"""Seconds that one request waits for the database at most."""
STOPPED = "The ledger was stopped."


class Run:
    """What lives from one start of a database to its next stop: a thread, and on it the connections."""

    def __init__(self, url: DatabaseUrl, *, patience: float, create: bool, upgrade: "Upgrade | None" = None) -> None:
        self.thread = LoopThread("consent-ledger")
        self._url = url
        self._patience = patience
        self._create = create
        self._upgrade = upgrade
        self._connections: Connections | None = None
        self._closed = False
        # One for each: while another program holds a SQLite file, reading goes on.
        self._reading = Breaker(functools.partial(self._probe, writing=False))
        self._writing = Breaker(functools.partial(self._probe, writing=True))

    async def transact(self, work: Work[T], *, writing: bool, seconds: float) -> T:
        """Run ``work`` in one transaction; only on this thread's event loop. A stop cancels it. See ``Connections.transact``."""
        if self._closed:
            raise LedgerUnavailable(STOPPED)
        breaker = self._writing if writing else self._reading
        breaker.check()
        connections = await self.load()
        try:
            return await connections.transact(work, writing=writing, seconds=seconds)
        except LedgerUnavailable as error:
            if is_being_cancelled():
                # What a connection says that was cut off is no answer: whoever took it for one would go on.
                raise asyncio.CancelledError from error
            breaker.trip(error)
            raise

    @property
    def is_open(self) -> bool:
        """``False`` once it is being stopped, and where it was left behind in the parent of a fork."""
        return not self._closed and self.thread.is_alive

    @property
    def is_loaded(self) -> bool:
        return self._connections is not None

    async def load(self) -> "Connections":
        """Import SQLAlchemy: here, on a thread of its own, because it takes 180 ms, which would hold up every request."""
        if self._connections is None:
            from .connections import Connections

            self._connections = Connections(
                self._url, patience=self._patience, create=self._create, upgrade=self._upgrade
            )
        return self._connections

    async def _probe(self, *, writing: bool) -> None:
        connections = await self.load()
        await connections.transact(_ask, writing=writing, seconds=self._patience)

    def stop(self) -> "Future[None]":
        """Let what is under way fail, close the connections, then end the thread."""
        self._closed = True
        return self.thread.stop_after(self._close)

    async def _close(self) -> None:
        if self._connections is not None:
            await self._connections.close()


class Database:
    """SQLite or PostgreSQL. Starts by itself at first use; ``start`` does it early, ``stop`` ends it, a later use starts it again.

    ``sqlite://`` is in memory, for tests: it is empty again after ``stop``. ``create=False`` refuses to make a ledger where none is.
    Raises ConfigurationError where the URL cannot work.
    """

    def __init__(
        self, url: str, *, patience: float = PATIENCE, create: bool = True, upgrade: "Upgrade | None" = None
    ) -> None:
        """Keep what is needed to open it. ``upgrade`` runs in the transaction of the migrations, after the last one."""
        self.url = DatabaseUrl.parse(url)
        self.patience = patience
        self._create = create
        self._upgrade = upgrade
        self._current: Run | None = None
        self._starting = threading.Lock()

    async def start(self) -> None:
        """Open the database and bring its tables up to date."""
        await self.run(_nothing)

    async def stop(self) -> None:
        """Close the connections. One that does not answer is left behind after ``patience`` seconds."""
        with self._starting:
            run = self._current
            if run is None or not run.is_open:
                return
            stopped = run.stop()
        try:
            await self.answer(stopped)
        except LedgerUnavailable:
            return
        run.thread.join(1)

    async def load(self) -> Run:
        """Make ready what the first transaction of a process needs besides the database.

        Importing is not the database's slowness: on a busy machine it may take longer than anybody's patience.
        """
        run = self._live()
        if not run.is_loaded:
            await _outcome(run.thread.submit(run.load()))
        return run

    async def run(self, work: Work[T], *, writing: bool = False) -> T:
        """Run ``work`` in one transaction. Raises LedgerUnavailable within ``patience`` seconds, LedgerError when refused."""
        run = await self.load()
        # Left five percent for the way back, so that the answer is the database's own.
        transaction = run.transact(work, writing=writing, seconds=self.patience * 0.95)
        if run.thread.is_current:
            return await transaction
        return await self.answer(run.thread.submit(transaction))

    @property
    def running(self) -> Run | None:
        """The present run; ``None`` where it was stopped, or left behind in the parent of a fork."""
        run = self._current
        return run if run is not None and run.is_open else None

    def call_soon(self, callback: Callable[[Run], object]) -> Run:
        """Call ``callback`` on the database's own event loop, from any thread; return the run that this happens in."""
        while True:
            run = self._live()
            if run.thread.call_soon(functools.partial(callback, run)):
                return run

    async def answer(self, future: "Future[T]") -> T:
        """Wait for what the database's thread makes of ``future``; LedgerUnavailable after ``patience`` seconds."""
        try:
            async with asyncio.timeout(self.patience):
                return await _outcome(future)
        except TimeoutError as error:
            raise LedgerUnavailable("The ledger's database did not answer in time.") from error

    def _live(self) -> Run:
        with self._starting:
            run = self._current
            # What runs on the database's own thread ends with it: it must not start it again while it is being stopped.
            if run is None or not (run.is_open or run.thread.is_current):
                run = self._current = Run(self.url, patience=self.patience, create=self._create, upgrade=self._upgrade)
                # A middleware that nobody stopped (a test without lifespan) takes its thread with it.
                weakref.finalize(self, _abandon, run)
            return run


def _abandon(run: Run) -> None:
    if run.is_open:
        run.stop()


async def _outcome(future: "Future[T]") -> T:
    """Wait for ``future``; LedgerUnavailable where it was cancelled because its thread ended."""
    try:
        return await asyncio.wrap_future(future)
    except asyncio.CancelledError:
        if future.cancelled() and not is_being_cancelled():
            raise LedgerUnavailable(STOPPED) from None
        raise


async def _nothing(_: "AsyncConnection") -> None:
    return None


async def _ask(connection: "AsyncConnection") -> None:
    await connection.exec_driver_sql("SELECT 1")
