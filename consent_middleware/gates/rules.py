"""What one decision means for cookies: a verdict per name, looked up instead of computed.

Requests whose decisions are equal share one ``Rules``. It caches by cookie name, bounded, and losing the cache changes nothing.
"""

from dataclasses import dataclass

from ..caches import BoundedCache
from ..consent import Decision
from ..consent.names import NAME, TEAM_NAME
from ..policy import DeclaredCookie, Policy, classify
from ..policy.lifetimes import SECONDS_CAP
from ..policy.model import Cookie
from ..policy.names import CONSIDERED, forms
from .findings import Finding
from .masks import MaskSet, hidden_headers

_NAMES = 4096
_NEW_NAMES_PER_HEADER = 256
"""Browsers keep about 180 cookies a site; past this many unknown names in one request nobody is served by classifying them."""
_NAME_LIMIT = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class CookieRule:
    """What happens to one cookie name under one decision.

    ``is_hidden``: not shown to the app; ``is_allowed``: may be set; ``is_refused``: expired wherever it is seen;
    ``exemption``: the mark (``cookie:<name>``) of a cookie that an explicit act may set; ``cap``: longest lifetime in seconds,
    ``None`` where only the session is declared.
    """

    purpose: str
    reason: str
    is_hidden: bool
    is_allowed: bool
    is_refused: bool
    declared: DeclaredCookie | None
    exemption: str | None
    cap: int | None

    @property
    def is_unclassified(self) -> bool:
        return self.purpose == UNCLASSIFIED


UNCLASSIFIED = "unclassified"

OWN_NAMES = frozenset({NAME, f"__Host-{NAME}", f"__Secure-{NAME}", TEAM_NAME, f"__Secure-{TEAM_NAME}"})
_OWN_RULE = CookieRule(
    purpose="security",
    reason="It is this middleware's own.",
    is_hidden=False,
    is_allowed=True,
    is_refused=False,
    declared=DeclaredCookie(
        purpose="security",
        service=None,
        key="(built in)",
        cookie=Cookie(name=NAME, purpose="security", http_only=True, same_site="Lax"),
    ),
    exemption=None,
    cap=SECONDS_CAP,
)
"""The rules hold for our own cookie too: an app that sets it may not weaken it."""


class Rules:
    """The cookie rules and header masks of one decision."""

    def __init__(self, policy: Policy, decision: Decision, masks: MaskSet) -> None:
        self.policy = policy
        self.decision = decision
        self.masks = masks
        self.hidden_headers = hidden_headers(policy, decision)
        self._unclassified = policy.declarations.unclassified
        self._rules: BoundedCache[bytes, CookieRule] = BoundedCache(_NAMES)
        self._hidden: BoundedCache[bytes, bytes] = BoundedCache(_NAMES)
        """From a name as it is written after a semicolon, space and all, to the name that is hidden, or to nothing."""
        self._hidings: BoundedCache[bytes, Finding] = BoundedCache(_NAMES)

    def rule(self, name: bytes) -> CookieRule:
        """Return the rule of a cookie name, as it stands on the wire."""
        found = self._rules.get(name)
        if found is None:
            found = self._judge(name.decode("latin-1"))
            if len(name) <= _NAME_LIMIT:
                self._rules.put(name, found)
        return found

    def hiding(self, name: bytes) -> Finding:
        """Return what there is to tell of a hidden cookie; from memory, since it is told of every request."""
        found = self._hidings.get(name)
        if found is None:
            rule = self.rule(name)
            found = Finding(action="hide", name=name.decode("latin-1"), purpose=rule.purpose, reason=rule.reason)
            if len(name) <= _NAME_LIMIT:
                self._hidings.put(name, found)
        return found

    def filter_cookie(self, header: bytes) -> tuple[bytes, tuple[bytes, ...]]:
        """Drop hidden cookies from a Cookie header; return what is left and the names that were dropped.

        Raw crumbs: what is malformed or unclassified stays, byte for byte, and so does the whole header when nothing is dropped.
        """
        budget = _NEW_NAMES_PER_HEADER
        kept, names = [], []
        for crumb in header.split(b";"):
            written = crumb.partition(b"=")[0]
            hidden = self._hidden.get(written)
            if hidden is None and budget:
                budget -= 1
                hidden = self._hidden_name(written)
            if hidden and b"=" in crumb:
                names.append(hidden)
            else:
                kept.append(crumb)
        return (b";".join(kept).lstrip(b" \t"), tuple(names)) if names else (header, ())

    def _hidden_name(self, written: bytes) -> bytes:
        name = written.strip(b" \t")
        hidden = name if self.rule(name).is_hidden else b""
        if len(written) <= _NAME_LIMIT:
            self._hidden.put(written, hidden)
        return hidden

    def _judge(self, name: str) -> CookieRule:
        policy, decision = self.policy, self.decision
        if name in OWN_NAMES:
            return _OWN_RULE
        declared = _declaration(policy, name)
        verdict = classify(name, policy=policy)
        purpose = verdict.purpose
        service = verdict.service if verdict.service in policy.services else None
        lifetime = declared.lifetime if declared is not None else None
        cap = SECONDS_CAP if lifetime is None else lifetime.seconds
        exemption = None
        if declared is not None and declared.cookie.explicit_act:
            exemption = f"cookie:{declared.cookie.name or declared.cookie.pattern}"
        if purpose == UNCLASSIFIED:
            return CookieRule(
                purpose=purpose,
                reason=verdict.reason,
                is_hidden=self._unclassified == "hide",
                is_allowed=self._unclassified == "allow",
                is_refused=False,
                declared=declared,
                exemption=exemption,
                cap=SECONDS_CAP,
            )
        is_allowed = decision.allows(service or purpose)
        is_refused = purpose not in policy.necessary and (service or purpose) in decision.refused
        passes_by_act = exemption is not None and (not is_refused or decision.allows(exemption))
        return CookieRule(
            purpose=purpose,
            reason=verdict.reason,
            is_hidden=not is_allowed and not passes_by_act,
            is_allowed=is_allowed,
            is_refused=is_refused and not passes_by_act,
            declared=declared,
            exemption=exemption,
            cap=cap,
        )


def _declaration(policy: Policy, name: str) -> DeclaredCookie | None:
    """Find what the policy declares of a name, also under a name prefix or for a chunk, as the classifier does."""
    found = policy.find_cookie(name)
    if found is None:
        found = next(filter(None, map(policy.find_cookie, forms(name[:CONSIDERED])[1:])), None)
    return found
