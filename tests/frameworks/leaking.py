"""Apps that tell everything they can reach, in five frameworks behind one middleware, to be run by a real server.

Each answers ``/<framework>/dump`` with every text it finds, and logs all of it too; four of them do the same on a WebSocket.
"""

import logging
from collections.abc import Callable

import django
import fastapi
import quart
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path
from litestar import Litestar, Request, WebSocket, get, websocket
from starlette import applications, requests, responses, routing, websockets

from consent_middleware import ConsentMiddleware, Policy, get_consent, get_telemetry
from consent_middleware.asgi import ASGIApp, Receive, Scope, Send
from tests.walking import texts_of

# What a server keeps of its own connection is not what this is about: see docs/decisions/0030.
SERVERS = (
    "uvicorn",
    "hypercorn",
    "granian",
    "asyncio",
    "_asyncio",
    "uvloop",
    "websockets",
    "wsproto",
    "h11",
    "httptools",
)
POLICY = Policy.parse('[site]\nlanguages = ["en", "zh-Hans"]\n')

logging.basicConfig(level=logging.INFO)
logger = logging.getLogger("leaking")


def dump(*roots: object) -> bytes:
    """Everything that can be reached, one text a line, each once."""
    scope = next(root for root in roots if isinstance(root, dict))
    telemetry = get_telemetry(scope)
    found = sorted(set(texts_of(*roots, telemetry, get_consent(scope), but=SERVERS)))
    text = b"\n".join(each for each in found if len(each) < 100_000)
    logger.info("%s %s %r", text.decode("latin-1"), telemetry, scope["headers"])
    return text


async def starlette_page(request: requests.Request) -> responses.Response:
    return responses.Response(dump(request.scope, request, request.headers, request.cookies))


async def starlette_socket(socket: websockets.WebSocket) -> None:
    await socket.accept()
    await socket.send_bytes(dump(socket.scope, socket, socket.headers))
    await socket.close()


starlette_site = applications.Starlette(
    routes=[
        routing.Route("/starlette/dump", starlette_page),
        routing.WebSocketRoute("/starlette/socket", starlette_socket),
        # A mounted sub-app sees a scope of its own.
        routing.Mount("/starlette/below", routes=[routing.Route("/dump", starlette_page)]),
    ]
)
fastapi_site = fastapi.FastAPI()


@fastapi_site.get("/fastapi/dump")
async def fastapi_page(request: fastapi.Request) -> fastapi.Response:
    return fastapi.Response(dump(request.scope, request, request.headers))


fastapi_site.websocket("/fastapi/socket")(starlette_socket)


@get("/litestar/dump")
async def litestar_page(request: Request) -> bytes:  # type: ignore[type-arg]
    return dump(request.scope, request, request.headers, request.cookies)


@websocket("/litestar/socket")
async def litestar_socket(socket: WebSocket) -> None:  # type: ignore[type-arg]
    await socket.accept()
    await socket.send_bytes(dump(socket.scope, socket, socket.headers))
    await socket.close()


litestar_site = Litestar([litestar_page, litestar_socket], openapi_config=None)
quart_site = quart.Quart(__name__)


@quart_site.route("/quart/dump")
async def quart_page() -> bytes:
    request = quart.request._get_current_object()  # type: ignore[attr-defined]
    return dump(request.scope, request, dict(request.headers))


@quart_site.websocket("/quart/socket")
async def quart_socket() -> None:
    socket = quart.websocket._get_current_object()  # type: ignore[attr-defined]
    await quart.websocket.send(dump(socket.scope, socket, dict(socket.headers)))


def django_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(dump(request.scope, request, request.META, dict(request.headers)))


urlpatterns = [path("django/dump", django_page)]
settings.configure(
    ALLOWED_HOSTS=["*"], DEBUG=False, SECRET_KEY="only for this test", ROOT_URLCONF=__name__, LOGGING_CONFIG=None
)
django.setup()

SITES: dict[str, Callable[[], ASGIApp] | ASGIApp] = {
    "starlette": starlette_site,
    "fastapi": fastapi_site,
    "django": get_asgi_application(),
    "litestar": litestar_site,  # type: ignore[dict-item]
    "quart": quart_site,  # type: ignore[dict-item]
}


async def sites(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        while True:
            event = (await receive())["type"]
            if event == "lifespan.startup":
                await quart_site.startup()
            await send({"type": f"{event}.complete"})
            if event == "lifespan.shutdown":
                return
    await SITES[scope["path"].split("/")[1]](scope, receive, send)  # type: ignore[call-arg, misc]


app = ConsentMiddleware(sites, policy=POLICY, secret_key="only for this test")
