"""The pages that need no account: home, analytics, privacy, and the inspect page."""

from collections import deque
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from consent_middleware import LedgerError, get_consent, get_telemetry
from consent_middleware.telemetry import Event

from . import recorder
from .answers import compare_answers
from .examples import EXAMPLES
from .inspection import compare_cookies, compare_headers
from .knowledge import Side, known_fields
from .pages import Visit, answer_page, begin_visit, write_page

_EVENTS_SHOWN = 20


async def show_home(request: Request) -> Response:
    return answer_page(await begin_visit(request), "home.html")


async def show_privacy(request: Request) -> Response:
    return answer_page(await begin_visit(request), "privacy.html")


async def show_analytics(request: Request) -> Response:
    """Embed the third party for everybody, as most sites do. Whom it reaches is decided in front of this app."""
    visit = await begin_visit(request)
    hosts = visit.site.tracker
    response = answer_page(visit, "analytics.html", tracker=hosts)
    response.headers["content-security-policy"] = (
        f"default-src 'self'; script-src 'self' {hosts}; img-src 'self' {hosts}; connect-src 'self' {hosts}; "
        f"frame-src {hosts}; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    return response


async def show_inspection(request: Request) -> Response:
    visit = await begin_visit(request)
    if visit.account is not None:
        # The sign-out form needs the guard, and its cookie must be in the head of the answer, before the page is written.
        _ = visit.guard.token
    response = StreamingResponse(_inspection(visit), media_type="text/html; charset=utf-8")
    visit.guard.keep(response)
    return response


async def _inspection(visit: Visit) -> AsyncIterator[str]:
    """Written after the answer's head has left, so that the page can tell what became of the cookies in it."""
    request, policy = visit.request, visit.site.policy
    exchange: recorder.Exchange = request.scope[recorder.KEY]
    consent, seen = get_consent(request), request.scope["headers"]
    events = await _latest_events(visit, consent.id) if consent.id else ()
    yield write_page(
        visit,
        "inspect.html",
        examples=tuple(EXAMPLES),
        example=request.query_params.get("as"),
        exchange=exchange,
        seen_client=request.scope.get("client"),
        consent=consent,
        headers=compare_headers(exchange.headers, seen, policy),
        cookies=compare_cookies(exchange.headers, seen, consent, policy),
        answers=compare_answers(exchange.asked, exchange.answered, policy),
        known=known_fields(
            policy,
            consent,
            sent=Side(telemetry=exchange.telemetry, cookies=exchange.cookies),
            seen=Side(telemetry=get_telemetry(request), cookies=request.cookies),
            account=visit.account,
        ),
        events=events,
        when=lambda event: f"{datetime.fromtimestamp(event.occurred_at, UTC):%H:%M:%S}",
    )


async def _latest_events(visit: Visit, consent_id: str) -> Sequence[Event]:
    """The newest first."""
    latest: deque[Event] = deque(maxlen=_EVENTS_SHOWN)
    try:
        async for event in visit.site.recorded(consent_id):
            latest.appendleft(event)
    except LedgerError:
        # The page is half written: what it can still tell, it tells.
        return ()
    return tuple(latest)


routes = [
    Route("/", show_home),
    Route("/privacy", show_privacy),
    Route("/analytics", show_analytics),
    Route("/inspect", show_inspection),
]
