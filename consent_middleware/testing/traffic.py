"""Watches an app in this process from outside: what the browser sent, and what was left of it when the app had answered.

The middleware writes what it masks into the server's own scope, so that whoever stands outside can read what the app saw.
"""

from collections import deque
from dataclasses import dataclass

from ..asgi import ASGIApp, Receive, Scope, Send

VISITOR = "203.0.113.77"
"""The address that every visitor of a test has (RFC 5737, for documentation): loopback is nobody's secret, so nobody masks it."""
_KEPT = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One request as the app got it."""

    path: str
    address: str
    headers: tuple[tuple[str, str], ...]
    allowed: frozenset[str]


class Traffic:
    """Wrap the whole app. ``allowed`` is what the visitor has allowed at the moment; whoever drives the browser says so."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.allowed: frozenset[str] = frozenset()
        self.seen: deque[Seen] = deque(maxlen=_KEPT)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        allowed = self.allowed
        scope["client"] = (VISITOR, 40_404)
        try:
            await self.app(scope, receive, send)
        finally:
            client = scope.get("client")
            self.seen.append(
                Seen(
                    path=scope["path"],
                    address=str(client[0]) if client else "",
                    headers=tuple((_text(name), _text(value)) for name, value in scope["headers"]),
                    allowed=allowed,
                )
            )


def _text(value: bytes) -> str:
    return bytes(value).decode("latin-1")
