"""What passes by outside and inside the middleware, noted so that the inspect page can compare the two.

``OutsideRecorder`` wraps the middleware: it copies what the browser sent before anything is masked, and the Set-Cookie lines that
really leave. ``InsideRecorder`` sits between the middleware and the app: it copies the Set-Cookie lines the app asked for.
"""

from dataclasses import dataclass, field

from starlette.requests import cookie_parser

from consent_middleware import Telemetry
from consent_middleware.asgi import ASGIApp, Header, Message, Receive, Scope, Send
from consent_middleware.telemetry import take_snapshot

KEY = "demo.sent"


@dataclass(slots=True, kw_only=True)
class Exchange:
    """One request and its answer, seen from both sides of the middleware."""

    headers: tuple[Header, ...]
    client: tuple[str, int] | None
    server_scope: Scope
    """The server's own scope: its access log reads the address from here after the answer."""
    asked: list[bytes] = field(default_factory=list)
    """Set-Cookie lines as the app wrote them."""
    answered: list[bytes] = field(default_factory=list)
    """Set-Cookie lines as the browser gets them."""

    @property
    def telemetry(self) -> Telemetry:
        """What could be read from this request if nothing waited for anything."""
        return take_snapshot(dict(self.headers), self.client, network=True, device=True)

    @property
    def cookies(self) -> dict[str, str]:
        return cookie_parser("; ".join(value.decode("latin-1") for name, value in self.headers if name == b"cookie"))

    @property
    def logged_client(self) -> tuple[str, int] | None:
        return _client(self.server_scope)


class OutsideRecorder:
    """Wrap the middleware, and note what the browser sends and gets."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        exchange = Exchange(headers=_headers(scope), client=_client(scope), server_scope=scope)
        scope[KEY] = exchange

        async def note(message: Message) -> None:
            exchange.answered += _set_cookie_lines(message)
            await send(message)

        await self.app(scope, receive, note)


class InsideRecorder:
    """Wrap the app, and note which cookies it asks for."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = scope.get(KEY)
        if not isinstance(exchange, Exchange):
            await self.app(scope, receive, send)
            return

        async def note(message: Message) -> None:
            exchange.asked += _set_cookie_lines(message)
            await send(message)

        await self.app(scope, receive, note)


def _headers(scope: Scope) -> tuple[Header, ...]:
    return tuple((bytes(name), bytes(value)) for name, value in scope["headers"])


def _client(scope: Scope) -> tuple[str, int] | None:
    client = scope.get("client")
    return (str(client[0]), int(client[1])) if client else None


def _set_cookie_lines(message: Message) -> list[bytes]:
    return [bytes(value) for name, value in message.get("headers", ()) if bytes(name).lower() == b"set-cookie"]
