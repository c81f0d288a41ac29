"""Finds where markup goes into a document that comes in one piece and holds nothing of third parties, as most documents do.

What is sent again just as it was is not read again: many pages are the same for everybody.
"""

import msgspec

from ..caches import BoundedCache
from .head import head_place
from .html.gated_elements import MARK
from .simple_heads import simple_body_place
from .third_parties import ThirdParties

_DOCUMENTS = 64
_LARGEST = 131_072
"""Bytes of a document that is remembered."""
_PATIENCE = 16
"""Documents of one length that were all different, from which on one of as many is hashed: that takes half as long as to look for
third parties in it."""


class Places(msgspec.Struct, eq=False):
    """A document, where its head begins and where its body does."""

    document: bytes
    head: int
    body: int
    latest: tuple[bytes, bytes, bytes] = (b"", b"", b"")
    """What was put into it last, and what came of that: most visitors of a page that is the same for everybody get the same."""

    def filled(self, head: bytes, body: bytes) -> bytes:
        """Return the document with markup at both places."""
        latest_head, latest_body, filled = self.latest
        if head is latest_head and body is latest_body:
            return filled
        document = self.document
        # By a view, so that the long rest is copied once and not twice.
        rest = memoryview(document)[self.body :]
        filled = b"".join((document[: self.head], head, document[self.head : self.body], body, rest))
        self.latest = head, body, filled
        return filled


class _Once(msgspec.Struct, frozen=True):
    """The hash of a document that came once, and how many of equal length came up to now, none like the one before."""

    digest: int
    others: int


class WholeDocuments:
    """Reads documents of one middleware, whatever their visitors allow.

    Remembered are those that came twice, and compared byte by byte; of all others it keeps a hash, since what is made for one
    visitor should not stay in memory.
    """

    def __init__(self, parties: ThirdParties) -> None:
        self._parties = parties
        # By their length, which tells most documents apart.
        self._seen: BoundedCache[int, Places | _Once] = BoundedCache(_DOCUMENTS)

    def places(self, document: bytes) -> Places | None:
        """Return the places, or ``None`` where a third party may be named or the head is not one of the usual ones."""
        seen = self._seen.get(len(document))
        if type(seen) is Places and seen.document == document:
            return seen
        places = self._read(document)
        if places is not None and len(document) <= _LARGEST:
            self._seen.put(len(document), self._next(seen, places))
        return places

    def _next(self, seen: "Places | _Once | None", places: Places) -> "Places | _Once":
        """Return what is known of documents of this length from now on."""
        others = seen.others if type(seen) is _Once else 0
        if type(seen) is _Once and others > _PATIENCE and others % _PATIENCE:
            return _Once(seen.digest, others + 1)
        digest = hash(places.document)
        return places if type(seen) is _Once and seen.digest == digest else _Once(digest, others + 1)

    def _read(self, document: bytes) -> Places | None:
        lowered = document.lower()
        # An attribute's name cannot be spelled in another way, but for its case.
        return None if MARK in lowered or self._parties.scan(lowered, 0) else places_of(document)


def places_of(document: bytes) -> Places | None:
    """Return where markup goes, whatever the document holds."""
    body = simple_body_place(document)
    return None if body is None else Places(document, head_place(document), body)
