"""Falcon: wrap the ASGI app."""

from falcon import asgi

from consent_middleware import ConsentMiddleware

KEY = "only for trying out: make your own, and keep it out of the code"
PAGE = "<!doctype html><html><head><title>Shop</title></head><body><h1>Shop</h1></body></html>"
COUNTER = ("_ga", "GA1.1.1.1700000000")
"""An analytics cookie, as a counter sets it for everybody: without the middleware, before any choice."""


class Home:
    async def on_get(self, request: asgi.Request, response: asgi.Response) -> None:
        response.content_type = "text/html"
        response.text = PAGE
        response.set_cookie(*COUNTER, max_age=86_400, secure=False)
        response.set_cookie("sessionid", "1", http_only=True, secure=False)


falcon = asgi.App()
falcon.add_route("/", Home())
# Its own types for ASGI are narrower than ASGI's.
app = ConsentMiddleware(falcon, secret_key=KEY)  # type: ignore[arg-type]
