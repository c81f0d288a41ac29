"""The link to the visitor's choices, for the site's own templates."""

from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import quote

from markupsafe import Markup

from ..asgi import Scope
from ..consent import SCOPE_KEY, visit_of
from ..consent.visit import HasScope, scope_of
from ..gates.exchange import gates_of
from ..gates.response import ResponseGate
from ..pages.mount import root_of
from ..pages.way_back import page_of
from ..pages.wording import Wording
from ..policy import Policy

_LINK = Markup('<a href="{address}" data-privacy-action="manage"{language}>{text}</a>')


def privacy_link(request: "HasScope | Scope", text: str | None = None) -> Markup:
    """Return a link to the preference center, which opens as a dialog where the page has our module; it leads back to this page.

    ``text``: the site's own words, instead of ours in the page's language. Empty in observe mode, in which there is no
    preference center.
    """
    visit, scope = visit_of(request), scope_of(request)
    gate = scope.get(SCOPE_KEY)
    prefix = gates_of(gate).prefix if isinstance(gate, ResponseGate) else ""
    if not isinstance(gate, ResponseGate) or not prefix:
        return Markup("")
    root = gate.root_path or scope.get("app_root_path", scope.get("root_path")) or ""
    here = {**scope, "root_path": root}
    address = f"{root_of(here)}{prefix}/preferences?next={quote(page_of(here))}"
    if text is not None:
        return _LINK.format(address=address, language="", text=text)
    language = gates_of(gate).banner.language(scope)
    return _LINK.format(
        address=address, language=Markup(' lang="{}"').format(language), text=_texts(visit.policy)[language]
    )


@lru_cache(maxsize=16)
def _texts(policy: Policy) -> Mapping[str, str]:
    return {language: Wording(policy, language).gettext("Privacy choices") for language in policy.languages}
