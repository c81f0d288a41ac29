"""The console behind the sign-in: projects, their keys, usage."""

from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from consent_middleware import get_consent

from .chart import draw
from .forms import read_form
from .pages import Visit, answer_page, begin_visit
from .projects import LIMIT, usage

_LONGEST_NAME = 40


async def show_console(request: Request) -> Response:
    visit = await begin_visit(request)
    if visit.account is None:
        return RedirectResponse("/sign-in", 303)
    return await _console(visit)


async def make_project(request: Request) -> Response:
    visit = await begin_visit(request)
    form = await read_form(request, visit.guard)
    if visit.account is None:
        return RedirectResponse("/sign-in", 303)
    name = " ".join(form.get("name", "").split())
    if not 0 < len(name) <= _LONGEST_NAME:
        return await _console(visit, 400, error="console.bad_name")
    if not await run_in_threadpool(visit.site.projects.make, visit.account, name):
        return await _console(visit, 400, error="console.too_many")
    return RedirectResponse("/console#projects", 303)


async def renew_key(request: Request) -> Response:
    visit = await begin_visit(request)
    await read_form(request, visit.guard)
    if visit.account is None:
        return RedirectResponse("/sign-in", 303)
    app_id = int(request.path_params["app_id"])
    if not await run_in_threadpool(visit.site.projects.renew_key, visit.account, app_id):
        raise HTTPException(404)
    return RedirectResponse("/console#projects", 303)


async def _console(visit: Visit, status: int = 200, error: str | None = None) -> Response:
    projects = await run_in_threadpool(visit.site.projects.of, visit.account) if visit.account else []
    today = datetime.now(visit.preferences.zone).date()
    series = usage(projects, today)
    consent = get_consent(visit.request)
    return answer_page(
        visit,
        "console.html",
        status,
        projects=projects,
        chart=draw(series),
        total=sum(value for _, value in series),
        error=error,
        limit=LIMIT,
        invites=consent.allows("survey"),
        shares=consent.allows("linden-research"),
    )


routes = [
    Route("/console", show_console),
    Route("/console/projects", make_project, methods=["POST"]),
    Route("/console/projects/{app_id:int}/key", renew_key, methods=["POST"]),
]
