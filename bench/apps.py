"""The app that is measured bare, and the layers that are measured around it."""

import itertools
from collections.abc import Callable

import asgi_csrf
from starlette.applications import Starlette
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from consent_middleware.asgi import ASGIApp, Message, Receive, Scope, Send

from .visitors import POLICY, SECRET_KEY

_PARAGRAPH = (
    "<p>Requests, errors and costs of the last thirty days, by region; <a href='/region'>choose another</a>.</p>\n"
)
PAGE = (
    "<!doctype html>\n<html lang='en'>\n<head>\n<meta charset='utf-8'>\n<title>Usage</title>\n</head>\n<body>\n<h1>Usage</h1>\n"
    + _PARAGRAPH * (20_000 // len(_PARAGRAPH))
    + "</body>\n</html>\n"
)


async def data(request: Request) -> JSONResponse:
    """Answer with data; read the session where there is one, since an unread one is not what people mount it for."""
    user = request.session["user"] if "session" in request.scope else None
    return JSONResponse({"user": user, "region": "eu", "requests": [1, 2, 3]})


async def page(request: Request) -> HTMLResponse:
    """Answer with a document of 20 kB."""
    return HTMLResponse(PAGE)


_numbers = itertools.count()


async def changing(request: Request) -> HTMLResponse:
    """Answer with the same document, but for a number, as with one that speaks to its visitor."""
    return HTMLResponse(PAGE.replace("Usage", f"Usage {next(_numbers):09}", 1))


def bare() -> ASGIApp:
    """The app itself."""
    return Starlette(routes=[Route("/data", data), Route("/page", page), Route("/changing", changing)])


class Nothing:
    """The least that a pure ASGI layer can do."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


class Copy:
    """The least that any layer does which filters: copy the scope, pass over both header lists, wrap `send`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_filtered(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [header for header in message["headers"] if header[0] != b"x-none"]}
            await send(message)

        headers = [header for header in scope["headers"] if header[0] != b"x-none"]
        await self.app({**scope, "headers": headers}, receive, send_filtered)


async def _pass(request: Request, call_next: RequestResponseEndpoint) -> Response:
    return await call_next(request)


def _consent(app: ASGIApp) -> ASGIApp:
    # Imported here, so that the peers can be measured without it.
    from consent_middleware import ConsentMiddleware

    return ConsentMiddleware(app, policy=str(POLICY), secret_key=SECRET_KEY, ledger=None)


LAYERS: dict[str, Callable[[ASGIApp], ASGIApp]] = {
    "no-op pure ASGI": Nothing,
    "copy": Copy,
    "ConsentMiddleware": _consent,
    "SessionMiddleware": lambda app: SessionMiddleware(app, secret_key=SECRET_KEY),
    "BaseHTTPMiddleware no-op": lambda app: BaseHTTPMiddleware(app, dispatch=_pass),
    "asgi-csrf": lambda app: asgi_csrf.asgi_csrf(app, signing_secret=SECRET_KEY),
}
CONSENT = "ConsentMiddleware"
