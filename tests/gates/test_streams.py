"""A page of any length passes in constant memory, each piece when it comes, gated and packed or not.

64 MB by default; ``./dev proof`` sends a gigabyte (``STREAM_MEGABYTES``).
"""

import asyncio
import os
import zlib
from collections.abc import Callable

import psutil  # type: ignore[import-untyped]  # it ships no types
import pytest

from consent_middleware.asgi import Header, Message, Receive, Scope, Send
from tests.driving import NAVIGATION, mounted, scope_of, token

pytestmark = pytest.mark.slow

MEGABYTES = int(os.environ.get("STREAM_MEGABYTES", "64"))
MOST = 24
"""Megabytes that a process may grow by, whatever the length: its own noise, and one chunk in each place where one is held."""
POLICY = """
[[services]]
id = "counter"
purpose = "analytics"
hosts = ["count.example"]
"""
START = b"<!doctype html><html><head><title>Shop</title></head><body>"
PLAIN = b"<p>A sentence of an ordinary page, with <a href='/own'>a link</a> and <b>some</b> words. %d</p>\n" * 600
GATED = b"<img src='//count.example/p.gif'>" + PLAIN
OPEN = b"<p title='" + PLAIN.replace(b"'", b"")
"""A tag that never ends."""


class Stream:
    """An app that sends one piece over and over."""

    def __init__(self, piece: bytes, *headers: Header, pack: Callable[[bytes], bytes] | None = None) -> None:
        self.piece = piece
        self.headers = [(b"content-type", b"text/html"), *headers]
        self.pack = pack or (lambda data: data)
        self.sent = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.pack(START), "more_body": True})
        while self.sent < MEGABYTES * 1_000_000:
            self.sent += len(self.piece)
            await send({"type": "http.response.body", "body": self.pack(self.piece), "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def gzip_stream() -> Callable[[bytes], bytes]:
    packer = zlib.compressobj(1, wbits=31)
    return lambda data: packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH)


@pytest.mark.parametrize(
    ("stream", "shrinks"),
    [
        (Stream(PLAIN), False),
        (Stream(GATED), False),
        (Stream(OPEN), False),
        (Stream(GATED, (b"content-encoding", b"gzip"), pack=gzip_stream()), True),
    ],
    ids=["plain", "gated", "open", "packed"],
)
def test_a_page_of_any_length_takes_no_more_memory_than_its_pieces(stream: Stream, shrinks: bool) -> None:
    process, app = psutil.Process(), mounted(stream, POLICY)
    received, at_once, most, begun = 0, 0, 0, 0

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        nonlocal received, at_once, most, begun
        size = len(message.get("body") or b"")
        received += size
        at_once = max(at_once, size)
        if stream.sent // 4_000_000 != (stream.sent - len(stream.piece)) // 4_000_000:
            memory = process.memory_info().rss
            # After the first pieces: what is imported and compiled late is no part of a page.
            begun = begun or memory
            most = max(most, memory - begun)

    asyncio.run(app(scope_of(headers=NAVIGATION, cookie=token(POLICY)), receive, send))
    assert stream.sent >= MEGABYTES * 1_000_000
    assert received > 0 if shrinks else received > stream.sent * 0.99
    # Nothing is kept for later: what leaves at a time is what came, or what a tag that is cut held back.
    assert at_once < 2 * len(stream.piece) + 70_000
    assert most < MOST * 1_000_000
