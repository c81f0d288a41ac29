"""Recognizes the visitor of a request: from raw headers to a consent, a decision and what both mean here.

A returning visitor costs one look-up by the Cookie header; where that has changed, the token costs another; and a new token one
signature check. All caches are bounded, and losing them changes no decision.
"""

import time
from typing import Protocol

import msgspec
from msgspec.structs import replace

from ..asgi import Header
from ..caches import BoundedCache
from ..consent import NO_CHOICE, SIGNALS, Consent, Decision, Signals, Tokens, decide
from ..consent.names import TokenCookie, token_candidates
from ..policy import Policy
from .masks import MaskSet, MaskSets, or_gone
from .rules import Rules
from .shapes import Shape

_VISITORS = 16_384
_SIZE_LIMIT = 2048
"""Bytes of a Cookie header that is remembered as a whole; a longer one is worked out each time, to bound the memory."""
_TOKENS = 16_384
_DECISIONS = 256


class Known(msgspec.Struct, frozen=True, eq=False, gc=False):
    """What one visitor's cookies and signals mean. A Struct: one is made for every visitor who was not here before.

    The garbage collector need not look at the thousands that are kept: nothing in them refers back.
    """

    consent: Consent
    decision: Decision
    signals: Signals
    rules: Rules
    masks: MaskSet
    cookie: Header | None
    """What takes the place of the one Cookie header; ``None`` where it may stay."""
    hidden: tuple[bytes, ...]
    """Names of the cookies that are kept from the app."""

    def __repr__(self) -> str:
        return "<Known>"


class Remembered(BoundedCache[bytes, Known]):
    """What Cookie headers meant, until the first of their tokens or the policy runs out (``until``, Unix seconds); then all are
    read again.

    One number for all is quicker than one for each, which would have to be fetched from far away.
    """

    __slots__ = ("_longest", "until")

    def __init__(self, size: int, until: float) -> None:
        super().__init__(size)
        self._longest = self.until = until

    def forget(self) -> None:
        self.clear()
        self.until = self._longest


class Superseded(Exception):
    """Another version of the policy has taken effect: this one decides nothing any more."""


class Watch(Protocol):
    """Is told of what happens to a choice without the visitor. Never blocks or raises."""

    def ran_out(self, consent: Consent, signals: Signals) -> None: ...
    def changed_by_signal(self, consent: Consent, signals: Signals, decision: Decision) -> None: ...


