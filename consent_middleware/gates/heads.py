"""What stands where in answers that carry the same header names: for answers what ``shapes`` is for requests.

Most say little about themselves, a type and a length, and an app always says it in the same order.
"""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Literal

import msgspec

from ..asgi import Header
from ..caches import Memory
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
_KINDS = 1024


class Head(msgspec.Struct, frozen=True):
    """Answers with the same names. ``content_type`` is its place, -1 where there is none, or several."""

    content_type: int
    is_plain: bool
    """Only the type says what may be done to the body; nothing speaks of caches or other addresses, or is kept by the browser."""
    lasting: Callable[[list[Header]], Sequence[Header]]
    """Picks what holds for a changed body too."""


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


Concern = Literal["", "type", "judged"]
"""What of an answer that nobody asked about the visitor may be ours to judge: nothing, its type, or the header in any case."""


def _concern_of(name: bytes) -> Concern:
    written = name.lower()
    return "judged" if written in _JUDGED else "type" if written == b"content-type" else ""


heads = Memory(_KINDS, _study)
"""By the names of all headers."""
concerns = Memory(_KINDS, _concern_of)
"""By the name of one header. Most answers have two or three, and this is the quickest way to know that there is nothing to do."""
