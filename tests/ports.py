"""Ports for programs that cannot be handed a socket which is bound already."""

import secrets
import socket
from contextlib import ExitStack

LOOPBACK = "127.0.0.1"
# Below those that a system gives by itself (Linux: from 32768 on; others: from 49152): until the program listens, nobody's
# outgoing connection takes it away.
_FIRST, _LAST = 20_000, 32_000


def free_port(*, in_a_row: int = 1) -> int:
    """Return a port of the loopback interface that is free, and so are the next ones; RuntimeError where there is none."""
    for _ in range(500):
        first = _FIRST + secrets.randbelow(_LAST - _FIRST)
        with ExitStack() as stack:
            try:
                for port in range(first, first + in_a_row):
                    stack.enter_context(socket.socket()).bind((LOOPBACK, port))
            except OSError:
                continue
            return first
    raise RuntimeError(f"no {in_a_row} free ports in a row on the loopback interface")
