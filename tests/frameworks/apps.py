"""The same small site in three frameworks, written as their users write it."""

import functools
from collections.abc import AsyncIterator, Callable

import django
import fastapi
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, StreamingHttpResponse
from django.urls import path
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from consent_middleware import get_consent, record_choice
from consent_middleware.asgi import ASGIApp

PAGE = "<!doctype html><html><head><title>Shop</title></head><body><p>Hello</p></body></html>"


def with_cookies(response: Response) -> Response:
    response.set_cookie("_ga", "1", max_age=999_999_999, domain="shop.example")
    response.set_cookie("sessionid", "2", httponly=True, samesite="lax")
    response.set_cookie("zzz", "3")
    response.delete_cookie("_fbp")
    return response


async def home(request: Request) -> Response:
    return with_cookies(HTMLResponse(PAGE))


async def read(request: Request) -> Response:
    return JSONResponse({"cookies": request.cookies, "analytics": get_consent(request).allows("analytics")})


async def away(request: Request) -> Response:
    return with_cookies(RedirectResponse("/", 303))


async def grant(request: Request) -> Response:
    record_choice(request, allow={"analytics"})
    return with_cookies(JSONResponse({"analytics": get_consent(request).allows("analytics")}))


async def withdraw(request: Request) -> Response:
    record_choice(request, allow=())
    return with_cookies(JSONResponse({"analytics": get_consent(request).allows("analytics")}))


async def grant_late(request: Request) -> Response:
    async def body() -> AsyncIterator[str]:
        yield "before "
        record_choice(request, allow={"analytics"})
        yield str(get_consent(request).allows("analytics"))

    return StreamingResponse(body(), media_type="text/plain")


async def fail(request: Request) -> Response:
    raise RuntimeError("This page is broken.")


async def socket(websocket: WebSocket) -> None:
    await websocket.accept(headers=[(b"set-cookie", b"_ga=1"), (b"set-cookie", b"sessionid=2")])
    await websocket.send_json({"cookies": websocket.cookies, "analytics": get_consent(websocket).allows("analytics")})
    await websocket.close()


ROUTES = {
    "/": home,
    "/read": read,
    "/away": away,
    "/grant": grant,
    "/withdraw": withdraw,
    "/grant-late": grant_late,
    "/fail": fail,
}
METHODS = ["GET", "POST"]


def starlette_site() -> ASGIApp:
    routes = [Route(place, endpoint, methods=METHODS) for place, endpoint in ROUTES.items()]
    return Starlette(routes=[*routes, WebSocketRoute("/socket", socket)])


def fastapi_site() -> ASGIApp:
    site = fastapi.FastAPI()
    for place, endpoint in ROUTES.items():
        site.api_route(place, methods=METHODS, response_model=None)(endpoint)
    site.websocket("/socket")(socket)
    return site


def django_with_cookies(response: HttpResponse) -> HttpResponse:
    response.set_cookie("_ga", "1", max_age=999_999_999, domain="shop.example")
    response.set_cookie("sessionid", "2", httponly=True, samesite="lax")
    response.set_cookie("zzz", "3")
    response.delete_cookie("_fbp")
    return response


def django_home(request: HttpRequest) -> HttpResponse:
    return django_with_cookies(HttpResponse(PAGE))


def django_read(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"cookies": request.COOKIES, "analytics": get_consent(request).allows("analytics")})


def django_away(request: HttpRequest) -> HttpResponse:
    response = HttpResponseRedirect("/")
    response.status_code = 303
    return django_with_cookies(response)


def django_grant(request: HttpRequest) -> HttpResponse:
    record_choice(request, allow={"analytics"})
    return django_with_cookies(JsonResponse({"analytics": get_consent(request).allows("analytics")}))


async def django_withdraw(request: HttpRequest) -> HttpResponse:
    record_choice(request, allow=())
    return django_with_cookies(JsonResponse({"analytics": get_consent(request).allows("analytics")}))


async def django_grant_late(request: HttpRequest) -> StreamingHttpResponse:
    async def body() -> AsyncIterator[str]:
        yield "before "
        record_choice(request, allow={"analytics"})
        yield str(get_consent(request).allows("analytics"))

    return StreamingHttpResponse(body(), content_type="text/plain")


def django_fail(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("This page is broken.")


urlpatterns = [
    path("", django_home),
    path("read", django_read),
    path("away", django_away),
    path("grant", django_grant),
    path("withdraw", django_withdraw),
    path("grant-late", django_grant_late),
    path("fail", django_fail),
]


@functools.cache
def django_site() -> ASGIApp:
    settings.configure(
        ALLOWED_HOSTS=["*"],
        DEBUG=False,
        SECRET_KEY="only for these tests",
        ROOT_URLCONF=__name__,
        MIDDLEWARE=["django.middleware.common.CommonMiddleware", "django.middleware.http.ConditionalGetMiddleware"],
        LOGGING_CONFIG=None,
    )
    django.setup()
    application: ASGIApp = get_asgi_application()
    return application


SITES: dict[str, Callable[[], ASGIApp]] = {
    "starlette": starlette_site,
    "fastapi": fastapi_site,
    "django": django_site,
}
