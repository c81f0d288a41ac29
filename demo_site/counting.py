"""The console's own visitor counting, as naive as it is common: it numbers every browser at its first page and asks nobody.

It is here to be stopped: nothing below knows of consent, and without the middleware every cookie of it would be stored.
"""

import secrets
import time
from collections.abc import Callable, Mapping

from starlette.requests import cookie_parser

from consent_middleware.asgi import ASGIApp, Message, Receive, Scope, Send

_YEAR = 31_536_000


def _google_style() -> str:
    return f"GA1.1.{secrets.randbelow(2**31)}.{int(time.time())}"


def _measurement_style() -> str:
    return f"GS1.1.{int(time.time())}.1.0.{int(time.time())}.0.0.0"


def _pixel_style() -> str:
    return f"fb.1.{int(time.time() * 1000)}.{secrets.randbelow(10**10)}"


COOKIES: Mapping[str, tuple[Callable[[], str], str]] = {
    "_ga": (_google_style, f"Path=/; Max-Age={2 * _YEAR}; SameSite=Lax"),
    "_ga_DEMO": (_measurement_style, f"Path=/; Max-Age={2 * _YEAR}; SameSite=Lax"),
    "visitor_id": (secrets.token_hex, f"Path=/; Max-Age={_YEAR}; HttpOnly; SameSite=Lax"),
    "_fbp": (_pixel_style, "Path=/; Max-Age=7776000; SameSite=Lax"),
}


class VisitorCounting:
    """Wrap the app, and give every browser that carries no number one."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def count(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_page(message):
                message = {**message, "headers": [*message["headers"], *_new_cookies(scope)]}
            await send(message)

        await self.app(scope, receive, count)


def _is_page(message: Message) -> bool:
    return any(name == b"content-type" and value.startswith(b"text/html") for name, value in message["headers"])


def _new_cookies(scope: Scope) -> list[tuple[bytes, bytes]]:
    seen = set[str]()
    for name, value in scope["headers"]:
        if name == b"cookie":
            seen |= cookie_parser(value.decode("latin-1")).keys()
    return [
        (b"set-cookie", f"{name}={make()}; {attributes}".encode("latin-1"))
        for name, (make, attributes) in COOKIES.items()
        if name not in seen
    ]
