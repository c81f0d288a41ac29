"""The banner, or the small entry that leads back to one's choices: markup for the app's own pages.

Rendered once for each state a visitor can be in; a request then only fills in its own address, nonce and token.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from ..asgi import Scope
from ..caches import BoundedCache
from ..consent import NO_CHOICE, Decision, Signals, Standing, decide
from ..policy import Policy
from ..telemetry.languages import language_matcher
from .assets import load_assets
from .bulletins import last_change, say_bulletins, unseen
from .content import allowed_ids, titles_of
from .form_token import FormTokens
from .markup import ADDRESSES, NONCE, SLOTS, PlainMarkup, Rendered, addresses_of, nonce_attribute, token_field
from .mount import Mount, root_of
from .negotiation import LanguageOf, Negotiation
from .open_questions import Asking, asking_of, banner_words
from .page_scripts import PageScripts
from .styling import stylesheet_of
from .templates import Templates
from .wording import Wording

_STATES = 256
"""Different states (language, decision, mount) that are kept rendered."""


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
        tells_keys: bool = False,
    ) -> None:
        """Prepare them. ``tells_keys``: the guard tells which keys pages store under."""
        self._policy = policy
        self._tells_keys = tells_keys
        self._mount = Mount(prefix.rstrip("/"))
        self._templates = Templates(templates)
        self._tokens = FormTokens(secret_keys)
        self._wordings = {language: Wording(policy, language) for language in policy.languages}
        self._match = language_matcher(policy.languages)
        self._negotiation = Negotiation(policy, language_of)
        self._asks_only_the_browser = self._negotiation.asks_only_the_browser
        self._only_language = policy.languages[0] if len(policy.languages) == 1 else None
        self._scripts = PageScripts(policy, tells=tells_keys)
        self._is_always_there = policy.declarations.entry == "auto" or policy.declarations.csp == "enforce"
        self._bulletins = frozenset(bulletin.id for bulletin in policy.bulletins)
        self._has_entry = policy.declarations.entry == "auto"
        recording = policy.recording
        self._records = recording.purpose if recording is not None and recording.clicks else None
        self._rendered: BoundedCache[tuple[object, ...], Rendered] = BoundedCache(_STATES)
        # Holds the decisions too, so that no other object can take over the identity of one.
        self._heads: BoundedCache[tuple[object, ...], tuple[Decision, bytes]] = BoundedCache(_STATES)
        self._by_identity: BoundedCache[tuple[object, ...], tuple[Decision, Rendered]] = BoundedCache(_STATES)

    def warm(self) -> None:
        """Render what a first visitor is shown, in every language, so that no request waits for it."""
        self._templates.warm()
        decision = decide(self._policy, NO_CHOICE, Signals())
        for language in self._policy.languages:
            for link_only in (False, True):
                self._find(language, decision, Signals(), asking="first", root="", link_only=link_only)

    def language(self, scope: Scope) -> str:
        """Say which language a page is in."""
        return self._negotiation.for_page(scope, dict(scope["headers"]).get(b"accept-language", b""))

    def is_needed(self, standing: Standing) -> bool:
        """Say whether there is something to insert for this visitor."""
        decision = standing.decision
        # A policy that is enforced differs by visitor, and a page may not be revived with another one.
        is_shown = self._is_always_there or bool(decision.asks) or self._records in decision.allowed
        is_shown = is_shown or not self._bulletins <= decision.seen
        return is_shown or self._scripts.is_needed(decision)

    def variant(self, standing: Standing, scope: Scope) -> str:
        """Name the markup this request gets: equal names, equal markup (but for the page's own address)."""
        rendered, needs_token = self._state_of(standing, scope, link_only=False)
        return rendered.variant + self._tokens.make(scope, standing.consent)[:8] if needs_token else rendered.variant

    def render(self, standing: Standing, scope: Scope, *, nonce: str | None, link_only: bool) -> bytes:
        """Return the markup, ASCII only. ``link_only``: the page's policy excludes our style, script or form."""
        rendered, needs_token = self._state_of(standing, scope, link_only=link_only)
        values = (
            nonce_attribute(nonce),
            *addresses_of(scope),
            token_field(self._tokens.make(scope, standing.consent)) if needs_token else b"",
        )
        return rendered.fill(values)

    def plain(self, standing: Standing, accepted: bytes) -> PlainMarkup | None:
        """Return what pages get that need neither nonce nor token; ``None`` where the app says which language a page is in."""
        if self._only_language is None and not self._asks_only_the_browser:
            return None
        language = self._only_language or self._match(accepted).decode("ascii")
        decision, signals = standing.decision, standing.signals
        asking = asking_of(standing.consent)
        rendered = self._find(language, decision, signals, asking=asking, root="", link_only=False)
        texts = [rendered.texts[0]]
        is_query: list[bool] = []
        for slot, text in zip(rendered.slots, rendered.texts[1:], strict=True):
            if slot in ADDRESSES:
                texts.append(text)
                is_query.append(slot == ADDRESSES[1])
            else:
                texts[-1] += text
        head = self._render_head(decision, signals, self._mount.prefix)
        return PlainMarkup(head.replace(NONCE, b""), tuple(texts), tuple(is_query))

    def shown(self, language: str) -> str:
        """Return what the banner shows, in one language, whoever has not chosen yet."""
        decision = decide(self._policy, NO_CHOICE, Signals())
        rendered = self._find(language, decision, Signals(), asking="first", root="", link_only=False)
        return b"".join(rendered.texts).decode("ascii")

    def head(self, standing: Standing, scope: Scope, *, nonce: str | None) -> bytes:
        """Return the markup that comes before every script of the page, ASCII only; nothing where nothing is needed there."""
        decision, root = standing.decision, scope.get("root_path")
        key = (id(decision), standing.signals.gpc, root)
        known = self._heads.get(key)
        if known is None:
            known = decision, self._render_head(decision, standing.signals, root_of(scope) + self._mount.prefix)
            self._heads.put(key, known)
        return known[1].replace(NONCE, nonce_attribute(nonce)) if known[1] else b""

    def _state_of(self, standing: Standing, scope: Scope, *, link_only: bool) -> tuple[Rendered, bool]:
        """What is rendered for this visitor's state, and whether a form from this browser may need a token."""
        fields = dict(scope["headers"])
        accepted = fields.get(b"accept-language", b"")
        language = self._only_language or (
            self._match(accepted) if self._asks_only_the_browser else self._negotiation.for_page(scope, accepted)
        )
        root = scope.get("root_path")
        consent, decision = standing.consent, standing.decision
        # By identity first: the gates keep one decision for equal answers, and to hash its sets costs more than all else here.
        key = (id(decision), language, consent.choice_made, consent.is_outdated, standing.signals.gpc, root, link_only)
        known = self._by_identity.get(key)
        if known is None:
            tag = language if isinstance(language, str) else language.decode("ascii")
            known = (
                decision,
                self._find(
                    tag, decision, standing.signals, asking=asking_of(consent), root=root_of(scope), link_only=link_only
                ),
            )
            self._by_identity.put(key, known)
        return known[1], b"sec-fetch-site" not in fields and b"sec-fetch-mode" not in fields

    def _find(
        self, language: str, decision: Decision, signals: Signals, *, asking: Asking, root: str, link_only: bool
    ) -> Rendered:
        key = (language, decision, signals, asking, root, link_only)
        found: Rendered | None = self._rendered.get(key)
        if found is None:
            found = self._render_once(language, decision, signals, asking=asking, root=root, link_only=link_only)
            self._rendered.put(key, found)
        return found

    def _render_once(
        self, language: str, decision: Decision, signals: Signals, *, asking: Asking, root: str, link_only: bool
    ) -> Rendered:
        wording = self._wordings[language]
        policy = self._policy
        base = root + self._mount.prefix
        by_signal = [name for name in policy.optional if name in policy.refused_by_gpc and not decision.allows(name)]
        head = b"" if link_only else self._render_head(decision, signals, base)
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
            asks_again=banner_words(policy, wording, asking, decision),
            told_digests=policy.told,
            last_change=last_change(policy, wording) if asking == "again" else "",
            bulletins=say_bulletins(unseen(policy, decision), wording),
            has_entry=self._has_entry,
            records=self._records if self._records is not None and decision.allows(self._records) else "",
            events_script=f"{base}/static/{load_assets()['events'].name}",
            honored=wording.join(titles_of(policy, wording, by_signal)) if decision.honors_gpc else "",
            signal_wins=policy.declarations.gpc == "signal",
            allowed=" ".join(allowed_ids(policy, decision)),
            signal=self._held_off_by_signal(decision, signals),
            is_guarded=self._scripts.is_needed(decision),
            layout=policy.declarations.banner.layout,
            reject_first=policy.declarations.banner.reject_first,
            asks_age=decision.asks_age,
            asked_age=policy.asked_age,
            slots=SLOTS.marks,
        )
        texts, slots = SLOTS.cut(html.strip() + "\n")
        name = hashlib.sha256(repr((texts, slots, head.replace(NONCE, b""))).encode()).hexdigest()[:10]
        return Rendered(texts, slots, name)

    def _render_head(self, decision: Decision, signals: Signals, base: str) -> bytes:
        guard = self._scripts.guard if self._scripts.guards(decision) else None
        consent_mode = self._scripts.consent_mode
        known = (*self._policy.purposes, *self._policy.services)
        html = self._templates.render(
            "head.html",
            self._wordings[self._policy.languages[0]],
            guard=f"{base}/static/{guard.name}" if guard else "",
            consent_mode=f"{base}/static/{consent_mode.name}" if consent_mode else "",
            tell=f"{base}/reports" if self._tells_keys else "",
            allowed=" ".join(allowed_ids(self._policy, decision)),
            refused=" ".join(name for name in known if name in decision.refused),
            signal=self._held_off_by_signal(decision, signals),
            slots=SLOTS.marks,
        )
        return html.strip().encode("ascii", "xmlcharrefreplace")

    def _held_off_by_signal(self, decision: Decision, signals: Signals) -> str:
        """What a page holds off where ``navigator.globalPrivacyControl`` is on, but the request did not say so."""
        policy = self._policy
        if signals.gpc or policy.declarations.gpc == "choice":
            return ""
        return " ".join(
            name
            for name in allowed_ids(policy, decision)
            if name in policy.refused_by_gpc
            or (name in policy.services and policy.services[name].purpose in policy.refused_by_gpc)
        )
