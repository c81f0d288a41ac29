"""One thing that a site was seen to use: a cookie, a storage key, a host of somebody else's."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, get_args

Store = Literal["local", "session", "indexeddb"]
"""Where scripts keep something besides cookies: the kinds of ``[[storage]]``."""
Kind = Literal["cookie", "local", "session", "indexeddb", "host"]
Source = Literal["server", "browser"]
"""``server``: the site's own answers showed it (a Set-Cookie, the HTML). ``browser``: a browser sent or reported it, which anybody
can do, so the two are kept apart and neither can crowd the other out."""

STORES: tuple[Store, ...] = get_args(Store)
UNDECLARED = "undeclared"
"""The purpose of a host, or of a storage key, that nothing known speaks of."""
UNKNOWN = -1
"""The lifetime of a cookie that nobody saw being set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A name, never a value; how it was classified, and why; how often it was, or would have been, refused."""

    kind: Kind
    source: Source
    name: str
    """Without what may identify a visitor: ``_ga_*``."""
    purpose: str
    reason: str
    rule: str
    page: str
    """The path where it was first seen, without query, and without what may identify a visitor."""
    first_seen: int
    """Seconds since the epoch, like ``last_seen``, which is good to a minute."""
    last_seen: int
    refused: int = 0
    domain: str = ""
    """A cookie's Domain; empty for a host-only one."""
    path: str = "/"
    lifetime: int = UNKNOWN
    """A cookie's longest, in seconds; 0 for a session."""

    @property
    def key(self) -> tuple[Kind, Source, str]:
        return self.kind, self.source, self.name

    @property
    def is_declared(self) -> bool:
        """Say whether the policy itself speaks of it."""
        return self.rule.startswith("policy:")


def merged(items: Iterable[Item]) -> list[Item]:
    """Put the two sources of one name together, in the order of kinds and names; what the server showed says more."""
    found: dict[tuple[Kind, str], Item] = {}
    for item in sorted(items, key=lambda item: (item.kind, item.name, item.source == "server")):
        other = found.get((item.kind, item.name))
        found[item.kind, item.name] = item if other is None else _both(other, item)
    return list(found.values())


def _both(browser: Item, server: Item) -> Item:
    newest = max(browser, server, key=lambda item: item.last_seen)
    first = min(browser, server, key=lambda item: item.first_seen)
    return replace(
        server,
        purpose=newest.purpose,
        reason=newest.reason,
        rule=newest.rule,
        page=first.page,
        first_seen=first.first_seen,
        last_seen=newest.last_seen,
        refused=browser.refused + server.refused,
    )
