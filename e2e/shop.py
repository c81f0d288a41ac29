"""A shop whose server sets eight kinds of analytics cookie on every page."""

from collections.abc import Iterable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from consent_middleware import ConsentMiddleware, Policy
from consent_middleware.asgi import ASGIApp

HOST = "www.shop.localhost"
KEY = "a key for tests, long enough to sign with"
KINDS = {
    "plain": "_ga=1; Path=/; Max-Age=3600",
    "HttpOnly": "_gid=1; Path=/; Max-Age=3600; HttpOnly",
    "Path=/p": "_hjid=1; Path=/p; Max-Age=3600",
    "Path=/checkout": "_clck=1; Path=/checkout; Max-Age=3600; SameSite=Lax",
    "Domain": "amplitude_id=1; Path=/; Domain=shop.localhost; Max-Age=3600",
    "__Secure-": "__Secure-_ga=1; Path=/; Max-Age=3600; Secure",
    "__Host-": "__Host-_ga=1; Path=/; Max-Age=3600; Secure; HttpOnly",
    "Partitioned": "ajs_anonymous_id=1; Path=/; Max-Age=3600; Secure; SameSite=None; Partitioned",
}
NAMES = {line.partition("=")[0] for line in KINDS.values()}
DECLARED = """
[[cookies]]
pattern = "*_ga"
purpose = "analytics"
[[cookies]]
name = "_gid"
purpose = "analytics"
[[cookies]]
name = "_hjid"
purpose = "analytics"
paths = ["/p"]
[[cookies]]
name = "_clck"
purpose = "analytics"
paths = ["/checkout"]
[[cookies]]
name = "amplitude_id"
purpose = "analytics"
domain = "shop.localhost"
[[cookies]]
name = "ajs_anonymous_id"
purpose = "analytics"
secure = true
partitioned = true
"""
"""What a policy says of them, so that a process which never saw one being set can expire it."""


def shop(
    policy: Policy | None = None, ledger: str | None = None, lines: Iterable[str] = tuple(KINDS.values())
) -> ASGIApp:
    """The app, freshly mounted: it knows nothing of what another one has seen. `lines`: what every page sets."""

    async def page_that_counts(request: Request) -> HTMLResponse:
        response = HTMLResponse(f"<!doctype html><title>Shop</title><p>{request.url.path}")
        response.raw_headers += [(b"set-cookie", line.encode()) for line in lines]
        return response

    app = Starlette(routes=[Route("/{path:path}", page_that_counts)])
    return ConsentMiddleware(app, policy=policy, secret_key=KEY, ledger=ledger)
