"""FastAPI: wrap the whole app; the wrapped one is what the server runs."""

from fastapi import FastAPI, Response

from consent_middleware import ConsentMiddleware

KEY = "only for trying out: make your own, and keep it out of the code"
PAGE = "<!doctype html><html><head><title>Shop</title></head><body><h1>Shop</h1></body></html>"
COUNTER = ("_ga", "GA1.1.1.1700000000")
"""An analytics cookie, as a counter sets it for everybody: without the middleware, before any choice."""

api = FastAPI()


@api.get("/")
async def home() -> Response:
    response = Response(PAGE, media_type="text/html")
    response.set_cookie(*COUNTER, max_age=86_400)
    response.set_cookie("sessionid", "1", httponly=True)
    return response


app = ConsentMiddleware(api, secret_key=KEY)
