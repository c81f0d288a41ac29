"""Which Set-Cookie headers of a response may reach the browser, and in what shape."""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from ..asgi import Scope
from ..policy import classify
from ..storage.sightings import CookieSighting
from .expiry import is_expressible
from .findings import Action, Finding, Report
from .rules import CookieRule, Rules
from .seen import SeenCookies
from .set_cookie import SetCookie

logger = logging.getLogger("consent_middleware")

_HINTS = 256
_PATH = "/:@!$&'()*+,=~"
"""What browsers leave as it is in a path, besides letters, digits, "-", "." and "_" (the semicolon is no good in a cookie)."""


@dataclass(frozen=True, slots=True)
class CookieRequest:
    """What a Set-Cookie is judged against: the request it answers. ``path`` is the one on the wire, undecoded."""

    method: str
    host: str
    path: str
    is_same_origin: bool

    @classmethod
    def of(cls, scope: Scope) -> "CookieRequest":
        """Read it from the request's scope."""
        fields = dict(scope.get("headers") or ())
        raw = scope.get("raw_path")
        host = fields.get(b"host", b"")
        site = fields.get(b"sec-fetch-site")
        origin = fields.get(b"origin", b"")
        # RFC 6454: the scheme is left out of the comparison, since TLS may end at a proxy.
        is_same = site == b"same-origin" if site is not None else bool(host) and origin.rpartition(b"//")[2] == host
        return cls(
            method=scope.get("method", "GET"),
            host=_without_port(host.decode("latin-1")).lower(),
            path=raw.decode("latin-1") if raw else quote(scope.get("path") or "/", safe=_PATH, errors="replace"),
            is_same_origin=is_same,
        )


class SetCookieFilter:
    """Decides about every Set-Cookie of one middleware; holds what it has seen and already said."""

    def __init__(
        self,
        seen: SeenCookies,
        report: Report | None,
        *,
        is_observing: bool = False,
        noted: Callable[[SetCookie, CookieRequest], None] | None = None,
    ) -> None:
        """Judge for one middleware. ``noted`` is shown every cookie, before anything is done about it."""
        self._noted = noted
        self._seen = seen
        self._report = report
        self._hinted: set[str] = set()
        self._happened = "would not be set" if is_observing else "was not set"

    def judge(self, header: bytes, rules: Rules, request: CookieRequest) -> tuple[bytes | None, str | None]:
        """Return the header to send (the same, a changed one, or ``None`` to leave it out), and a mark for the token or ``None``.

        Deletions always pass. What is allowed is clamped to its declared lifetime; what is not is dropped, except that an
        explicit act may set an exempted cookie for the session, and that an unclassified cookie which looks like a login passes.
        The mark (``cookie:<name>``) remembers such an act of a visitor whose token refuses the purpose.
        """
        cookie = SetCookie.parse(header)
        rule = rules.rule(cookie.name)
        if self._noted is not None:
            self._noted(cookie, request)
        self._remember(cookie, rule, rules, request)
        if cookie.is_deletion:
            return header, None
        if rule.is_allowed:
            return self._shaped(cookie, rule, header), None
        if rule.exemption is not None and _is_asked_for(rule, request):
            cookie.end_with_session()
            self._raise_attributes(cookie, rule)
            return bytes(cookie), rule.exemption if _is_refused(rule, rules) else None
        if rule.is_unclassified and self._is_presumed_login(cookie, rules, request):
            return self._shaped(cookie, rule, header), None
        self._tell("drop", cookie, rule)
        if rule.is_unclassified:
            self._hint(cookie)
        return None, None

    def _shaped(self, cookie: SetCookie, rule: CookieRule, header: bytes) -> bytes:
        is_clamped = cookie.clamp(rule.cap)
        if is_clamped:
            self._tell("clamp", cookie, rule)
        is_raised = self._raise_attributes(cookie, rule)
        return bytes(cookie) if is_clamped or is_raised else header

    def _raise_attributes(self, cookie: SetCookie, rule: CookieRule) -> bool:
        """Raise what the policy declares for this very cookie; of others nothing is touched (it would break logins)."""
        if rule.declared is None:
            return False
        declared = rule.declared.cookie
        return cookie.strengthen(secure=declared.secure, http_only=declared.http_only, same_site=declared.same_site)

    def _is_presumed_login(self, cookie: SetCookie, rules: Rules, request: CookieRequest) -> bool:
        verdict = classify(
            cookie.name.decode("latin-1"),
            value=cookie.value.decode("latin-1"),
            attributes=cookie.attributes(),
            host=request.host or None,
            policy=rules.policy,
        )
        return verdict.purpose in rules.policy.necessary

    def _remember(self, cookie: SetCookie, rule: CookieRule, rules: Rules, request: CookieRequest) -> None:
        """Necessary cookies are never expired, so nobody needs to know where they live."""
        if rule.purpose in rules.policy.necessary or rule.is_unclassified:
            return
        sighting = CookieSighting(
            name=cookie.name.decode("latin-1"),
            domain=cookie.domain,
            path=cookie.path(request.path),
            secure=b"secure" in cookie.places,
            partitioned=b"partitioned" in cookie.places,
        )
        if is_expressible(sighting):
            self._seen.remember(sighting)

    def _tell(self, action: Action, cookie: SetCookie, rule: CookieRule) -> None:
        if self._report is not None:
            name = cookie.name.decode("latin-1")
            self._report(Finding(action=action, name=name, purpose=rule.purpose, reason=rule.reason))

    def _hint(self, cookie: SetCookie) -> None:
        """Say once how to declare a cookie of the app's own that was refused because nobody knows it."""
        name = cookie.name.decode("latin-1")
        if name in self._hinted or len(self._hinted) >= _HINTS:
            return
        self._hinted.add(name)
        logger.warning(
            "The cookie %r %s, because nothing says what it is for. If the app needs it, declare it in the policy:\n"
            "[[cookies]]\n"
            "name = %s\n"
            'purpose = "authentication"',
            name,
            self._happened,
            json.dumps(name),
        )


def _is_asked_for(rule: CookieRule, request: CookieRequest) -> bool:
    """Say whether this request is the explicit act that the policy declares for the cookie (WP29 Opinion 04/2012, 3.6)."""
    if rule.declared is None or not request.is_same_origin:
        return False
    act = rule.declared.cookie.explicit_act
    if act is True:
        return request.method == "POST"
    acts = [act] if isinstance(act, str) else act if isinstance(act, list) else []
    return f"{request.method} {request.path}" in acts


def _is_refused(rule: CookieRule, rules: Rules) -> bool:
    declared = rule.declared
    return declared is not None and (declared.service or declared.purpose) in rules.decision.refused


def _without_port(host: str) -> str:
    """``[::1]:8000`` → ``[::1]``; ``example.com:80`` → ``example.com``."""
    return host.partition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]
