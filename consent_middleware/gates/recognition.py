"""Recognizes the visitor of a request: from raw headers to a consent, a decision and what both mean here.

A returning visitor costs one look-up by the headers that tell visitors apart; where one of them is new, the token costs another;
and a new token one signature check. All caches are bounded, and losing them changes no decision.
"""

import time
from dataclasses import dataclass

from ..asgi import Header
from ..caches import BoundedCache
from ..consent import NO_CHOICE, SIGNALS, Consent, Decision, Signals, Tokens, decide
from ..consent.names import TokenCookie, token_candidates
from ..policy import Policy
from .masks import MaskSets
from .rules import Rules
from .shapes import Picked

_VISITORS = 16_384
_SIZE_LIMIT = 2048
"""Bytes of headers that are remembered as a whole; what is longer is worked out each time, to bound the memory."""
_TOKENS = 16_384
_DECISIONS = 256


@dataclass(frozen=True, slots=True)
class Known:
    """What one visitor's headers mean. ``changes``: what takes the place of which of them (``None``: it goes)."""

    consent: Consent
    decision: Decision
    signals: Signals
    rules: Rules
    expires_at: float
    changes: tuple[tuple[int, Header | None], ...]
    hidden: tuple[bytes, ...]
    """Names of the cookies that are kept from the app."""


class Recognition:
    """Reads tokens and remembers what they mean."""

    def __init__(self, policy: Policy, tokens: Tokens, masks: MaskSets) -> None:
        self._policy = policy
        self._tokens = tokens
        self._masks = masks
        self.cookies = (TokenCookie.of(policy, is_secure=False), TokenCookie.of(policy, is_secure=True))
        """By security: the token's cookie on http and on https."""
        self._names = tuple(f"{cookie.name}=".encode("ascii") for cookie in self.cookies)
        self._known: tuple[BoundedCache[Picked, Known], ...] = (
            BoundedCache(_VISITORS),
            BoundedCache(_VISITORS),
        )
        self._consents: BoundedCache[bytes, Consent] = BoundedCache(_TOKENS)
        self._decisions: BoundedCache[tuple[frozenset[str], frozenset[str], bool, bool], tuple[Decision, Rules]] = (
            BoundedCache(_DECISIONS)
        )

    def recognize(self, picked: Picked, is_secure: bool) -> Known:
        """Return what the picked headers mean."""
        known = self._known[is_secure].get(picked)
        now = time.time()
        if known is not None and now < known.expires_at:
            return known
        known = self._study(picked, is_secure, now)
        if sum(len(value) for _, value in picked) <= _SIZE_LIMIT:
            self._known[is_secure].put(picked, known)
        return known

    def decide(self, consent: Consent, signals: Signals) -> tuple[Consent, Decision, Rules]:
        """Combine consent and signals, from memory where an equal answer was given before."""
        key = (consent.allowed, consent.refused, consent.gpc, signals.gpc)
        found = self._decisions.get(key)
        if found is None:
            decision = decide(self._policy, consent, signals)
            found = decision, Rules(self._policy, decision, self._masks.of(decision))
            self._decisions.put(key, found)
        decision, rules = found
        return _effective(consent, decision), decision, rules

    def _study(self, picked: Picked, is_secure: bool, now: float) -> Known:
        # HTTP/2 clients may send several Cookie headers (RFC 9113, section 8.2.3); the signal counts when one field says it.
        cookie = b"; ".join(value for name, value in picked if name == b"cookie")
        signals = SIGNALS[any(name == b"sec-gpc" and value == b"1" for name, value in picked)]
        consent, decision, rules = self.decide(self._consent(cookie, is_secure, now), signals)
        changes: list[tuple[int, Header | None]] = []
        hidden: tuple[bytes, ...] = ()
        for place, (name, value) in enumerate(picked):
            seen: bytes | None = value
            if name == b"cookie":
                kept, gone = rules.filter_cookie(value)
                hidden += gone
                seen = kept or None
            elif name in rules.masks.masks:
                seen = rules.masks.masks[name](value, b"")
            if seen != value:
                changes.append((place, None if seen is None else (name, seen)))
        expires_at = self._tokens.expires_at(consent)
        return Known(consent, decision, signals, rules, expires_at, tuple(changes), hidden)

    def _consent(self, cookie: bytes, is_secure: bool, now: float) -> Consent:
        for token in token_candidates(cookie, self._names[is_secure]):
            consent = self._consents.get(token)
            if consent is None:
                consent = self._tokens.read(token, now)
                if consent.choice_made:
                    self._consents.put(token, consent)
            elif now >= self._tokens.expires_at(consent):
                consent = NO_CHOICE
            if consent.choice_made:
                return consent
        return NO_CHOICE


def _effective(consent: Consent, decision: Decision) -> Consent:
    """Tell the consent what it amounts to, so that ``consent.allows()`` needs no policy."""
    if consent.effective == decision.allowed:
        return consent
    return Consent(
        choice_made=consent.choice_made,
        id=consent.id,
        chosen_at=consent.chosen_at,
        allowed=consent.allowed,
        refused=consent.refused,
        gpc=consent.gpc,
        effective=decision.allowed,
    )
