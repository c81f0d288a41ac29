"""The console as an ASGI app, without the middleware: routes, headers, error pages."""

import secrets
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from consent_middleware import Policy
from consent_middleware.asgi import ASGIApp, Message, Receive, Scope, Send
from consent_middleware.telemetry import Event

from . import account_pages, console_pages, open_pages, preference_pages
from .accounts import Accounts
from .counting import VisitorCounting
from .database import Database
from .pages import STATIC, Site, answer_page, begin_visit
from .projects import Projects
from .throttle import Throttle

_HEADERS = (
    (
        b"content-security-policy",
        b"default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
)


def make_console(
    *, data: Path, policy: Policy, tracker: str, recorded: Callable[[str], AsyncIterator[Event]]
) -> ASGIApp:
    """Make the app. ``data`` is the folder of its database, ``tracker`` the origin of the third party.

    ``recorded`` tells what was recorded of a visitor.
    """
    database = Database(data / "console.db")
    app = Starlette(
        routes=[
            *open_pages.routes,
            *account_pages.routes,
            *console_pages.routes,
            *preference_pages.routes,
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        exception_handlers={HTTPException: _show_error},
    )
    app.state.site = Site(
        policy=policy,
        accounts=Accounts(database),
        projects=Projects(database),
        throttle=Throttle(),
        tracker=tracker,
        form_key=secrets.token_bytes(32),
        recorded=recorded,
    )
    return VisitorCounting(_ProtectiveHeaders(app))


class _ProtectiveHeaders:
    """Add the security headers that an answer does not already carry."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def protect(message: Message) -> None:
            if message["type"] == "http.response.start":
                there = {name for name, _ in message["headers"]}
                missing = [(name, value) for name, value in _HEADERS if name not in there]
                message = {**message, "headers": [*message["headers"], *missing]}
            await send(message)

        await self.app(scope, receive, protect)


async def _show_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return answer_page(await begin_visit(request), "error.html", status, code=status)
