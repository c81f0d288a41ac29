"""What stands where in requests that carry the same header names in the same order.

Browsers repeat themselves: a site sees a few dozen such shapes. Each is studied once; afterwards a request's headers are found by
their place, without looking at every one of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from operator import itemgetter

from ..asgi import Header, Scope
from ..caches import BoundedCache
from ..telemetry import FORWARDING_HEADERS
from .masks import MaskSets

Picked = tuple[Header, ...]

_SHAPES = 1024
_LONGEST = 100
_names = itemgetter(0)


@dataclass(frozen=True, slots=True)
class Shape:
    """The places of what matters; -1 where it is missing.

    ``places`` and ``pick``: the headers whose *values* say who visits and what must be masked. ``drops``: for each mask set, places
    of headers that go whatever they hold. ``varying``: masked headers with another value on every page.
    """

    places: tuple[int, ...]
    pick: Callable[[list[Header]], Picked]
    drops: tuple[tuple[int, ...], ...]
    varying: tuple[int, ...]
    host: int
    destination: int
    """``Sec-Fetch-Dest``."""
    mode: int
    """``Sec-Fetch-Mode``."""
    is_proxied: bool
    """Some header says that the peer is a proxy."""
    is_regular: bool
    """Names are as servers write them. A hand-made scope may hold ``Cookie``, and a filter that missed it would leak."""


class Shapes:
    """Studies the shapes of one middleware's requests and remembers them."""

    def __init__(self, masks: MaskSets) -> None:
        self._masks = masks
        self._shapes: BoundedCache[tuple[bytes, ...], Shape] = BoundedCache(_SHAPES)

    def read(self, scope: Scope) -> tuple[list[Header], Shape]:
        """Return a scope's headers as a list of pairs with lower-case names, and its shape."""
        headers = scope["headers"]
        if type(headers) is list:
            shape = self._shapes.get(tuple(map(_names, headers)))
            if shape is not None and shape.is_regular:
                return headers, shape
        headers = [(bytes(name).lower(), bytes(value)) for name, value in headers]
        names = tuple(map(_names, headers))
        shape = self._shapes.get(names)
        if shape is None:
            shape = self._study(names)
            if len(names) <= _LONGEST:
                self._shapes.put(names, shape)
        return headers, shape

    def _study(self, names: tuple[bytes, ...]) -> Shape:
        masks = self._masks
        places = tuple(
            place for place, name in enumerate(names) if name in (b"cookie", b"sec-gpc") or name in masks.by_value
        )
        return Shape(
            places=places,
            pick=_picker(places),
            drops=tuple(tuple(place for place, name in enumerate(names) if name in one.drops) for one in masks.sets),
            varying=tuple(place for place, name in enumerate(names) if name in masks.varying),
            host=_place(names, b"host"),
            destination=_place(names, b"sec-fetch-dest"),
            mode=_place(names, b"sec-fetch-mode"),
            is_proxied=not FORWARDING_HEADERS.isdisjoint(names),
            is_regular=b"host" in names and all(name == name.lower() for name in names),
        )


def _place(names: tuple[bytes, ...], name: bytes) -> int:
    return names.index(name) if name in names else -1


def _picker(places: tuple[int, ...]) -> Callable[[list[Header]], Picked]:
    """Return what picks the pairs at ``places`` as a tuple, in C where there are several."""
    if len(places) > 1:
        return itemgetter(*places)
    if places:
        only = places[0]
        return lambda headers: (headers[only],)
    return lambda headers: ()