class Recognition:
    """Reads tokens and remembers what they mean. ``watch``: ``None`` where nothing is recorded."""

    def __init__(self, policy: Policy, tokens: Tokens, masks: MaskSets, watch: Watch | None = None) -> None:
        self._policy = policy
        self._watch = watch
        self._tokens = tokens
        self._masks = masks
        self.cookies = (TokenCookie.of(policy, is_secure=False), TokenCookie.of(policy, is_secure=True))
        """By security: the token's cookie on http and on https."""
        self._names = tuple(cookie.name.encode("ascii") for cookie in self.cookies)
        # By security and signal: is_secure + 2 * gpc.
        self._known = tuple(Remembered(_VISITORS, float(policy.until)) for _ in range(4))
        self._insecure, self._secure = self._known[:2]
        self._consents: BoundedCache[bytes, Consent] = BoundedCache(_TOKENS)
        self._decisions: BoundedCache[tuple[object, ...], tuple[Decision, Rules]] = BoundedCache(_DECISIONS)
        self._undecided = tuple(self._decide(NO_CHOICE, signals) for signals in SIGNALS)

    def recognize(self, headers: list[Header], shape: Shape, is_secure: bool) -> Known:
        """Return what the headers of a request say about its visitor. Raises Superseded once another policy holds."""
        if shape.is_plain:
            cache = self._secure if is_secure else self._insecure
            known = cache.get(headers[shape.cookie][1])
            if known is not None and time.time() < cache.until:
                return known
        if shape.is_repeated:
            # The signal counts when one field says it (GPC, section 3.1).
            cookie = b"; ".join(value for name, value in headers if name == b"cookie")
            return self._study(cookie, is_secure, (b"sec-gpc", b"1") in headers, is_single=False)
        cookie = headers[shape.cookie][1] if shape.cookie >= 0 else b""
        gpc = shape.gpc >= 0 and headers[shape.gpc][1] == b"1"
        cache = self._known[is_secure + 2 * gpc]
        if time.time() >= cache.until:
            cache.forget()
        known = cache.get(cookie)
        if known is not None:
            return known
        known = self._study(cookie, is_secure, gpc, is_single=True)
        if len(cookie) <= _SIZE_LIMIT:
            cache.put(cookie, known)
            if known.consent is not NO_CHOICE:
                cache.until = min(cache.until, float(self._tokens.expires_at(known.consent)))
        return known

    def decide(self, consent: Consent, signals: Signals) -> tuple[Decision, Rules]:
        """Combine consent and signals, from memory where an equal answer was given before."""
        if consent is NO_CHOICE:
            return self._undecided[signals.gpc]
        key = (
            consent.allowed,
            consent.refused,
            consent.choice_made,
            consent.is_outdated,
            consent.gpc,
            signals.gpc,
            consent.unread != "",
            consent.age,
            consent.seen,
        )
        found = self._decisions.get(key)
        if found is None:
            found = self._decide(consent, signals)
            self._decisions.put(key, found)
        return found

    def _decide(self, consent: Consent, signals: Signals) -> tuple[Decision, Rules]:
        decision = decide(self._policy, consent, signals)
        return decision, Rules(self._policy, decision, self._masks.of(decision))

    def _study(self, cookie: bytes, is_secure: bool, gpc: bool, *, is_single: bool) -> Known:
        # What is remembered counts no longer than the policy does, so that this is asked here, and not for each request.
        if time.time() >= self._policy.until:
            raise Superseded
        signals = SIGNALS[gpc]
        return self._mean(self._consent(cookie, is_secure, signals), signals, cookie, is_single=is_single)

    def mean(self, consent: Consent, signals: Signals, headers: list[Header], shape: Shape) -> Known:
        """Return what the headers of a request mean under another consent than that of its token."""
        if shape.is_repeated:
            cookie = b"; ".join(value for name, value in headers if name == b"cookie")
            return self._mean(consent, signals, cookie, is_single=False)
        cookie = headers[shape.cookie][1] if shape.cookie >= 0 else b""
        return self._mean(consent, signals, cookie, is_single=True)

    def _mean(self, consent: Consent, signals: Signals, cookie: bytes, *, is_single: bool) -> Known:
        decision, rules = self.decide(consent, signals)
        if self._watch is not None and consent.id is not None and consent.gpc != signals.gpc:
            then, _ = self.decide(consent, SIGNALS[consent.gpc])
            if then.allowed != decision.allowed:
                self._watch.changed_by_signal(consent, signals, decision)
        kept, hidden = rules.filter_cookie(cookie)
        pair = or_gone(b"cookie", kept or None) if hidden and is_single else None
        return Known(consent, decision, signals, rules, rules.masks, pair, hidden)

    def _consent(self, cookie: bytes, is_secure: bool, signals: Signals) -> Consent:
        tokens = token_candidates(cookie, self._names[is_secure])
        if not tokens:
            return NO_CHOICE
        now = time.time()
        for token in tokens:
            consent = self._consents.get(token)
            if consent is None:
                consent = self._tokens.verify(token)
                if consent.chosen_at:
                    self._consents.put(token, consent)
            if self._tokens.counts(consent, now):
                return consent
            if self._watch is not None and consent.choice_made and now >= self._tokens.expires_at(consent):
                self._watch.ran_out(consent, signals)
        return NO_CHOICE


def effective(consent: Consent, decision: Decision) -> Consent:
    """Tell the consent what it amounts to, so that ``consent.allows()`` needs no policy."""
    if consent.effective == decision.allowed:
        return consent
    return replace(consent, effective=decision.allowed)
