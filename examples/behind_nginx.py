"""nginx in front (`behind_nginx.conf`): TLS ends there, and so do the visitors' addresses, unless the proxy hands them on.

uvicorn examples.behind_nginx:app --port 8000 --proxy-headers --forwarded-allow-ips 127.0.0.1
"""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from consent_middleware import ConsentMiddleware, Policy

KEY = "only for trying out: make your own, and keep it out of the code"
PAGE = """<!doctype html><html><head><title>Shop</title></head><body><h1>Shop</h1><p>{}</p></body></html>"""
# `url` says that visitors come over https, which the app cannot see: its own connections are plain http.
POLICY = """
[site]
name = "Shop"
controller = "Shop Ltd."
url = "https://www.shop.localhost"
[contact]
email = "privacy@shop.example"
"""


async def home(request: Request) -> Response:
    cookies = ", ".join(sorted(request.cookies)) or "no cookie"
    response = HTMLResponse(PAGE.format(f"This app got: {cookies}"))
    response.set_cookie("_ga", "GA1.1.1.1700000000", max_age=86_400, secure=True)
    response.set_cookie("sessionid", "1", httponly=True, secure=True)
    return response


async def seen(request: Request) -> Response:
    """What the app sees of its visitor."""
    client = request.client.host if request.client else None
    forwarded = request.headers.get("x-forwarded-for")
    return JSONResponse({"scheme": request.url.scheme, "client": client, "forwarded": forwarded})


async def news(request: Request) -> Response:
    """A page that the proxy may keep for a minute, as far as it is the same for everyone."""
    return HTMLResponse(PAGE.format("News"), headers={"Cache-Control": "public, max-age=60"})


async def style(request: Request) -> Response:
    return Response("h1 { color: #234 }", media_type="text/css", headers={"Cache-Control": "public, max-age=60"})


site = Starlette(
    routes=[Route("/", home), Route("/seen", seen), Route("/news", news), Route("/style.css", style)],
)
app = ConsentMiddleware(site, policy=Policy.parse(POLICY), secret_key=KEY)
