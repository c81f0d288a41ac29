"""Which refused cookies a response expires, and where.

Only a verified token refuses. What the request carried goes first; a choice made in this very response also reaches what other
paths hold, as far as this process, the ledger or the policy know it.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import zip_longest

from ..policy import Policy
from ..storage.sightings import CookieSighting
from .expiry import MAX_LINES, plausible_places
from .rules import Rules
from .seen import SeenCookies

_TOKEN = re.compile(rb"[!#-+\--:<>-\[\]-~]++")
"""A name that could break out of a header line is no cookie's name."""


def places_to_expire(
    rules: Rules,
    seen: SeenCookies,
    carried: Iterable[bytes],
    *,
    host: str,
    path: str,
    is_secure: bool,
    is_choice: bool,
) -> Iterator[CookieSighting]:
    """Yield the places, the surest first. ``carried``: cookie names of the request; ``is_choice``: a choice was just recorded."""
    names = [name.decode("latin-1") for name in carried if rules.rule(name).is_refused and _TOKEN.fullmatch(name)]
    guessed: list[str] = []
    for name in dict.fromkeys(names):
        known = [place for place in _known_places(name, rules.policy, seen) if _reaches(place, host, path)]
        yield from known
        # One that comes twice lives in two places; one that comes although it was refused before lives elsewhere than known.
        if not known or names.count(name) > 1 or not is_choice:
            guessed.append(name)
    if is_choice:
        for place in (*seen, *declared_places(rules.policy)):
            if rules.rule(place.name.encode("latin-1", "replace")).is_refused:
                yield place
    # In turn: one that cannot be deleted here must not use up what the budget leaves to the others.
    turns = zip_longest(*(plausible_places(name, host, path, is_secure=is_secure) for name in guessed[:MAX_LINES]))
    yield from (place for turn in turns for place in turn if place is not None)


def declared_places(policy: Policy) -> Iterator[CookieSighting]:
    """Where the policy itself says that cookies live, when that is not just ``/``."""
    for cookie in policy.declarations.cookies:
        if cookie.name is None or not (cookie.paths or cookie.domain or cookie.partitioned):
            continue
        domain = cookie.domain.lstrip(".") if cookie.domain else None
        for path in cookie.paths or ["/"]:
            yield CookieSighting(
                name=cookie.name, domain=domain, path=path, secure=cookie.secure, partitioned=cookie.partitioned
            )


def _known_places(name: str, policy: Policy, seen: SeenCookies) -> Iterator[CookieSighting]:
    yield from seen.of(name)
    for place in declared_places(policy):
        if place.name == name:
            yield place


def _reaches(place: CookieSighting, host: str, path: str) -> bool:
    """Say whether a browser sends the cookie with this request (RFC 6265bis, sections 5.1.3 and 5.1.4)."""
    if place.domain is not None and host != place.domain and not host.endswith(f".{place.domain}"):
        return False
    if path == place.path or place.path == "/":
        return True
    return path.startswith(place.path) and (place.path.endswith("/") or path[len(place.path)] == "/")
