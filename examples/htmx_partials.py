"""htmx: whole pages get the banner, the partials that htmx asks for do not."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from consent_middleware import ConsentMiddleware

PAGE = """<!doctype html>
<html><head><title>Shop</title></head>
<body><button hx-get="/things" hx-target="#things">Things</button><div id="things"></div></body></html>"""


async def home(request: Request) -> Response:
    return HTMLResponse(PAGE)


async def things(request: Request) -> Response:
    response = HTMLResponse("<ul><li>Lantern</li></ul>")
    response.set_cookie("_ga", "GA1.1.1.1700000000", max_age=86_400)
    return response


site = Starlette(routes=[Route("/", home), Route("/things", things)])
app = ConsentMiddleware(site, secret_key="only for trying out: make your own")
