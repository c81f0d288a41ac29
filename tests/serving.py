"""Runs an app under a real server, on loopback, with its output in a file."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
SERVERS: Mapping[str, Sequence[str]] = {
    "uvicorn": ["uvicorn", "{app}", "--host", "127.0.0.1", "--port", "{port}"],
    "hypercorn": ["hypercorn", "{app}", "--bind", "127.0.0.1:{port}", "--access-logfile", "-"],
    "granian": ["granian", "--interface", "asgi", "{app}", "--host", "127.0.0.1", "--port", "{port}", "--access-log"],
}
PATIENCE = 60.0


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
        until = time.monotonic() + 10
        while True:
            text = self.log.read_text(errors="replace")
            if all(each in text for each in wanted) or time.monotonic() > until:
                return text
            time.sleep(0.05)

    def lines_about(self, path: str) -> list[str]:
        return [line for line in self.read_log(path).splitlines() if path in line]


@contextmanager
def running(server: str, app: str, log: Path, *options: str) -> Iterator[Running]:
    """Serve ``app`` until the block ends; ``options`` are the server's own."""
    port = _free_port()
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
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=PATIENCE):
            return
        time.sleep(0.05)
    raise RuntimeError(f"The server does not answer:\n{log.read_text(errors='replace')}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
