"""Measure what the HTML gate costs answers that are no HTML, and how long a page's first bytes take: ``python -m bench.html.answers``.

Each answer is sent for a visitor who allows nothing, so that pages are read, and for one who allows everything, so that none is; in
turns, as ratios of processor time.
"""

import asyncio
import gc
import time
from statistics import median

from consent_middleware import ConsentMiddleware, Policy
from consent_middleware.asgi import Message, Receive, Scope, Send
from consent_middleware.testing import consent_cookie

KEY = "only for this run"
ROUNDS, REQUESTS = 41, 300
HEAD = b"<!doctype html><html><head><title>Shop</title></head><body>"
PARAGRAPH = b"<p>A sentence with <a href='/own.html'>a link</a> in it. A price of 3.50.</p>\n"
ANSWERS = {
    "JSON, 200 bytes": (b"application/json", b"empty", [b'{"a": "google-analytics.com"}' * 7]),
    "picture, 100 kB": (b"image/png", b"image", [bytes(range(256)) * 400]),
    "page in chunks of 16 kB": (b"text/html", b"document", [HEAD, *[PARAGRAPH * 200] * 4]),
}


class Sender:
    """An app that sends the same answer each time."""

    def __init__(self, content_type: bytes, pieces: list[bytes]) -> None:
        self._start: Message = {
            "type": "http.response.start",
            "status": 200,
            "headers": [(b"content-type", content_type)],
        }
        self._pieces = pieces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({**self._start, "headers": list(self._start["headers"])})
        for piece in self._pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


class Clock:
    """Notes when the first bytes of a body came out."""

    def __init__(self) -> None:
        self.first = 0

    async def send(self, message: Message) -> None:
        if not self.first and message.get("body"):
            self.first = time.perf_counter_ns()


async def receive() -> Message:
    return {"type": "http.request"}


async def times(app: ConsentMiddleware, destination: bytes, cookie: bytes) -> tuple[float, float]:
    """Return the microseconds up to the first bytes and up to the last, medians of many requests."""
    first, last = [], []
    for _ in range(REQUESTS):
        scope: Scope = {
            "type": "http", "method": "GET", "scheme": "https", "path": "/", "query_string": b"", "client": ("203.0.113.7", 1),
            "headers": [(b"host", b"www.shop.example"), (b"cookie", cookie), (b"sec-fetch-dest", destination),
                        (b"sec-fetch-mode", b"navigate" if destination == b"document" else b"no-cors")],
        }  # fmt: skip
        clock = Clock()
        begun = time.perf_counter_ns()
        await app(scope, receive, clock.send)
        last.append((time.perf_counter_ns() - begun) / 1000)
        first.append((clock.first - begun) / 1000)
    return median(first), median(last)


async def run() -> None:
    policy = Policy.parse('[site]\nurl = "https://www.shop.example"\n')
    everything: frozenset[str] = frozenset(policy.optional)
    nothing: frozenset[str] = frozenset()
    cookies = ["=".join(consent_cookie(policy, KEY, allow=allow)).encode() for allow in (nothing, everything)]
    for name, (content_type, destination, pieces) in ANSWERS.items():
        app = ConsentMiddleware(Sender(content_type, pieces), policy=policy, secret_key=KEY)
        gc.collect()
        gc.freeze()
        firsts, lasts = [], []
        for number in range(ROUNDS):
            order = 1 if number % 2 else -1
            read, unread = [await times(app, destination, cookie) for cookie in cookies[::order]][::order]
            firsts.append((read[0] / unread[0], read[0], unread[0]))
            lasts.append((read[1] / unread[1], read[1], unread[1]))
        for what, found in (("first bytes", firsts), ("whole", lasts)):
            ratio, read_time, unread_time = sorted(found)[len(found) // 2]
            print(f"{name:26} {what:12} {read_time:8.1f} µs read, {unread_time:8.1f} µs not: {ratio:5.2f}")


if __name__ == "__main__":
    asyncio.run(run())
