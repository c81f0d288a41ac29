"""BlackSheep: wrap the application; it needs its lifespan, which passes through."""

from blacksheep import Application, Cookie, Response, html

from consent_middleware import ConsentMiddleware

KEY = "only for trying out: make your own, and keep it out of the code"
PAGE = "<!doctype html><html><head><title>Shop</title></head><body><h1>Shop</h1></body></html>"
COUNTER = ("_ga", "GA1.1.1.1700000000")
"""An analytics cookie, as a counter sets it for everybody: without the middleware, before any choice."""

blacksheep = Application()


@blacksheep.router.get("/")
async def home() -> Response:
    response = html(PAGE)
    response.set_cookie(Cookie(*COUNTER, max_age=86_400))
    response.set_cookie(Cookie("sessionid", "1", http_only=True))
    return response


app = ConsentMiddleware(blacksheep, secret_key=KEY)
