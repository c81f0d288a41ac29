"""Starlette: wrap the whole app, so that its error pages are covered too."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from consent_middleware import ConsentMiddleware

KEY = "only for trying out: make your own, and keep it out of the code"
PAGE = "<!doctype html><html><head><title>Shop</title></head><body><h1>Shop</h1></body></html>"
COUNTER = ("_ga", "GA1.1.1.1700000000")
"""An analytics cookie, as a counter sets it for everybody: without the middleware, before any choice."""


async def home(request: Request) -> HTMLResponse:
    response = HTMLResponse(PAGE)
    response.set_cookie(*COUNTER, max_age=86_400)
    response.set_cookie("sessionid", "1", httponly=True)
    return response


app = ConsentMiddleware(Starlette(routes=[Route("/", home)]), secret_key=KEY)
