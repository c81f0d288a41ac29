"""The tracker as an ASGI app: a script, a pixel, a frame, a beacon endpoint, and the page that shows the catch."""

import base64
import secrets
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from .log import Log

_FILES = Path(__file__).parent / "files"
# One across all sites, and one for this site alone (CHIPS), which browsers keep that refuse the first.
_EVERYWHERE, _HERE = "tm_visitor", "tm_here"
_LONGEST_BEACON = 4096
# The smallest transparent GIF.
_PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
_templates = Environment(loader=FileSystemLoader(_FILES), autoescape=True, undefined=StrictUndefined)


def make_tracker() -> Starlette:
    app = Starlette(
        routes=[
            Route("/", show_received),
            Route("/received", list_received),
            Route("/forget", forget, methods=["POST"]),
            Route("/t.js", send_script),
            Route("/t.css", send_style),
            Route("/pixel.gif", send_pixel),
            Route("/frame", send_frame),
            Route("/beacon", take_beacon, methods=["POST"]),
        ]
    )
    app.state.log = Log()
    return app


async def send_script(request: Request) -> Response:
    script = FileResponse(_FILES / "t.js", media_type="text/javascript", headers={"cache-control": "no-store"})
    return _tracked(request, script, "script", str(request.url.query))


async def send_pixel(request: Request) -> Response:
    pixel = Response(_PIXEL, media_type="image/gif", headers={"cache-control": "no-store"})
    return _tracked(request, pixel, "pixel", str(request.url.query))


async def send_frame(request: Request) -> Response:
    visitor = _known(request)
    frame = HTMLResponse(
        _templates.get_template("frame.html").render(visitor=visitor, count=len(_log(request).as_json()))
    )
    return _tracked(request, frame, "frame", "")


async def take_beacon(request: Request) -> Response:
    said = b""
    async for chunk in request.stream():
        said += chunk
        if len(said) > _LONGEST_BEACON:
            return Response(status_code=413)
    return _tracked(request, Response(status_code=204), "beacon", said.decode("utf-8", "replace"))


async def show_received(request: Request) -> Response:
    return HTMLResponse(_templates.get_template("received.html").render(sightings=_log(request).newest_first()))


async def list_received(request: Request) -> Response:
    return JSONResponse(_log(request).as_json(), headers={"cache-control": "no-store"})


async def forget(request: Request) -> Response:
    _log(request).forget()
    return RedirectResponse("/", 303)


async def send_style(request: Request) -> Response:
    return FileResponse(_FILES / "t.css", media_type="text/css")


def _tracked(request: Request, response: Response, kind: str, said: str) -> Response:
    """Note the visitor, and number a browser that carries no number yet."""
    known = _known(request)
    visitor = known or secrets.token_hex(6)
    _log(request).note(request, kind, visitor, is_new=known is None, said=said)
    if known is None:
        lasting = "Path=/; Max-Age=31536000; Secure; HttpOnly; SameSite=None"
        response.headers.append("set-cookie", f"{_EVERYWHERE}={visitor}; {lasting}")
        response.headers.append("set-cookie", f"{_HERE}={visitor}; {lasting}; Partitioned")
    return response


def _known(request: Request) -> str | None:
    return request.cookies.get(_EVERYWHERE) or request.cookies.get(_HERE)


def _log(request: Request) -> Log:
    log: Log = request.app.state.log
    return log
