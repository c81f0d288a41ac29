"""What the Django account site answers."""

from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.urls import path

from e2e.accounts import FORM, PAGE


def _guard(request: HttpRequest) -> str:
    return f'<input type="hidden" name="csrfmiddlewaretoken" value="{get_token(request)}">'


def sign_in(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        return HttpResponse(PAGE.format("Sign in") + FORM.format(_guard(request)))
    user = authenticate(request, username=request.POST["username"], password=request.POST["password"])
    if user is not None:
        login(request, user)
    return HttpResponseRedirect("/")


def home(request: HttpRequest) -> HttpResponse:
    name = request.user.get_username() or "stranger"
    note = request.session.get("note", "")
    form = f'<form method="post" action="/note">{_guard(request)}<input name="note"><button>Keep</button></form>'
    return HttpResponse(PAGE.format(f"Hello {name}") + f"<p>{note}</p>" + form)


def keep_note(request: HttpRequest) -> HttpResponse:
    request.session["note"] = request.POST["note"]
    return HttpResponseRedirect("/")


def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return HttpResponseRedirect("/")


urlpatterns = [
    path("", home),
    path("sign-in", sign_in),
    path("note", keep_note),
    path("sign-out", sign_out),
]
