"""Measures choices through the whole HTTP path: ``python -m bench.choices [SECONDS]``.

A real server, 64 connections that stay open, each posting one choice after the other to a ledger in SQLite. The floor is the same
server whose ledger commits every choice for itself.
"""

import asyncio
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CLIENTS = 64
ROUNDS = 3
BODY = b'{"action":"save","purposes":["preference"],"layer":"banner"}'
REQUEST = (
    b"POST /-/privacy/choice HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/json\r\n"
    b"Content-Length: %d\r\n\r\n%b" % (len(BODY), BODY)
)
SERVER = """
import os, sys
import uvicorn
from consent_middleware import ConsentMiddleware
from consent_middleware.storage import batches
from bench.apps import bare

if os.environ["TOGETHER"] == "no":
    batches._LARGEST = 1
app = ConsentMiddleware(bare(), secret_key="bench", ledger=f"sqlite:///{sys.argv[1]}")
uvicorn.run(app, port=int(sys.argv[2]), log_level="error", access_log=False, http="httptools")
"""


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


async def post(port: int, until: float, waits: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while (asked := time.perf_counter()) < until:
        writer.write(REQUEST)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode("latin-1"))
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.partition(b":")[2]))
        waits.append(time.perf_counter() - asked)
    writer.close()


async def rate_of(port: int, seconds: float, clients: int) -> tuple[float, list[float]]:
    waits: list[float] = []
    began = time.perf_counter()
    await asyncio.gather(*(post(port, began + seconds, waits) for _ in range(clients)))
    return len(waits) / (time.perf_counter() - began), waits


def measure(folder: Path, seconds: float, clients: int, *, together: bool) -> tuple[float, list[float]]:
    port = free_port()
    path = folder / f"{port}.db"
    environment = {**os.environ, "TOGETHER": "yes" if together else "no"}
    server = subprocess.Popen([sys.executable, "-c", SERVER, str(path), str(port)], env=environment)
    try:
        deadline = time.monotonic() + 20
        while True:
            try:
                asyncio.run(rate_of(port, 0.3, 2))
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
        return asyncio.run(rate_of(port, seconds, clients))
    finally:
        server.terminate()
        server.wait(20)


def main(seconds: float) -> None:
    cases = {
        "1 client, a commit each": (1, False),
        f"{CLIENTS} clients, a commit each": (CLIENTS, False),
        f"{CLIENTS} clients, commits shared": (CLIENTS, True),
    }
    found: dict[str, list[float]] = {name: [] for name in cases}
    waits: dict[str, list[float]] = {name: [] for name in cases}
    with tempfile.TemporaryDirectory(prefix="consent-bench-", dir=Path.cwd()) as folder:
        for _ in range(ROUNDS):
            for name, (clients, together) in cases.items():
                rate, waited = measure(Path(folder), seconds, clients, together=together)
                found[name].append(rate)
                waits[name] += waited
    print(f"{'':28}{'choices/s':>10}{'wait p50':>11}{'p99':>11}")
    for name, rates in found.items():
        cuts = statistics.quantiles(waits[name], n=100)
        print(f"{name:28}{statistics.median(rates):>10.0f}{cuts[49] * 1000:>8.1f} ms{cuts[98] * 1000:>8.1f} ms")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 3.0)
