"""Runs an app under a real server, on loopback, with its output in a file."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.ports import LOOPBACK, free_port
from tests.waiting import PATIENCE, until

ROOT = Path(__file__).parents[1]
SERVERS: Mapping[str, Sequence[str]] = {
    "uvicorn": ["uvicorn", "{app}", "--host", "127.0.0.1", "--port", "{port}"],
    "hypercorn": ["hypercorn", "{app}", "--bind", "127.0.0.1:{port}", "--access-logfile", "-"],
    "granian": ["granian", "--interface", "asgi", "{app}", "--host", "127.0.0.1", "--port", "{port}", "--access-log"],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A server that answers."""

    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def read_log(self, *wanted: str) -> str:
        """Return all that was written, once each of ``wanted`` is in it."""
        return until(self._lines, lambda text: all(each in text for each in wanted))

    def _lines(self) -> str:
        """Of the last line, a part may be there."""
        return self.log.read_text(errors="replace").rpartition("\n")[0]

    def lines_about(self, path: str) -> list[str]:
        return [line for line in self.read_log(path).splitlines() if path in line]


@contextmanager
def running(server: str, app: str, log: Path, *options: str) -> Iterator[Running]:
    """Serve ``app`` until the block ends; ``options`` are the server's own."""
    port = free_port()
    command = [sys.executable, "-m", *(part.format(app=app, port=port) for part in SERVERS[server]), *options]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT)}
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, env=environment)
        try:
            _wait(process, port, log)
            yield Running(port=port, log=log)
        finally:
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    def answers() -> bool:
        with suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=PATIENCE):
            return True
        return False

    if not until(lambda: process.poll() is not None or answers()) or process.poll() is not None:
        raise RuntimeError(f"The server does not answer:\n{log.read_text(errors='replace')}")
