"""Quart: wrap the app; `quart.asgi_app` alone would leave its lifespan out."""

from quart import Quart, Response

from consent_middleware import ConsentMiddleware

KEY = "only for trying out: make your own, and keep it out of the code"
PAGE = "<!doctype html><html><head><title>Shop</title></head><body><h1>Shop</h1></body></html>"
COUNTER = ("_ga", "GA1.1.1.1700000000")
"""An analytics cookie, as a counter sets it for everybody: without the middleware, before any choice."""

quart = Quart(__name__)


@quart.get("/")
async def home() -> Response:
    response = Response(PAGE, mimetype="text/html")
    response.set_cookie(*COUNTER, max_age=86_400)
    response.set_cookie("sessionid", "1", httponly=True)
    return response


# Its own types for ASGI are narrower than ASGI's.
app = ConsentMiddleware(quart, secret_key=KEY)  # type: ignore[arg-type]
