"""The banner, or the small entry that leads back to one's choices: markup for the app's own pages.

Rendered once for each state a visitor can be in; a request then only fills in its own address, nonce and token.
"""

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import quote

from ..asgi import Scope
from ..caches import BoundedCache
from ..consent import NO_CHOICE, Decision, Signals, Visit, decide
from ..policy import Policy
from ..telemetry.languages import language_matcher
from .assets import load_assets
from .content import allowed_ids, titles_of
from .form_token import FormTokens
from .mount import Mount, root_of
from .templates import Templates
from .way_back import is_plain, page_of
from .wording import Wording

_STATES = 256
"""Different states (language, decision, mount) kept rendered, twice over."""

# What a request fills in. The mark is random, so that no text of a policy contains it by accident.
_MARK = secrets.token_hex(8)
_SLOT_NAMES = ("nonce", "next_value", "next_query", "token")
_SLOTS = {name: f"[{_MARK}{index}]" for index, name in enumerate(_SLOT_NAMES)}
_SLOT = re.compile(rf"\[{_MARK}(\d)\]")


@dataclass(frozen=True, slots=True)
class Rendered:
    """Markup cut at its slots: text, slot, text, … A slot is its place in ``_SLOT_NAMES``."""

    parts: tuple[bytes | int, ...]
    variant: str


class Banner:
    """What is inserted into the app's pages. Asked once per page, so everything here is a look-up and a join."""

    def __init__(
        self, *, policy: Policy, prefix: str, secret_keys: Sequence[str], templates: str | Path | None = None
    ) -> None:
        self._policy = policy
        self._mount = Mount(prefix.rstrip("/"))
        self._templates = Templates(templates)
        self._tokens = FormTokens(secret_keys)
        self._wordings = {language: Wording(policy, language) for language in policy.languages}
        self._match = language_matcher(policy.languages)
        self._only_language = policy.languages[0] if len(policy.languages) == 1 else None
        self._has_entry = policy.declarations.entry == "auto"
        self._rendered: BoundedCache[tuple[object, ...], Rendered] = BoundedCache(_STATES)

    def warm(self) -> None:
        """Render what a first visitor is shown, in every language, so that no request waits for it."""
        self._templates.warm()
        decision = decide(self._policy, NO_CHOICE, Signals())
        for language in self._policy.languages:
            for link_only in (False, True):
                self._find(language, decision, choice_made=False, root="", link_only=link_only)

    def is_needed(self, visit: Visit) -> bool:
        """Say whether there is something to insert for this visitor."""
        return self._has_entry or bool(visit.decision.asks)

    def variant(self, visit: Visit, scope: Scope) -> str:
        """Name the markup this request gets: equal names, equal markup (but for the page's own address)."""
        language, with_token = self._read_headers(scope)
        rendered = self._find(
            language, visit.decision, choice_made=visit.consent.choice_made, root=root_of(scope), link_only=False
        )
        return rendered.variant + self._tokens.make(scope, visit.consent)[:8] if with_token else rendered.variant

    def render(self, visit: Visit, scope: Scope, *, nonce: str | None, link_only: bool) -> bytes:
        """Return the markup, ASCII only. ``link_only``: the page's policy excludes our style, script or form."""
        language, with_token = self._read_headers(scope)
        rendered = self._find(
            language, visit.decision, choice_made=visit.consent.choice_made, root=root_of(scope), link_only=link_only
        )
        page = page_of(scope)
        if is_plain(page):
            next_value = next_query = page.encode("ascii")
        else:
            next_value = escape(page).encode("ascii")
            next_query = quote(page, safe="/").encode("ascii")
        values = (
            f' nonce="{escape(nonce)}"'.encode("ascii", "xmlcharrefreplace") if nonce else b"",
            next_value,
            next_query,
            _token_field(self._tokens.make(scope, visit.consent)) if with_token else b"",
        )
        return b"".join([values[part] if isinstance(part, int) else part for part in rendered.parts])

    def _read_headers(self, scope: Scope) -> tuple[str, bool]:
        """The visitor's language, and whether a form sent from this browser may need a token (see ``needs_token``)."""
        accepted = b""
        with_token = True
        for name, value in scope["headers"]:
            if name == b"accept-language":
                accepted = value
            elif name == b"sec-fetch-site" or name == b"sec-fetch-mode":
                with_token = False
        return self._only_language or self._match(accepted).decode("ascii"), with_token

    def _find(self, language: str, decision: Decision, *, choice_made: bool, root: str, link_only: bool) -> Rendered:
        key = (language, decision, choice_made, root, link_only)
        found: Rendered | None = self._rendered.get(key)
        if found is None:
            found = self._render_once(language, decision, choice_made=choice_made, root=root, link_only=link_only)
            self._rendered.put(key, found)
        return found

    def _render_once(
        self, language: str, decision: Decision, *, choice_made: bool, root: str, link_only: bool
    ) -> Rendered:
        wording = self._wordings[language]
        policy = self._policy
        assets = load_assets()
        base = root + self._mount.prefix
        by_signal = [name for name in policy.optional if name in policy.refused_by_gpc and not decision.allows(name)]
        html = self._templates.render(
            "link.html" if link_only else "banner.html",
            wording,
            base=base,
            stylesheet=f"{base}/static/{assets['css'].name}",
            script=f"{base}/static/{assets['js'].name}",
            site=wording.text(policy.declarations.site.name),
            privacy_url=policy.declarations.site.privacy_url or "",
            asks=bool(decision.asks),
            asked=wording.join(titles_of(policy, wording, decision.asks)),
            asks_again=choice_made,
            has_entry=self._has_entry,
            honored=wording.join(titles_of(policy, wording, by_signal)) if decision.honors_gpc else "",
            signal_wins=policy.declarations.gpc == "signal",
            allowed=" ".join(allowed_ids(policy, decision)),
            slots=_SLOTS,
        )
        cut = _SLOT.split(html.strip() + "\n")
        parts: list[bytes | int] = []
        for place, part in enumerate(cut):
            # Every second part is the digit of a slot. Character references: the page may be in another charset.
            parts.append(int(part) if place % 2 else part.encode("ascii", "xmlcharrefreplace"))
        return Rendered(tuple(parts), hashlib.sha256(repr(parts).encode()).hexdigest()[:10])


def _token_field(token: str) -> bytes:
    return f'<input type="hidden" name="token" value="{token}">'.encode("ascii")
