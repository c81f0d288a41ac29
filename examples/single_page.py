"""A single-page app: its API asks what is allowed, its script follows the choice without loading the page again."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from consent_middleware import ConsentMiddleware, get_consent

PAGE = """<!doctype html>
<html><head><title>Shop</title></head>
<body><p id="counting">off</p><script src="/app.js"></script></body></html>"""
SCRIPT = """
async function show() {
  const answer = await fetch("/api/counting");
  document.getElementById("counting").textContent = (await answer.json()).counting ? "on" : "off";
}
document.addEventListener("privacy:change", (event) => {
  event.preventDefault();
  show();
});
show();
"""


async def home(request: Request) -> Response:
    return HTMLResponse(PAGE)


async def script(request: Request) -> Response:
    return Response(SCRIPT, media_type="text/javascript")


async def counting(request: Request) -> Response:
    response = JSONResponse({"counting": get_consent(request).allows("analytics")})
    response.set_cookie("_ga", "GA1.1.1.1700000000", max_age=86_400)
    return response


site = Starlette(routes=[Route("/", home), Route("/app.js", script), Route("/api/counting", counting)])
app = ConsentMiddleware(site, secret_key="only for trying out: make your own")
