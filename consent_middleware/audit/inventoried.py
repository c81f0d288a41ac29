"""Puts what the gates saw into the form from which a policy is drafted."""

from collections.abc import Iterable

from ..overview.items import UNKNOWN, Item, merged
from .drafted_keys import KINDS, SeenKey
from .drafting import Seen, SeenCookie, SeenSituation


def seen_of(items: Iterable[Item], url: str = "") -> Seen:
    """``url``: the site's, where it is known."""
    found = merged(items)
    situation = SeenSituation(
        cookies=[_cookie(item) for item in found if item.kind == "cookie"],
        storage=[
            SeenKey(area=area, name=item.name) for area, kind in KINDS.items() for item in found if item.kind == kind
        ],
        third_parties={item.name: 1 for item in found if item.kind == "host"},
    )
    return Seen(url=url, situations=[situation], source="what the gates saw")


def _cookie(item: Item) -> SeenCookie:
    who = "The server set it" if item.source == "server" else "A browser sent it"
    times = f"; refused {item.refused:,} times" if item.refused else ""
    return SeenCookie(
        name=item.name,
        domain=f".{item.domain}" if item.domain else "",
        # A path with a star is no path.
        path=item.path if "*" not in item.path else "/",
        purpose=item.purpose,
        reason=f"{item.reason} {who}, first at {item.page}{times}.",
        days=-(-item.lifetime // 86_400) or None,
        knows_lifetime=item.lifetime != UNKNOWN,
    )
