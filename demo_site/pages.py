"""How every page is written: one template, in the visitor's language, with the account and the guard of its forms."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from consent_middleware import Policy
from consent_middleware.telemetry import Event

from .accounts import Account, Accounts
from .forms import FIELD, FormGuard
from .preferences import FONTS, LANGUAGES, REGIONS, ZONES, Preferences, read_preferences
from .projects import Projects
from .texts import translator
from .throttle import Throttle

SESSION = "console_session"
STATIC = Path(__file__).parent / "static"

_templates = Environment(
    loader=PackageLoader("demo_site"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What the handlers share."""

    policy: Policy
    accounts: Accounts
    projects: Projects
    tracker: str
    """The origin of the third party: ``http://tracker.localhost:8001``."""
    form_key: bytes
    throttle: Throttle
    recorded: Callable[[str], AsyncIterator[Event]]
    """What the middleware has recorded of a visitor, by the id of their choice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request, and whoever makes it."""

    request: Request
    site: Site
    account: Account | None
    preferences: Preferences
    guard: FormGuard


async def begin_visit(request: Request) -> Visit:
    site: Site = request.app.state.site
    secret = request.cookies.get(SESSION)
    account = await run_in_threadpool(site.accounts.of_session, secret) if secret else None
    guard = FormGuard(request, site.form_key)
    return Visit(request=request, site=site, account=account, preferences=read_preferences(request), guard=guard)


def write_page(visit: Visit, template: str, **context: object) -> str:
    preferences = visit.preferences
    shared: Mapping[str, object] = {
        "t": translator(preferences.language),
        "visit": visit,
        "account": visit.account,
        "preferences": preferences,
        "path": visit.request.url.path,
        "languages": LANGUAGES,
        "regions": REGIONS,
        "zones": ZONES,
        "fonts": FONTS,
        "policy": visit.site.policy,
        "guard_field": lambda: Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, visit.guard.token),
        "in_language": lambda text: _in_language(text, preferences.language),
    }
    return _templates.get_template(template).render({**shared, **context})


def answer_page(visit: Visit, template: str, status: int = 200, **context: object) -> Response:
    response = HTMLResponse(write_page(visit, template, **context), status)
    visit.guard.keep(response)
    return response


def _in_language(text: str | Mapping[str, str], language: str) -> str:
    """A text of the policy. Ours come in both languages, or are built-in ones that exist in English only."""
    return text if isinstance(text, str) else text[language]
