"""Holds what a browser keeps and asks for against a site's policy; without one, against what is known of names and hosts."""

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from ..consent.names import NAME
from ..policy import Policy, catalogue
from ..policy.classifier import classify
from ..policy.verdict import Verdict
from .evidence import Asked, Evidence, KeptCookie, Situation, StoredKey
from .findings import Finding, Severity
from .hosts import is_below, site_of

TOKENS = frozenset({NAME, f"__Host-{NAME}", f"__Secure-{NAME}"})
"""The names our own record of a choice may have."""
_TRACKING = frozenset({"analytics", "marketing", "network", "device"})
_PIXEL_BYTES = 200
_TELLING_PROBES = frozenset({"canvas", "webgl", "audio", "fonts"})
_IDENTIFIER = re.compile(r"(?=.*\d)[\w.~%-]{12,}")
_SILENT = frozenset({"ping", "beacon", "csp_report"})
"""Requests whose answer nobody reads."""


class Judge:
    """Judges for one site. ``policy=None`` judges a site that declares nothing in our form."""

    def __init__(self, policy: Policy | None, host: str) -> None:
        self.policy = policy
        self._hosts = {host}
        if policy is not None:
            declared = policy.declarations
            self._hosts |= {name for name in (policy.host, declared.share) if name}
            self._hosts |= {urlsplit(origin).hostname or "" for origin in declared.origins}
        self._sites = {site_of(name) for name in self._hosts}
        self._known_hosts = catalogue.load()

    def is_third_party(self, host: str) -> bool:
        """A declared service is one even where its host is a name of the site's own."""
        return bool(host) and (self.service_at(host) is not None or site_of(host) not in self._sites)

    def service_at(self, host: str) -> str | None:
        """The declared service that a host belongs to."""
        if self.policy is not None:
            for service in self.policy.services.values():
                if any(is_below(host, declared) for declared in service.hosts):
                    return service.id
        return None

    def verdict(self, cookie: KeptCookie) -> Verdict:
        attributes: dict[str, str | bool] = {}
        if cookie.http_only:
            attributes["httponly"] = True
        if cookie.domain.startswith("."):
            attributes["domain"] = cookie.host
        host = cookie.host if self.is_third_party(cookie.host) else None
        return classify(cookie.name, value=cookie.value, attributes=attributes, host=host, policy=self.policy)

    def findings(self, evidence: Evidence) -> Iterator[Finding]:
        """Yield everything that the visitor had not allowed."""
        here = (evidence.situation,)
        for cookie in sorted(evidence.cookies, key=str):
            chosen = evidence.situation.state != "nothing chosen"
            found = self.cookie(cookie, evidence.allowed, choice_made=chosen, once_allowed=evidence.once_allowed)
            if found is not None:
                yield _at(found, here)
        for key in sorted(evidence.keys, key=str):
            found = self.key(key, evidence.allowed)
            if found is not None:
                yield _at(found, here)
        told = set[tuple[str, str]]()
        for request in evidence.requests:
            found = self.request(request)
            if found is not None and (found.rule, found.subject) not in told:
                told.add((found.rule, found.subject))
                yield _at(found, here)
        yield from (_at(found, here) for found in self._about_the_device(evidence))

    def cookie(
        self,
        cookie: KeptCookie,
        allowed: frozenset[str],
        *,
        choice_made: bool = True,
        once_allowed: frozenset[str] = frozenset(),
    ) -> Finding | None:
        """Judge one cookie. ``once_allowed`` is what held earlier: nobody but a third party can delete its cookies."""
        if cookie.name in TOKENS:
            return None if choice_made else _identifier_too_early(cookie)
        if self.is_third_party(cookie.host):
            allowed |= once_allowed
        service = self.service_at(cookie.host)
        verdict = self.verdict(cookie)
        if service is not None:
            return None if service in allowed else self._kept(cookie, f"it belongs to the service {service}", "error")
        if verdict.purpose in allowed and (verdict.service is None or verdict.service in allowed):
            return None
        if self._is_explicit_act(cookie):
            return None
        severity = self._severity_of(cookie, verdict, allowed)
        why = f"{verdict.purpose}: {verdict.reason}" if verdict.is_classified else "nothing says what it is for"
        return self._kept(cookie, why, severity) if severity else None

    def key(self, key: StoredKey, allowed: frozenset[str]) -> Finding | None:
        """Storage is covered by the same law as cookies; names say less, so that only a clear one is an error."""
        service = self.service_at(urlsplit(key.origin).hostname or "")
        verdict = classify(key.name, policy=self.policy)
        is_telling = verdict.purpose in _TRACKING or verdict.rule.startswith("policy:")
        if service is not None and service not in allowed:
            why = f"it belongs to the service {service}"
        elif is_telling and verdict.purpose not in allowed:
            why = f"{verdict.purpose}: {verdict.reason}"
        else:
            return None
        return Finding(
            rule="storage-not-allowed",
            severity="error",
            subject=str(key),
            says=f"kept although the visitor has not allowed it ({why})",
            way_out="Write it only after privacy.allows(…) says so, and remove it on privacy:change.",
        )

    def request(self, request: Asked) -> Finding | None:
        host = request.host
        if not request.url.startswith(("http:", "https:", "ws:", "wss:")) or not self.is_third_party(host):
            return None
        service = self.service_at(host)
        kind = f"{request.kind} {request.place}"
        if service is not None:
            if service in request.allowed:
                return None
            return Finding(
                rule="third-party-not-allowed",
                severity="error",
                subject=host,
                says=f"asked although the visitor has not allowed the service {service} ({kind})",
                way_out=f'Let the middleware see the page, or mark the element data-privacy="{service}".',
            )
        if self.policy is not None:
            accepted = set(self.policy.optional) <= request.allowed
            return Finding(
                rule="third-party-not-declared",
                severity="warning" if accepted else "error",
                subject=host,
                says=f"asked, and the policy declares no service there ({kind})",
                way_out=f'Declare it: [[services]] with hosts = ["{host}"], or serve the file from your own host.',
            )
        return self._request_without_policy(request, kind)

    def _request_without_policy(self, request: Asked, kind: str) -> Finding | None:
        vendor = self._known_hosts.vendor_of_host(request.host)
        purpose = self._known_hosts.main_group(vendor).purpose if vendor is not None else None
        if purpose in request.allowed or request.allowed >= _TRACKING:
            return None
        is_pixel = request.kind == "image" and request.size is not None and request.size <= _PIXEL_BYTES
        is_tracking = purpose in _TRACKING or is_pixel or request.kind in _SILENT
        who = f"{vendor.title}, {purpose}" if vendor is not None else "a tracking pixel" if is_pixel else "unknown"
        return Finding(
            rule="third-party-not-allowed",
            severity="error" if is_tracking else "warning",
            subject=request.host,
            says=f"asked although the visitor has not allowed it ({who}; {kind})",
            way_out="Load it only after consent: it learns the visitor's address and page with the first request.",
        )

    def _about_the_device(self, evidence: Evidence) -> Iterator[Finding]:
        if "device" in evidence.allowed:
            return
        if evidence.hints:
            yield Finding(
                rule="device-details-asked",
                severity="error",
                subject="Accept-CH",
                says=f"asks the browser for {', '.join(sorted(evidence.hints))}, which the visitor has not allowed",
                way_out="Send Accept-CH only to visitors who allowed device details; the middleware does.",
            )
        by_script: dict[str, set[str]] = {}
        for probe in evidence.probes:
            by_script.setdefault(probe.script, set()).add(probe.family)
        for script, families in sorted(by_script.items()):
            telling = len(families & _TELLING_PROBES)
            if telling == 0 and len(families) < 3:
                continue
            yield Finding(
                rule="fingerprinting",
                severity="error" if telling >= 2 else "note",
                subject=script or "(inline script)",
                says=f"reads {', '.join(sorted(families))}"
                + (", which together recognize a device without any cookie" if telling >= 2 else ""),
                way_out="Load it only where the visitor allowed device details, or do without.",
            )

    def _severity_of(self, cookie: KeptCookie, verdict: Verdict, allowed: frozenset[str]) -> Severity | None:
        if self.policy is not None:
            if verdict.is_classified or self.policy.declarations.unclassified != "allow":
                return "error"
            return "warning"
        if verdict.purpose in _TRACKING:
            return "error"
        if verdict.is_classified:
            # A preference that the visitor has just set needs no consent, and nobody saw whether they did.
            return "note"
        if allowed >= _TRACKING:
            return None
        looks_like_a_number = not cookie.is_session and _IDENTIFIER.fullmatch(cookie.value) is not None
        if self.is_third_party(cookie.host):
            return "warning" if cookie.is_session else "error"
        return "warning" if looks_like_a_number else "note"

    def _is_explicit_act(self, cookie: KeptCookie) -> bool:
        declared = self.policy.find_cookie(cookie.name) if self.policy is not None else None
        return declared is not None and bool(declared.cookie.explicit_act) and cookie.is_session

    def _kept(self, cookie: KeptCookie, why: str, severity: Severity) -> Finding:
        third = "third-party " if self.is_third_party(cookie.host) else ""
        way_out = (
            "Set it only after consent."
            if self.policy is None
            else "Declare it, and let the middleware see where it is set."
        )
        if not cookie.http_only and not third:
            way_out += " A script may have written it: load that only after consent."
        return Finding(
            rule="cookie-not-allowed",
            severity=severity,
            subject=f"{cookie.name} ({cookie.host})",
            says=f"{third}cookie kept although the visitor has not allowed it ({why})",
            way_out=way_out,
        )


def _identifier_too_early(cookie: KeptCookie) -> Finding:
    return Finding(
        rule="identifier-before-a-choice",
        severity="error",
        subject=cookie.name,
        says="the record of a choice is there before any choice was made",
        way_out="Do not set it for the visitor: only a choice of their own may.",
    )


def _at(finding: Finding, situations: tuple[Situation, ...]) -> Finding:
    return replace(finding, situations=situations)
