"""What browsers report of a page's requests to hosts that the policy does not allow there.

Two formats (CSP Level 3, section 5.3, and the Reporting API), from anybody who likes to send them: nothing in here is believed
beyond a host name, a directive and the path of a page, and nothing else is kept.
"""

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import msgspec

from ..consent import Decision
from ..policy import Policy
from ..policy.written import HOST
from .findings import Finding, Report
from .page_policy import bare

logger = logging.getLogger("consent_middleware")

HOSTS = 512
"""Hosts that are remembered; a site that loads from more is not helped by a longer list."""
_PAGES = 4
_LONGEST_PATH = 256
_REPORTS = 100
"""Reports of one request that are read; Chromium sends a page's together."""
_DIRECTIVE_SIGNS = frozenset("abcdefghijklmnopqrstuvwxyz-")


class _Old(msgspec.Struct):
    """``application/csp-report``."""

    document_uri: str = msgspec.field(name="document-uri", default="")
    blocked_uri: str = msgspec.field(name="blocked-uri", default="")
    effective_directive: str = msgspec.field(name="effective-directive", default="")
    violated_directive: str = msgspec.field(name="violated-directive", default="")


class _OldReport(msgspec.Struct):
    report: _Old = msgspec.field(name="csp-report", default_factory=_Old)


class _New(msgspec.Struct):
    """The body of one report in ``application/reports+json``."""

    document_url: str = msgspec.field(name="documentURL", default="")
    blocked_url: str = msgspec.field(name="blockedURL", default="")
    effective_directive: str = msgspec.field(name="effectiveDirective", default="")


class _NewReport(msgspec.Struct):
    type: str = ""
    body: msgspec.Raw = msgspec.Raw()


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """``host`` was asked for as ``directive`` (``script-src-elem``) by the page at ``path``, which is without its query."""

    host: str
    directive: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedHost:
    """One host that pages asked, and the first few of those pages. ``service`` and ``purpose``: what the policy says of it."""

    host: str
    service: str | None
    purpose: str | None
    directives: tuple[str, ...]
    pages: tuple[str, ...]


_old = msgspec.json.Decoder(_OldReport)
_new = msgspec.json.Decoder(list[_NewReport])
_new_body = msgspec.json.Decoder(_New)


def read_reports(body: bytes, host: str) -> list[Violation] | None:
    """Read a report in either format about a page of ``host``; ``None`` where it is neither."""
    try:
        if body.lstrip()[:1] == b"[":
            reports = [item for item in _new.decode(body)[:_REPORTS] if item.type == "csp-violation"]
            return [violation for item in reports for violation in _read_new(item.body, host)]
        old = _old.decode(body).report
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    directive = old.effective_directive or old.violated_directive.partition(" ")[0]
    return list(_violations(old.document_uri, old.blocked_uri, directive, host))


def _read_new(body: msgspec.Raw, host: str) -> Iterator[Violation]:
    report = _new_body.decode(body)
    yield from _violations(report.document_url, report.blocked_url, report.effective_directive, host)


def _violations(document: str, blocked: str, directive: str, host: str) -> Iterator[Violation]:
    """At most one. What an extension loads, and what is inline, concerns no host; another site's page is none of our business."""
    try:
        page, asked = urlsplit(document), urlsplit(blocked)
        own, name = (page.hostname or "").lower(), (asked.hostname or "").lower()
    except ValueError:
        return
    if own != host or asked.scheme not in ("http", "https", "ws", "wss") or len(name) > 253:
        return
    if not HOST.fullmatch(name) or not directive or len(directive) > 32 or not _DIRECTIVE_SIGNS.issuperset(directive):
        return
    # It ends up in logs.
    path = page.path if page.path.isascii() and page.path.isprintable() else ""
    yield Violation(host=name, directive=directive, path=path[:_LONGEST_PATH] or "/")


class ObservedHosts:
    """The hosts that browsers reported, in memory: each once, with its first few pages, and told to ``report`` (or the log) then."""

    def __init__(self, policy: Policy, report: Report | None) -> None:
        self._report = report or _log
        self._found: dict[str, tuple[dict[str, None], dict[str, None]]] = {}
        self._lock = threading.Lock()
        self.follow(policy)

    def follow(self, policy: Policy) -> None:
        """Ask another version of the policy from now on."""
        self._owners = {bare(host): service for service in policy.services.values() for host in service.hosts}

    def add(self, violation: Violation, decision: Decision) -> None:
        """Remember one violation, if there is room for it.

        A page keeps the policy it was loaded with: where the visitor has allowed the service since, nothing is amiss.
        """
        owner = self._owner(violation.host)
        if owner is not None and decision.allows(owner[0]):
            return
        with self._lock:
            known = self._found.get(violation.host)
            is_new = known is None
            if known is None:
                if len(self._found) >= HOSTS:
                    return
                known = self._found[violation.host] = ({}, {})
            directives, pages = known
            if len(directives) < _PAGES:
                directives.setdefault(violation.directive)
            if len(pages) < _PAGES:
                pages.setdefault(violation.path)
        if is_new:
            self._report(self._finding(violation))

    def all(self) -> list[ObservedHost]:
        """Return every host, in the order they were first seen."""
        with self._lock:
            found = [(host, tuple(kinds), tuple(pages)) for host, (kinds, pages) in self._found.items()]
        return [self._observed(host, kinds, pages) for host, kinds, pages in found]

    def _observed(self, host: str, directives: tuple[str, ...], pages: tuple[str, ...]) -> ObservedHost:
        owner = self._owner(host)
        return ObservedHost(
            host=host,
            service=owner[0] if owner else None,
            purpose=owner[1] if owner else None,
            directives=directives,
            pages=pages,
        )

    def _owner(self, host: str) -> tuple[str, str] | None:
        """The service that declares a host, or a parent of it, and its purpose."""
        while host:
            service = self._owners.get(host)
            if service is not None:
                return service.id, service.purpose
            _, _, host = host.partition(".")
        return None

    def _finding(self, violation: Violation) -> Finding:
        owner = self._owner(violation.host)
        says = f"of the service {owner[0]}, which is not allowed there" if owner else "which no service declares"
        return Finding(
            action="host",
            name=violation.host,
            purpose=owner[1] if owner else "undeclared",
            reason=f"The page {violation.path} asked this host, {says}, by {violation.directive}.",
        )


def _log(finding: Finding) -> None:
    logger.info("%s (%s): %s", finding.name, finding.purpose, finding.reason)
