"""What stands where in answers that carry the same header names: for answers what ``shapes`` is for requests.

Most say little about themselves, a type and a length, and an app always says it in the same order.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import itemgetter

import msgspec

from ..asgi import Header
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
    }
)


class Head(msgspec.Struct, frozen=True):
    """Answers with the same names. ``content_type`` is its place, -1 where there is none, or several."""

    content_type: int
    is_plain: bool
    """Only the type says what may be done to the body; nothing speaks of caches or other addresses, or is kept by the browser."""
    dull_type: int | None
    """The place of its type (-1 without one), where that is all in it that is ours to judge; ``None`` where there is more."""
    lasting: Callable[[list[Header]], Sequence[Header]]
    """Picks what holds for a changed body too."""


@lru_cache(maxsize=1024)
def head_of(names: tuple[bytes, ...]) -> Head:
    """Return what was learnt from these names before, or learn it now."""
    lowered = [name.lower() for name in names]
    is_typed = lowered.count(b"content-type") == 1
    place = lowered.index(b"content-type") if is_typed else -1
    return Head(
        content_type=place,
        dull_type=place if (is_typed or b"content-type" not in lowered) and _JUDGED.isdisjoint(lowered) else None,
        is_plain=is_typed and _TELLING.isdisjoint(lowered),
        lasting=_picker([at for at, name in enumerate(lowered) if name not in BODY_FACTS]),
    )


def _picker(places: list[int]) -> Callable[[list[Header]], Sequence[Header]]:
    if len(places) > 1:
        return itemgetter(*places)
    # With one place, itemgetter would return the pair itself.
    return itemgetter(slice(places[0], places[0] + 1) if places else slice(0))
