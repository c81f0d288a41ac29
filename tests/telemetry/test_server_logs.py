"""What real servers write into their real access logs."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
APP = "tests.telemetry.logging_app:app"
SERVERS = {
    "uvicorn": ["uvicorn", APP, "--host", "127.0.0.1", "--port", "{port}"],
    "hypercorn": ["hypercorn", APP, "--bind", "127.0.0.1:{port}", "--access-logfile", "-"],
    "granian": ["granian", "--interface", "asgi", APP, "--host", "127.0.0.1", "--port", "{port}", "--access-log"],
}
PATIENCE = 30.0
PAGE = b"GET /page HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
SOCKET = (
    b"GET /socket HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(server: str, port: int, log: Path) -> Iterator[None]:
    command = [sys.executable, "-m", *(part.format(port=port) for part in SERVERS[server])]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, env={**os.environ, "PYTHONUNBUFFERED": "1"}
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(PATIENCE)


def ask(port: int, request: bytes) -> bytes:
    """Send a request once the server answers; return its status line."""
    until = time.monotonic() + PATIENCE
    while True:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
            connection.sendall(request)
            answer = connection.recv(4096)
            if answer:
                return answer.partition(b"\r\n")[0]
        if time.monotonic() > until:
            raise TimeoutError(f"nothing answers on port {port}")
        time.sleep(0.05)


def lines_about(path: str, log: Path) -> list[str]:
    until = time.monotonic() + 5
    while time.monotonic() < until:
        found = [line for line in log.read_text(encoding="utf-8").splitlines() if path in line]
        if found:
            return found
        time.sleep(0.05)
    return []


@pytest.mark.parametrize("server", SERVERS)
def test_no_server_writes_a_whole_address_into_its_log(server: str, tmp_path: Path) -> None:
    log, port = tmp_path / "log", free_port()
    with running(server, port, log):
        assert b" 200 " in ask(port, PAGE) + b" "
        assert b" 101 " in ask(port, SOCKET) + b" "
        page, web_socket = lines_about("/page", log), lines_about("/socket", log)
    assert page
    assert web_socket
    for line in page + web_socket:
        assert "127.0.0.0" in line
        assert "127.0.0.1" not in line
