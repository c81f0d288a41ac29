"""Signing up, signing in and signing out."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from consent_middleware import get_telemetry

from .accounts import LONG_SESSION, Account, read_email
from .forms import read_form
from .pages import SESSION, Visit, answer_page, begin_visit

_SHORTEST, _LONGEST = 10, 200


async def show_sign_up(request: Request) -> Response:
    return answer_page(await begin_visit(request), "sign_up.html", error=None, email="")


async def sign_up(request: Request) -> Response:
    visit = await begin_visit(request)
    form = await read_form(request, visit.guard)
    email, password = read_email(form.get("email", "")), form.get("password", "")
    error = _sign_up_problem(email, password, form)
    account = None
    if error is None and email is not None:
        account = await run_in_threadpool(visit.site.accounts.sign_up, email, password)
        error = "sign_up.taken"
    if account is None:
        return answer_page(visit, "sign_up.html", 400, error=error, email=form.get("email", ""))
    await run_in_threadpool(visit.site.projects.make, account, "First project")
    return await _signed_in(visit, account, keep=False)


async def show_sign_in(request: Request) -> Response:
    return answer_page(await begin_visit(request), "sign_in.html", error=None, email="")


async def sign_in(request: Request) -> Response:
    visit = await begin_visit(request)
    form = await read_form(request, visit.guard)
    # The shortened address would lock out a whole neighborhood. The policy grounds the whole one for this, and for nothing else.
    address = get_telemetry(request).disclose("ip", purpose="security", reason="sign-in rate limit") or ""
    if address and not visit.site.throttle.allows(address):
        return answer_page(visit, "sign_in.html", 429, error="sign_in.too_often", email=form.get("email", ""))
    email, password = read_email(form.get("email", "")), form.get("password", "")[:_LONGEST]
    account = await run_in_threadpool(visit.site.accounts.verify, email or "", password)
    if account is None:
        visit.site.throttle.fail(address)
        return answer_page(visit, "sign_in.html", 400, error="sign_in.wrong", email=form.get("email", ""))
    return await _signed_in(visit, account, keep="keep" in form)


async def sign_out(request: Request) -> Response:
    visit = await begin_visit(request)
    await read_form(request, visit.guard)
    secret = request.cookies.get(SESSION)
    if secret:
        await run_in_threadpool(visit.site.accounts.end_session, secret)
    response = RedirectResponse("/", 303)
    response.delete_cookie(SESSION, path="/", httponly=True, samesite="lax")
    return response


async def _signed_in(visit: Visit, account: Account, *, keep: bool) -> Response:
    # A new secret at every sign-in: one planted before it (session fixation) opens nothing.
    secret = await run_in_threadpool(visit.site.accounts.begin_session, account, keep=keep)
    response = RedirectResponse("/console", 303)
    age = LONG_SESSION if keep else None
    response.set_cookie(SESSION, secret, max_age=age, path="/", httponly=True, samesite="lax")
    return response


def _sign_up_problem(email: str | None, password: str, form: dict[str, str]) -> str | None:
    if email is None:
        return "sign_up.bad_email"
    if not _SHORTEST <= len(password) <= _LONGEST:
        return "sign_up.bad_password"
    return None if "age" in form else "sign_up.too_young"


routes = [
    Route("/sign-up", show_sign_up),
    Route("/sign-up", sign_up, methods=["POST"]),
    Route("/sign-in", show_sign_in),
    Route("/sign-in", sign_in, methods=["POST"]),
    Route("/sign-out", sign_out, methods=["POST"]),
]
