"""Several processes, or machines, on one PostgreSQL: any of them knows every choice, and what any other one set.

export DATABASE_URL=postgresql://shop@db.internal/shop CONSENT_SECRET_KEY=...
uvicorn examples.several_instances:app --port 8001
uvicorn examples.several_instances:app --port 8002
"""

import os

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from consent_middleware import ConsentMiddleware

PAGE = """<!doctype html><html><head><title>Shop</title></head><body><h1>Shop</h1><p>{}</p></body></html>"""


async def home(request: Request) -> Response:
    cookies = ", ".join(sorted(request.cookies)) or "no cookie"
    response = HTMLResponse(PAGE.format(f"This app got: {cookies}"))
    response.set_cookie("sessionid", "1", httponly=True)
    return response


async def cart(request: Request) -> Response:
    """Sets a counter's cookie in a path of its own: no policy says where, the process that sees it set remembers."""
    response = HTMLResponse(PAGE.format("Cart"))
    response.set_cookie("_ga", "GA1.1.1.1700000000", max_age=86_400, path="/cart", httponly=True)
    return response


site = Starlette(routes=[Route("/", home), Route("/cart", cart)])
app = ConsentMiddleware(site, secret_key=os.environ["CONSENT_SECRET_KEY"], ledger=os.environ["DATABASE_URL"])
