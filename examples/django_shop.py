"""Django: wrap the ASGI application, in `asgi.py`."""

import django
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

from consent_middleware import ConsentMiddleware

KEY = "only for trying out: make your own, and keep it out of the code"
PAGE = "<!doctype html><html><head><title>Shop</title></head><body><h1>Shop</h1></body></html>"
COUNTER = ("_ga", "GA1.1.1.1700000000")
"""An analytics cookie, as a counter sets it for everybody: without the middleware, before any choice."""


def home(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(PAGE)
    response.set_cookie(*COUNTER, max_age=86_400)
    response.set_cookie("sessionid", "1", httponly=True)
    return response


urlpatterns = [path("", home)]

if not settings.configured:
    settings.configure(ALLOWED_HOSTS=["*"], SECRET_KEY=KEY, ROOT_URLCONF=__name__, MIDDLEWARE=[], LOGGING_CONFIG=None)
    django.setup()

app = ConsentMiddleware(get_asgi_application(), secret_key=KEY)
