"""What the policy does not speak of, each with the lines that would declare it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..policy.stanzas import cookie_stanza, in_comment, service_stanza, storage_stanza
from ..policy.verdict import UNCLASSIFIED
from .items import STORES, UNDECLARED, UNKNOWN, Item

_NO_ID = re.compile("[^a-z0-9-]+")
_LONGEST_ID = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """``stanza`` has dots where only the site can say what it is for."""

    item: Item
    stanza: str


def open_cookies(items: Iterable[Item]) -> list[Open]:
    """Cookies that nothing classifies."""
    return [
        Open(item=item, stanza=_cookie(item))
        for item in items
        if item.kind == "cookie" and item.purpose == UNCLASSIFIED
    ]


def open_keys(items: Iterable[Item]) -> list[Open]:
    """Storage keys that the policy does not declare, well-known ones too."""
    return [Open(item=item, stanza=_key(item)) for item in items if item.kind in STORES and not item.is_declared]


def open_hosts(items: Iterable[Item]) -> list[Open]:
    """Hosts that no service of the policy declares, well-known ones too."""
    return [Open(item=item, stanza=_host(item)) for item in items if item.kind == "host" and not item.is_declared]


def _cookie(item: Item) -> str:
    lifetime = None if item.lifetime == UNKNOWN else item.lifetime
    return "\n".join(map(in_comment, cookie_stanza(item.name, "…", lifetime=lifetime, domain=item.domain)))


def _key(item: Item) -> str:
    purpose = item.purpose if item.purpose != UNDECLARED else "…"
    return "\n".join(map(in_comment, storage_stanza(item.name, item.kind, purpose)))


def _host(item: Item) -> str:
    purpose = item.purpose if item.purpose != UNDECLARED else "…"
    return "\n".join(map(in_comment, service_stanza(_id_of(item.name), purpose, [item.name])))


def _id_of(host: str) -> str:
    found = _NO_ID.sub("-", host).strip("-")[:_LONGEST_ID]
    return found if found[:1].isalpha() else f"host-{found}"
