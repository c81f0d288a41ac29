"""The Set-Cookie lines that make a refused cookie disappear.

A browser deletes a cookie only when name, Domain, Path and Partitioned match exactly. Where nobody knows them, the plausible
combinations are sent. Deleting never needs consent.
"""

import ipaddress
import random
import re
from collections.abc import Iterable, Iterator

from ..storage.sightings import CookieSighting

MAX_BYTES = 2048
_SHORTEST = len("a=; Max-Age=0; Path=/")
MAX_LINES = 30
"""Proxies refuse responses with larger headers (nginx answers 502 past 4 KiB); the rest follows on later navigations."""
_EXPRESSIBLE = re.compile(r"[ -:<-~\x80-\xff]*+")


def deletion(place: CookieSighting, *, is_secure: bool) -> bytes:
    """Return the Set-Cookie value that deletes the cookie seen at ``place``.

    Secure and HttpOnly go along on https, where browsers let them delete any kind, and for prefixed names, which need them.
    """
    lowered = place.name.lower()
    parts = [f"{place.name}=", "Max-Age=0", f"Path={place.path}"]
    if place.domain is not None:
        parts.append(f"Domain={place.domain}")
    if is_secure or place.partitioned or lowered.startswith(("__secure-", "__host-", "__http-")):
        parts.append("Secure")
    if is_secure or lowered.startswith(("__http-", "__host-http-")):
        parts.append("HttpOnly")
    if place.partitioned:
        parts.append("SameSite=None; Partitioned")
    return "; ".join(parts).encode("latin-1", "replace")


def within_budget(places: Iterable[CookieSighting], *, is_secure: bool) -> Iterator[bytes]:
    """Yield the deletions of ``places``, each once, while the budget of one response lasts."""
    sent: set[bytes] = set()
    left = MAX_BYTES
    for place in places:
        if len(sent) >= MAX_LINES or left < _SHORTEST:
            return
        line = deletion(place, is_secure=is_secure) if is_expressible(place) else b""
        # A place too long for what is left makes room for a shorter one, or it would hold up all behind it for good.
        if line and line not in sent and len(line) <= left:
            left -= len(line)
            sent.add(line)
            yield line


def is_expressible(place: CookieSighting) -> bool:
    """Say whether attributes can name the place. A visitor chooses the path a cookie has by default: it must not add any."""
    written = f"{place.name}{place.path}{place.domain or ''}"
    return place.path.startswith("/") and _EXPRESSIBLE.fullmatch(written) is not None


def plausible_places(name: str, host: str, path: str, *, is_secure: bool) -> Iterator[CookieSighting]:
    """Where a cookie that came with a request for ``path`` may live, the likeliest first.

    Domains: host-only, the host, and each parent down to two labels; browsers ignore a public suffix. Paths: ``/`` and each part
    of the request path, with and without its closing slash. The prefix ``__Host-`` leaves one path and no domain.
    """

    def at(domain: str | None, path: str, partitioned: bool = False) -> CookieSighting:
        return CookieSighting(name=name, domain=domain, path=path, secure=is_secure, partitioned=partitioned)

    is_host_only = name.lower().startswith("__host-")
    domains = [] if is_host_only else parent_domains(host)
    paths = [] if is_host_only else list(_paths(path))
    yield at(None, "/")
    yield from (at(domain, "/") for domain in domains)
    if is_secure:
        yield at(None, "/", partitioned=True)
    rest = [at(domain, part) for domain in (None, *domains) for part in paths]
    if is_secure:
        rest += [at(domain, "/", partitioned=True) for domain in domains]
    # In another order each time: where the budget ends before the list does, later navigations come to the rest.
    yield from random.sample(rest, len(rest))


def parent_domains(host: str) -> list[str]:
    """``www.shop.example`` → ``www.shop.example``, ``shop.example``; nothing for an address or a single label."""
    name = host.lower().rstrip(".")
    if "." not in name or _is_address(name):
        return []
    labels = name.split(".")
    return [".".join(labels[start:]) for start in range(len(labels) - 1)][:5]


def _paths(path: str) -> Iterator[str]:
    """``/a/b`` → ``/a``, ``/a/``, ``/a/b``; at most four levels."""
    parts = [part for part in path.split("?")[0].split("/") if part][:4]
    for end in range(1, len(parts) + 1):
        whole = "/" + "/".join(parts[:end])
        if any(char in whole for char in ";\r\n\x00"):
            return
        yield whole
        if path.startswith(f"{whole}/"):
            yield f"{whole}/"


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
