"""The page on which a visitor sets language, time zone, region and font."""

from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from consent_middleware import get_consent

from .forms import read_form
from .pages import answer_page, begin_visit
from .preferences import write_preferences


async def show_preferences(request: Request) -> Response:
    return answer_page(
        await begin_visit(request),
        "preferences.html",
        now=datetime.now(UTC),
        is_remembered=get_consent(request).allows("preference"),
        is_saved="saved" in request.query_params,
    )


async def set_preferences(request: Request) -> Response:
    visit = await begin_visit(request)
    chosen = await read_form(request, visit.guard)
    response = RedirectResponse("/preferences?saved", 303)
    write_preferences(response, chosen)
    return response


routes = [
    Route("/preferences", show_preferences),
    Route("/preferences", set_preferences, methods=["POST"]),
]
