"""Markup in pieces: rendered once, and filled in with what each request has of its own."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from ..asgi import Scope
from ..caches import BoundedCache
from .slots import Slots
from .way_back import page_of, plain_page_of

SLOTS = Slots("nonce", "next_value", "next_query", "token")
"""What a request fills in."""
ADDRESSES = (1, 2)
"""The slots of a page's address: as a value, and in a query string."""
NONCE = SLOTS.marks["nonce"].encode("ascii")
# A page's address is printable ASCII; a table is five times as fast as urllib's quote().
_IN_QUERY = str.maketrans(
    {chr(code): f"%{code:02X}" for code in range(33, 127) if not re.match(r"[\w.~/-]", chr(code))}
)


@dataclass(frozen=True, slots=True)
class Rendered:
    """Markup in pieces; ``slots``: which of ``SLOTS`` stands between two of them, in order."""

    texts: tuple[bytes, ...]
    slots: tuple[int, ...]
    variant: str

    def fill(self, values: Sequence[bytes]) -> bytes:
        parts = [self.texts[0]]
        for slot, text in zip(self.slots, self.texts[1:], strict=True):
            parts += (values[slot], text)
        return b"".join(parts)


_FILLED = 512
_LONGEST = 16_384


@dataclass(frozen=True, slots=True, eq=False)
class PlainMarkup:
    """What is put into the pages of one kind of visitor, but for each page's own address. ``texts`` are what stands between its
    mentions, ``is_query`` which of those are in a query string."""

    head: bytes
    texts: tuple[bytes, ...]
    is_query: tuple[bool, ...]

    def fill(self, scope: Scope) -> bytes:
        """Return the markup for a page of an app that is mounted at the root."""
        if not scope.get("query_string") and not scope.get("root_path"):
            raw = scope.get("raw_path")
            filled = _filled.get((self, raw))
            if filled is not None:
                return filled
            address = plain_page_of(scope)
            if address is not None:
                filled = address.join(self.texts)
                if len(filled) <= _LONGEST:
                    _filled.put((self, raw), filled)
                return filled
        addresses = addresses_of(scope)
        parts = [self.texts[0]]
        for is_query, text in zip(self.is_query, self.texts[1:], strict=True):
            parts += (addresses[is_query], text)
        return b"".join(parts)


_filled: BoundedCache[tuple[PlainMarkup, bytes | None], bytes] = BoundedCache(_FILLED)
"""By the page's own address: most visitors are on a few pages."""


def addresses_of(scope: Scope) -> tuple[bytes, bytes]:
    """Return the page's address as it stands in an attribute and in a query string."""
    address = plain_page_of(scope)
    if address is not None:
        return address, address
    page = page_of(scope)
    return escape(page).encode("ascii"), page.translate(_IN_QUERY).encode("ascii")


def nonce_attribute(nonce: str | None) -> bytes:
    return f' nonce="{escape(nonce)}"'.encode("ascii", "xmlcharrefreplace") if nonce else b""


def token_field(token: str) -> bytes:
    return f'<input type="hidden" name="token" value="{token}">'.encode("ascii")
