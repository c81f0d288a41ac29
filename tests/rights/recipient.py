"""A recipient that is told of erasures: a real HTTP server on loopback, and what it got."""

import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True, slots=True, kw_only=True)
class Got:
    """One request, as it came."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def message_id(self) -> str:
        return self.headers["webhook-id"]


@dataclass(slots=True)
class Recipient:
    """``statuses``: what the next requests are answered with; 200 where there is none left."""

    url: str = ""
    got: list[Got] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    seconds: float = 0.0
    """How long it takes to answer."""
    may_answer: threading.Event = field(default_factory=threading.Event)
    """Set; while it is cleared, nobody is answered."""

    def __post_init__(self) -> None:
        self.may_answer.set()

    def wait_for(self, count: int) -> list[Got]:
        """Return what came, once that many requests did, or after half a minute."""
        until = time.monotonic() + 30
        while len(self.got) < count and time.monotonic() < until:
            time.sleep(0.02)
        return self.got


@contextmanager
def recipient(context: ssl.SSLContext | None = None) -> Iterator[Recipient]:
    made = Recipient()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(made))
    server.daemon_threads = True
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    scheme = "https" if context is not None else "http"
    made.url = f"{scheme}://localhost:{server.server_address[1]}/erasures?of=us"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def _handler(made: Recipient) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            made.got.append(Got(path=self.path, headers=headers, body=body))
            time.sleep(made.seconds)
            made.may_answer.wait(60)
            status = made.statuses.pop(0) if made.statuses else 200
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("location", made.url)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler
