"""What stands where in answers that carry the same header names: for answers what ``shapes`` is for requests.

Most say little about themselves, a type and a length, and an app always says it in the same order.
"""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Literal

import msgspec

from ..asgi import Header
from ..caches import BoundedCache
from ..telemetry import RESPONSE_DROPS
from .headers import BODY_FACTS, FOR_SHARED_CACHES
from .masks import SET_COOKIE

_JUDGED = RESPONSE_DROPS | SET_COOKIE
_TELLING = (
    FOR_SHARED_CACHES
    | _JUDGED
    | {
        b"vary",
        b"cache-control",
        b"etag",
        b"content-encoding",
        b"content-disposition",
        b"content-security-policy",
        b"link",
        b"report-to",
        b"reporting-endpoints",
        b"speculation-rules",
    }
)


class Head(msgspec.Struct, frozen=True):
    """Answers with the same names. ``content_type`` is its place, -1 where there is none, or several."""

    content_type: int
    is_plain: bool
    """Only the type says what may be done to the body; nothing speaks of caches or other addresses, or is kept by the browser."""
    lasting: Callable[[list[Header]], Sequence[Header]]
    """Picks what holds for a changed body too."""


class Heads(BoundedCache[tuple[bytes, ...], Head]):
    """What was learnt from the names of headers."""

    __slots__ = ()

    def __missing__(self, names: tuple[bytes, ...]) -> Head:
        head = _study(names)
        self.put(names, head)
        return head


heads = Heads(1024)


class Concerns(BoundedCache[bytes, Literal["", "type", "judged"]]):
    """What in an answer that nobody asked about the visitor may concern us, by the name of a header: its type, or what is judged.

    Most have two or three headers, for which this is the quickest way to know that there is nothing to do.
    """

    __slots__ = ()

    def __missing__(self, name: bytes) -> Literal["", "type", "judged"]:
        written = name.lower()
        concern: Literal["", "type", "judged"] = (
            "judged" if written in _JUDGED else "type" if written == b"content-type" else ""
        )
        self.put(name, concern)
        return concern


concerns = Concerns(1024)


def _study(names: tuple[bytes, ...]) -> Head:
    lowered = [name.lower() for name in names]
    is_typed = lowered.count(b"content-type") == 1
    place = lowered.index(b"content-type") if is_typed else -1
    return Head(
        content_type=place,
        is_plain=is_typed and _TELLING.isdisjoint(lowered),
        lasting=_picker([at for at, name in enumerate(lowered) if name not in BODY_FACTS]),
    )


def _picker(places: list[int]) -> Callable[[list[Header]], Sequence[Header]]:
    if len(places) > 1:
        return itemgetter(*places)
    # With one place, itemgetter would return the pair itself.
    return itemgetter(slice(places[0], places[0] + 1) if places else slice(0))
