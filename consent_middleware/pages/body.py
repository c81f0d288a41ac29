"""Reads the body of a small request."""

from enum import Enum, auto

from ..asgi import Receive, Scope

LIMIT = 16 * 1024


class Unread(Enum):
    """Why there is no body."""

    TOO_LARGE = auto()
    """More than ``limit`` bytes arrived, or were announced."""
    DISCONNECTED = auto()
    """The visitor left before it was whole."""


async def read_body(scope: Scope, receive: Receive, limit: int = LIMIT) -> bytes | Unread:
    """Return the whole body, or why there is none, as soon as that is known."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and (len(value) > 9 or int(value) > limit):
            return Unread.TOO_LARGE
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return Unread.DISCONNECTED
        chunk = bytes(message.get("body") or b"")
        size += len(chunk)
        if size > limit:
            return Unread.TOO_LARGE
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)
