"""The page that every contestant is put into: words, a picture, a stylesheet, a little script of its own."""

import mimetypes
import random
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from consent_middleware import ConsentMiddleware

from .contestants import POLICY, Contestant

POLICIES = {
    "": "",
    "csp": "default-src 'self'",
    "tt": "default-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'",
}
OWN = ("/site.css", "/site.js", "/ferry.png", "/favicon.ico", "/rival/react.js")
"""What the page asks for anyway. React too: whoever uses c15t's components has it."""

_WORDS = "The ferry crosses the bay twice an hour and carries more bicycles than cars. "
_STYLE = """
body { margin: 0; font: 17px/1.6 system-ui, sans-serif; color: #1c1c1c; background: #fff; }
header, main, footer { max-width: 46rem; margin: auto; padding: 1rem; } header nav a { margin-inline-end: 1rem; color: #003a78; }
h1 { font-size: 2.4rem; line-height: 1.1; } img { width: 100%; height: auto; }
"""
_SCRIPT = """
const list = document.querySelector("main ul");
for (let hour = 6; hour < 24; hour++) for (const minute of ["00", "30"]) {
  const item = document.createElement("li");
  item.textContent = `${hour}:${minute}`;
  list.append(item);
}
"""
_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Harbour lights</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/site.css">
<script defer src="/site.js"></script>{head}</head>
<body><header><nav aria-label="Main"><a href="/">Home</a><a href="/times">Times</a></nav></header>
<main><h1>Harbour lights</h1><img src="/ferry.png" width="240" height="120" alt="The ferry at night">{text}
<h2>Times</h2><ul></ul></main>
<footer><p>Harbour authority</p></footer>{body}</body></html>"""


def site(place: Path, contestant: Contestant) -> ASGIApp:
    """Return the page with this contestant in it, as ``/``, ``/csp`` (a strict policy) and ``/tt`` (with trusted types)."""
    html = _PAGE.format(head=contestant.head, body=contestant.body, text=f"<p>{_WORDS * 5}</p>" * 12)
    static: Mapping[str, tuple[bytes, str]] = {
        "/site.css": (_STYLE.encode(), "text/css"),
        "/site.js": (_SCRIPT.encode(), "text/javascript"),
        "/ferry.png": (_picture(), "image/png"),
    }

    async def page(request: Request) -> Response:
        policy = POLICIES[request.url.path.strip("/")]
        return HTMLResponse(html, headers={"content-security-policy": policy} if policy else {})

    async def file(request: Request) -> Response:
        body, media_type = static[request.url.path]
        return Response(body, media_type=media_type)

    async def rival(request: Request) -> Response:
        wanted = request.path_params["path"]
        for address, target in contestant.files:
            found = place / target if address == wanted else place / target / wanted
            if (address in (wanted, "")) and found.is_file():
                media_type = mimetypes.guess_type(found.name)[0]
                return Response(found.read_bytes(), media_type=media_type)
        return Response(status_code=404)

    routes = [Route(f"/{name}", page) for name in POLICIES]
    routes += [Route(name, file) for name in static]
    routes.append(Route("/rival/{path:path}", rival))
    app: ASGIApp = Starlette(routes=routes)
    if contestant.is_ours:
        app = ConsentMiddleware(app, policy=POLICY, secret_key="only for this measurement")
    return GZipMiddleware(app, minimum_size=200)


def _picture() -> bytes:
    """Noise, so that it weighs something for its size: browsers do not count an empty picture as content."""
    width, height = 240, 120
    noise = random.Random(7)
    lines = b"".join(b"\0" + noise.randbytes(width) for _ in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")
