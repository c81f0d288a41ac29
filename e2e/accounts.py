"""The same small account site in three frameworks: sign in, be greeted, say something, sign out."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import django
from django.conf import settings
from fastapi import FastAPI, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request as StarletteRequest
from starlette.responses import HTMLResponse as StarletteHTML
from starlette.responses import RedirectResponse as StarletteRedirect
from starlette.responses import Response
from starlette.routing import Route

from consent_middleware.asgi import ASGIApp

NAME, PASSWORD = "ada", "correct horse battery"
KEY = "the app's own key, which a restart does not change"
PAGE = "<!doctype html><title>Account</title><h1>{}</h1>"
FORM = '<form method="post">{}<input name="username"><input name="password" type="password"><button>Sign in</button></form>'


def starlette_app() -> ASGIApp:
    """Starlette with its own signed session cookie."""

    async def sign_in(request: StarletteRequest) -> Response:
        if request.method == "GET":
            return StarletteHTML(PAGE.format("Sign in") + FORM.format(""))
        form = await request.form()
        if form.get("password") == PASSWORD:
            request.session["name"] = str(form["username"])
        return StarletteRedirect("/", status_code=303)

    async def home(request: StarletteRequest) -> Response:
        return StarletteHTML(PAGE.format(f"Hello {request.session.get('name', 'stranger')}"))

    async def sign_out(request: StarletteRequest) -> Response:
        request.session.clear()
        return StarletteRedirect("/", status_code=303)

    return Starlette(
        routes=[
            Route("/", home),
            Route("/sign-in", sign_in, methods=["GET", "POST"]),
            Route("/sign-out", sign_out, methods=["POST"]),
        ],
        middleware=[Middleware(SessionMiddleware, secret_key=KEY)],
    )


def fastapi_app() -> ASGIApp:
    """FastAPI with an HttpOnly cookie of its own, whose name nobody has ever heard."""
    app = FastAPI()
    cookie, pass_card = "harbor", hashlib.sha256(f"{KEY}{NAME}".encode()).hexdigest()

    @app.get("/sign-in", response_class=HTMLResponse)
    def show() -> str:
        return PAGE.format("Sign in") + FORM.format("")

    @app.post("/sign-in")
    def sign_in(username: str = Form(), password: str = Form()) -> RedirectResponse:
        response = RedirectResponse("/", status_code=303)
        if (username, password) == (NAME, PASSWORD):
            response.set_cookie(cookie, pass_card, httponly=True, samesite="lax")
        return response

    @app.get("/", response_class=HTMLResponse)
    def home(request: Request) -> str:
        return PAGE.format(f"Hello {NAME if request.cookies.get(cookie) == pass_card else 'stranger'}")

    @app.post("/sign-out")
    def sign_out() -> RedirectResponse:
        response = RedirectResponse("/", status_code=303)
        response.delete_cookie(cookie, httponly=True, samesite="lax")
        return response

    return app


def django_app(folder: Path) -> ASGIApp:
    """Django with its own users, sessions and form tokens, in a SQLite file."""
    from e2e import django_urls

    if not settings.configured:
        settings.configure(
            SECRET_KEY=KEY,
            ALLOWED_HOSTS=["*"],
            ROOT_URLCONF=django_urls.__name__,
            INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"],
            MIDDLEWARE=[
                "django.contrib.sessions.middleware.SessionMiddleware",
                "django.middleware.csrf.CsrfViewMiddleware",
                "django.contrib.auth.middleware.AuthenticationMiddleware",
            ],
            DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "users.db")}},
            PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
            LOGIN_REDIRECT_URL="/",
            USE_TZ=True,
        )
        django.setup()
        # Where Playwright runs an event loop, Django refuses to talk to its database.
        with ThreadPoolExecutor(1) as pool:
            pool.submit(_fill).result()
    from django.core.asgi import get_asgi_application

    app: ASGIApp = get_asgi_application()
    return app


def _fill() -> None:
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.db import connections

    call_command("migrate", verbosity=0)
    User.objects.create_user(NAME, password=PASSWORD)
    connections.close_all()
