"""How many requests a second one uvicorn process answers, bare and behind each layer.

Every server runs from the start and is silent but when it is its turn: `python -m bench.servers NAME` is one of them.
"""

import asyncio
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from random import Random
from time import monotonic, sleep

import uvicorn

from .apps import LAYERS, bare
from .cases import Case
from .visitors import KNOWN, Token, Visitors

CONNECTIONS = 16
_HOST = "127.0.0.1"
_PATIENCE = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """What one server did in one round."""

    per_second: float
    per_processor_second: float
    """Requests for each second that the server really ran: other work on the machine leaves this figure alone."""


Capacities = dict[Case, list[Capacity]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Server:
    name: str
    port: int
    process: int

    def processor_seconds(self) -> float:
        """How long the server has run so far; 0 where the system (not Linux) does not say so this precisely."""
        threads = Path(f"/proc/{self.process}/task").glob("*/schedstat")
        return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9


def measure(cases: Sequence[Case], rounds: int, seconds: float) -> Capacities:
    """Load each case's server in each round, in an order that changes; one server works at a time."""
    visitors, capacities, order = Visitors(), Capacities(), Random(0)
    with ExitStack() as stack:
        servers = {case: stack.enter_context(_server(case)) for case in cases}
        wire = {case: _requests(case, visitors) for case in cases}
        for case in cases:
            _warm_up(servers[case], wire[case], case.request.token)
        for _ in range(rounds):
            for case in order.sample(list(cases), len(cases)):
                capacities.setdefault(case, []).append(asyncio.run(_load(servers[case], wire[case], seconds)))
    return capacities


def _warm_up(server: _Server, requests: Iterator[bytes], token: Token) -> None:
    """Let the server see each known token once; others need only their imports and first calls."""
    remaining = float(KNOWN if token is Token.KNOWN else 1)
    while remaining > 0:
        remaining -= asyncio.run(_load(server, requests, 1.0)).per_second


def _requests(case: Case, visitors: Visitors) -> Iterator[bytes]:
    number = KNOWN if case.request.token is Token.KNOWN else 1_000
    return cycle(visitors.bytes_on_the_wire(case.request, number))


class _Connection(asyncio.Protocol):
    """Keeps one connection busy: an answer is complete, the next request goes out."""

    def __init__(self, requests: Iterator[bytes]) -> None:
        self.answered = 0
        self.failed: str | None = None
        self._requests = requests
        self._received = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
            transport.write(next(self._requests))

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (end := _end_of_answer(self._received)) is not None:
            if not self._received.startswith(b"HTTP/1.1 200"):
                self.failed = self._received[:200].decode("latin-1")
            del self._received[:end]
            self.answered += 1
            if self._transport is not None and not self._transport.is_closing():
                self._transport.write(next(self._requests))

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()


def _end_of_answer(received: bytearray) -> int | None:
    """Return where the first answer ends; None while it has not arrived whole."""
    head = received.find(b"\r\n\r\n")
    if head < 0:
        return None
    fields = received[:head].lower()
    length = fields.find(b"\r\ncontent-length:")
    if length >= 0:
        stop = fields.find(b"\r\n", length + 2)
        end = head + 4 + int(fields[length + 17 : stop if stop > 0 else None])
    else:
        last = received.find(b"\r\n0\r\n\r\n", head + 2)
        if last < 0:
            return None
        end = last + 7
    return end if len(received) >= end else None


async def _load(server: _Server, requests: Iterator[bytes], seconds: float) -> Capacity:
    """Keep the server busy for a time."""
    loop = asyncio.get_running_loop()
    made = [await loop.create_connection(lambda: _Connection(requests), _HOST, server.port) for _ in range(CONNECTIONS)]
    connections = [protocol for _, protocol in made]
    begun, worked, answered = monotonic(), server.processor_seconds(), sum(one.answered for one in connections)
    await asyncio.sleep(seconds)
    answered = sum(one.answered for one in connections) - answered
    lasted, worked = monotonic() - begun, server.processor_seconds() - worked
    for connection in connections:
        connection.close()
    await asyncio.sleep(0.05)
    failed = next((one.failed for one in connections if one.failed), None)
    if failed or not answered:
        raise SystemExit(f"bench: {server.name!r} did not answer with 200 but: {failed or 'nothing'}")
    return Capacity(per_second=answered / lasted, per_processor_second=answered / (worked or lasted))


@contextmanager
def _server(case: Case) -> Iterator[_Server]:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", "bench.servers", case.layer or "", str(port)])
    try:
        deadline = monotonic() + _PATIENCE
        while not _is_up(port):
            if process.poll() is not None or monotonic() > deadline:
                raise SystemExit(f"bench: the server for {case.name!r} did not start")
            sleep(0.05)
        yield _Server(name=case.name, port=port, process=process.pid)
    finally:
        process.terminate()
        process.wait(_PATIENCE)


def _is_up(port: int) -> bool:
    try:
        socket.create_connection((_HOST, port), timeout=1).close()
    except OSError:
        return False
    return True


def serve(layer: str, port: int) -> None:
    """Run one server in this process until it is told to stop."""
    app = LAYERS[layer](bare()) if layer else bare()
    uvicorn.run(app, host=_HOST, port=port, http="httptools", loop="asyncio", access_log=False, log_level="warning")


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
