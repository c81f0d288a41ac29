"""How a visitor's browser starts: what it says of itself, and the choice it may already carry."""

from typing import TYPE_CHECKING, TypedDict

from ..consent import Consent
from .flows import Flows
from .interface import Flow, Starting
from .states import Start

if TYPE_CHECKING:
    from playwright._impl._api_structures import SetCookieParam

_GPC_IN_SCRIPTS = (
    "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {get: () => true, configurable: true})"
)


class ContextOptions(TypedDict, total=False):
    java_script_enabled: bool
    extra_http_headers: dict[str, str]
    user_agent: str


def context_options(browser_version: str, start: Start) -> ContextOptions:
    """Options of ``new_context``.

    The exact version is in the user agent, as browsers had it until 2022, so that a test can tell whether somebody cut it.
    """
    agent = (
        f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{browser_version} Safari/537.36"
    )
    options = ContextOptions(java_script_enabled=start.javascript, user_agent=agent)
    if start.gpc:
        options["extra_http_headers"] = {"Sec-GPC": "1"}
    return options


def begin(flows: Flows, context: Starting, start: Start) -> Flow[None]:
    """Bring a fresh browser into ``start``: by a token where the site's key is known, else by clicking."""
    if start.gpc:
        yield context.add_init_script(_GPC_IN_SCRIPTS)
    if start.state == "nothing chosen":
        return
    if flows.site.tokens is None:
        yield from _click_into(flows, start)
    else:
        policy = flows.site.policy
        everything = [name for name in policy.optional if policy.purposes[name].basis == "consent"]
        allow = {"rejected": (), "accepted": everything, "withdrawn": everything}
        chosen = flows.consent_for(allow[start.state] if isinstance(start.state, str) else start.state)
        yield context.add_cookies([_token_cookie(flows, chosen)])
        flows.began_with(chosen)
    if start.state == "withdrawn":
        # Between the two the site sets what it was allowed to: that is what a withdrawal has to take back.
        yield from flows.goto("/")
        yield from flows.withdraw()


def _click_into(flows: Flows, start: Start) -> Flow[None]:
    yield from flows.goto("/")
    if not isinstance(start.state, str):
        yield from flows.save(start.state)
    else:
        yield from flows.answer("reject-all" if start.state == "rejected" else "accept-all")


def _token_cookie(flows: Flows, chosen: Consent) -> "SetCookieParam":
    name, value, is_secure = flows.site.cookie_of(chosen)
    return {
        "name": name,
        "value": value,
        "domain": flows.site.host,
        "path": "/",
        "httpOnly": True,
        "secure": is_secure,
        "sameSite": "Lax",
    }
