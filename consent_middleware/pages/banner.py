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

from ..asgi import Scope
from ..caches import BoundedCache
from ..consent import NO_CHOICE, Decision, Signals, Standing, decide
from ..policy import Policy
from ..telemetry.languages import language_matcher
from .assets import load_assets
from .content import allowed_ids, titles_of
from .form_token import FormTokens
from .mount import Mount, root_of
from .negotiation import LanguageOf, Negotiation
from .styling import stylesheet_of
from .templates import Templates
from .way_back import page_of, plain_page_of
from .wording import Wording

_STATES = 256
"""Different states (language, decision, mount) that are kept rendered."""

# What a request fills in. The mark is random, so that no text of a policy contains it by accident.
_MARK = secrets.token_hex(8)
_SLOT_NAMES = ("nonce", "next_value", "next_query", "token")
_SLOTS = {name: f"[{_MARK}{index}]" for index, name in enumerate(_SLOT_NAMES)}
_SLOT = re.compile(rf"\[{_MARK}(\d)\]")
# A page's address is printable ASCII; a table is five times as fast as urllib's quote().
_IN_QUERY = str.maketrans(
    {chr(code): f"%{code:02X}" for code in range(33, 127) if not re.match(r"[\w.~/-]", chr(code))}
)


@dataclass(frozen=True, slots=True)
class Rendered:
    """Markup with a ``%b`` for each slot; ``slots``: which of ``_SLOT_NAMES`` stands there, in order."""

    template: bytes
    slots: tuple[int, ...]
    variant: str


class Banner:
    """What is inserted into the app's pages. Asked once per page, so everything here is a look-up and a join."""

    def __init__(
        self,
        *,
        policy: Policy,
        prefix: str,
        secret_keys: Sequence[str],
        templates: str | Path | None = None,
        language_of: LanguageOf | None = None,
    ) -> None:
        self._policy = policy
        self._mount = Mount(prefix.rstrip("/"))
        self._templates = Templates(templates)
        self._tokens = FormTokens(secret_keys)
        self._wordings = {language: Wording(policy, language) for language in policy.languages}
        self._match = language_matcher(policy.languages)
        self._negotiation = Negotiation(policy, language_of)
        self._asks_only_the_browser = self._negotiation.asks_only_the_browser
        self._only_language = policy.languages[0] if len(policy.languages) == 1 else None
        self._has_entry = policy.declarations.entry == "auto"
        recording = policy.recording
        self._records = recording.purpose if recording is not None and recording.clicks else None
        self._rendered: BoundedCache[tuple[object, ...], Rendered] = BoundedCache(_STATES)
        # Holds the decisions too, so that no other object can take over the identity of one.
        self._by_identity: BoundedCache[tuple[object, ...], tuple[Decision, Rendered]] = BoundedCache(_STATES)

    def warm(self) -> None:
        """Render what a first visitor is shown, in every language, so that no request waits for it."""
        self._templates.warm()
        decision = decide(self._policy, NO_CHOICE, Signals())
        for language in self._policy.languages:
            for link_only in (False, True):
                self._find(language, decision, choice_made=False, root="", link_only=link_only)

    def is_needed(self, standing: Standing) -> bool:
        """Say whether there is something to insert for this visitor."""
        decision = standing.decision
        return self._has_entry or bool(decision.asks) or self._records in decision.allowed

    def variant(self, standing: Standing, scope: Scope) -> str:
        """Name the markup this request gets: equal names, equal markup (but for the page's own address)."""
        rendered, needs_token = self._state_of(standing, scope, link_only=False)
        return rendered.variant + self._tokens.make(scope, standing.consent)[:8] if needs_token else rendered.variant

    def render(self, standing: Standing, scope: Scope, *, nonce: str | None, link_only: bool) -> bytes:
        """Return the markup, ASCII only. ``link_only``: the page's policy excludes our style, script or form."""
        rendered, needs_token = self._state_of(standing, scope, link_only=link_only)
        address = plain_page_of(scope)
        if address is not None:
            in_value = in_query = address
        else:
            page = page_of(scope)
            in_value, in_query = escape(page).encode("ascii"), page.translate(_IN_QUERY).encode("ascii")
        values = (
            f' nonce="{escape(nonce)}"'.encode("ascii", "xmlcharrefreplace") if nonce else b"",
            in_value,
            in_query,
            _token_field(self._tokens.make(scope, standing.consent)) if needs_token else b"",
        )
        return rendered.template % tuple(map(values.__getitem__, rendered.slots))

    def shown(self, language: str) -> str:
        """Return what the banner shows, in one language, whoever has not chosen yet."""
        decision = decide(self._policy, NO_CHOICE, Signals())
        rendered = self._find(language, decision, choice_made=False, root="", link_only=False)
        return (rendered.template % ((b"",) * len(rendered.slots))).decode("ascii")

    def _state_of(self, standing: Standing, scope: Scope, *, link_only: bool) -> tuple[Rendered, bool]:
        """What is rendered for this visitor's state, and whether a form from this browser may need a token."""
        fields = dict(scope["headers"])
        accepted = fields.get(b"accept-language", b"")
        language = self._only_language or (
            self._match(accepted) if self._asks_only_the_browser else self._negotiation.for_page(scope, accepted)
        )
        root = scope.get("root_path")
        decision, choice_made = standing.decision, standing.consent.choice_made
        # By identity first: the gates keep one decision for equal answers, and to hash its sets costs more than all else here.
        key = (id(decision), language, choice_made, root, link_only)
        known = self._by_identity.get(key)
        if known is None:
            tag = language if isinstance(language, str) else language.decode("ascii")
            known = (
                decision,
                self._find(tag, decision, choice_made=choice_made, root=root_of(scope), link_only=link_only),
            )
            self._by_identity.put(key, known)
        return known[1], b"sec-fetch-site" not in fields and b"sec-fetch-mode" not in fields

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
        base = root + self._mount.prefix
        by_signal = [name for name in policy.optional if name in policy.refused_by_gpc and not decision.allows(name)]
        html = self._templates.render(
            "link.html" if link_only else "banner.html",
            wording,
            base=base,
            stylesheet=f"{base}/static/{stylesheet_of(policy).name}",
            script=f"{base}/static/{load_assets()['js'].name}",
            site=wording.text(policy.declarations.site.name),
            privacy_url=policy.declarations.site.privacy_url or "",
            asks=bool(decision.asks),
            asked=wording.join(titles_of(policy, wording, decision.asks)),
            asks_again=choice_made,
            has_entry=self._has_entry,
            records=self._records if self._records is not None and decision.allows(self._records) else "",
            events_script=f"{base}/static/{load_assets()['events'].name}",
            honored=wording.join(titles_of(policy, wording, by_signal)) if decision.honors_gpc else "",
            signal_wins=policy.declarations.gpc == "signal",
            allowed=" ".join(allowed_ids(policy, decision)),
            layout=policy.declarations.banner.layout,
            reject_first=policy.declarations.banner.reject_first,
            slots=_SLOTS,
        )
        cut = _SLOT.split(html.strip() + "\n")
        # Character references, since the page may be in another charset; every second part is the digit of a slot.
        texts = [part.encode("ascii", "xmlcharrefreplace").replace(b"%", b"%%") for part in cut[::2]]
        template, slots = b"%b".join(texts), tuple(map(int, cut[1::2]))
        name = hashlib.sha256(repr((template, slots)).encode()).hexdigest()[:10]
        return Rendered(template, slots, name)


def _token_field(token: str) -> bytes:
    return f'<input type="hidden" name="token" value="{token}">'.encode("ascii")
