"""Finds the visitor's address where the server's peer is a proxy beside the app.

Only a private peer is believed, and of what it hands on only the last address that is not private: that is what the
outermost of the site's own proxies saw. Whatever stands before it, a visitor may have written.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from .addresses import bare_address, is_private

_LONGEST_PEER = 128
_FORWARDED_FOR = re.compile(r'(?:^|[;,])[ \t]*for="?([^";,]+)', re.IGNORECASE)


def visitor_host(headers: Mapping[bytes, bytes], peer: str | None) -> str | None:
    """The address of the visitor who sent `headers` (lower-case names) through `peer`; `None` where nobody knows it."""
    address, is_neighbor = (None, True) if peer is None else _read_peer(peer[:_LONGEST_PEER])
    if not is_neighbor:
        return address
    for node in reversed(_forwarded_nodes(headers)):
        hop = bare_address(node)
        if hop is not None and not is_private(hop):
            return hop
    return address


@lru_cache(maxsize=2048)
def _read_peer(peer: str) -> tuple[str | None, bool]:
    return bare_address(peer), is_private(peer)


def _forwarded_nodes(headers: Mapping[bytes, bytes]) -> list[str]:
    listed = headers.get(b"x-forwarded-for")
    if listed is not None:
        return listed.decode("latin-1").split(",")
    standard = headers.get(b"forwarded")
    return _FORWARDED_FOR.findall(standard.decode("latin-1")) if standard is not None else []
