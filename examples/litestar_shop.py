"""Litestar: wrap the app; in `middleware=[…]` its 404 and 405 answers would pass by."""

from litestar import Litestar, MediaType, Response, get

from consent_middleware import ConsentMiddleware

KEY = "only for trying out: make your own, and keep it out of the code"
PAGE = "<!doctype html><html><head><title>Shop</title></head><body><h1>Shop</h1></body></html>"
COUNTER = ("_ga", "GA1.1.1.1700000000")
"""An analytics cookie, as a counter sets it for everybody: without the middleware, before any choice."""


@get("/", media_type=MediaType.HTML, sync_to_thread=False)
def home() -> Response[str]:
    response = Response(PAGE, media_type=MediaType.HTML)
    response.set_cookie(*COUNTER, max_age=86_400)
    response.set_cookie("sessionid", "1", httponly=True)
    return response


# Its own types for ASGI are narrower than ASGI's.
app = ConsentMiddleware(Litestar([home]), secret_key=KEY)  # type: ignore[arg-type]
