"""The Content-Security-Policy of ours: an allow-list of the hosts that the site declares and the visitor allows.

It stands beside the app's own policy, and a browser enforces both (CSP Level 3, section 8.1). So ours restricts nothing but hosts:
inline code, ``eval`` and ``data:`` are for the app's own policy to judge, and its nonces and hashes keep their meaning.
"""

import ipaddress
from collections.abc import Iterable
from urllib.parse import quote, urlsplit

from ..asgi import Header
from ..caches import BoundedCache
from ..consent import Decision
from ..policy import Policy

GROUP = "privacy-reports"
_ANYTHING_BUT_HOSTS = "'self' 'unsafe-inline' 'unsafe-eval' data: blob: mediastream: filesystem:"
_NAMES = {"report": b"content-security-policy-report-only", "enforce": b"content-security-policy"}
_STATES = 256


class PagePolicy:
    """Makes the headers of one policy file, once for each decision."""

    def __init__(self, policy: Policy, reports: str) -> None:
        """``reports``: the path that takes what browsers report, below the app's ``root_path``."""
        self._policy = policy
        self._reports = reports
        self._name = _NAMES.get(policy.declarations.csp)
        self._own = _own_hosts(policy)
        self._optional = frozenset(policy.optional)
        self._headers: BoundedCache[tuple[frozenset[str], str], tuple[Header, ...]] = BoundedCache(_STATES)
        self.is_enforced = policy.declarations.csp == "enforce"

    def headers(self, decision: Decision, root_path: str) -> tuple[Header, ...]:
        """Return what a document carries under this decision; nothing where the policy file says ``csp = "off"``.

        Reports come from the pages of those who do not allow everything: for the others, nothing is to differ.
        """
        if self._name is None or (not self.is_enforced and self._optional <= decision.allowed):
            return ()
        key = (decision.allowed, root_path)
        found = self._headers.get(key)
        if found is None:
            found = self._make(decision, root_path)
            self._headers.put(key, found)
        return found

    def for_everybody(self, root_path: str) -> tuple[Header, ...]:
        """Return what a page carries that is the same for all: every declared host is in the list, until ``narrowed`` comes."""
        if self._name is None:
            return ()
        everything = frozenset({*self._policy.purposes, *self._policy.services})
        decision = Decision(allowed=everything, refused=frozenset(), asks=(), honors_gpc=False)
        key = (everything, root_path)
        found = self._headers.get(key)
        if found is None:
            found = self._make(decision, root_path)
            self._headers.put(key, found)
        return found

    def narrowed(self, decision: Decision) -> str:
        """Return the policy of one visitor for a ``<meta>`` that a script puts in; empty where it only reports, which none can."""
        return f"default-src {self._listed(decision)}" if self.is_enforced else ""

    def _make(self, decision: Decision, root_path: str) -> tuple[Header, ...]:
        place = _encoded(root_path) + self._reports
        # Both ways of reporting: Firefox knows only the older, Chromium prefers the newer.
        directives = f"default-src {self._listed(decision)}; report-uri {place}; report-to {GROUP}"
        return (
            (self._name or b"", directives.encode("ascii")),
            (b"reporting-endpoints", f'{GROUP}="{place}"'.encode("ascii")),
        )

    def _listed(self, decision: Decision) -> str:
        return " ".join([_ANYTHING_BUT_HOSTS, *self._sources(decision)])

    def _sources(self, decision: Decision) -> list[str]:
        """Hosts of the site's own and of every service that is allowed, with their subdomains where none of those is refused."""
        services = self._policy.services.values()
        refused = [bare(host) for service in services if not decision.allows(service.id) for host in service.hosts]
        allowed = [host for service in services if decision.allows(service.id) for host in service.hosts]
        found: dict[str, None] = {}
        for host in (*self._own, *allowed):
            name = bare(host)
            found[f"{name}:*"] = None
            if not _is_address(name) and not any(other.endswith(f".{name}") for other in refused):
                found[f"*.{name}:*"] = None
        return list(found)


def _encoded(root_path: str) -> str:
    """A mount with a parameter lets a visitor write it: nothing in it may end a directive or a quoted string."""
    trimmed = root_path.strip("/\\")
    return "/" + quote(trimmed, safe="/~:@!$&()*+=", errors="replace") if trimmed else ""


def bare(host: str) -> str:
    """``*.example.com`` → ``example.com``: a declared host speaks for what lies below it."""
    return host.lower().removeprefix("*.")


def _own_hosts(policy: Policy) -> Iterable[str]:
    """Where the site itself lives: ``'self'`` is only the host that served the page."""
    declared = policy.declarations
    found = [urlsplit(origin).hostname or "" for origin in declared.origins]
    if declared.share is not None:
        found.append(declared.share)
    if policy.host is not None:
        found.append(policy.host)
    return list(dict.fromkeys(host for host in found if host and ":" not in host))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
