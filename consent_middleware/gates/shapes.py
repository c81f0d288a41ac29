"""What stands where in requests that carry the same header names in the same order.

Browsers repeat themselves: a site sees a few dozen such shapes. Each is studied once; afterwards a request's headers are found by
their place, without looking at every one of them.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from operator import itemgetter

from ..asgi import Header, Scope
from ..caches import BoundedCache
from ..telemetry import FORWARDING_HEADERS, Mask
from .hints import HINTS
from .masks import MaskSet, MaskSets, PageReplacements, Replacements

_SHAPES = 1024
_LONGEST = 100
_LARGEST = 4096
"""Header names in a shape that is remembered, and their bytes: browsers send twenty of ten."""
_SINGLE = (b"cookie", b"sec-gpc", b"referer")
ABOUT_THE_BODY = frozenset({b"accept-encoding", b"if-none-match", b"if-modified-since", b"if-range", b"range"})
"""What asks for a body in a form, or under conditions, that a page with the banner in it cannot meet."""
_names = itemgetter(0)


@dataclass(frozen=True, slots=True)
class Plan:
    """What one mask set does to requests of one shape."""

    masks_client: bool
    is_rare: bool
    """More has to be done than browsers usually ask for: header by header."""
    browser: tuple[tuple[int, Replacements], ...]
    """The places of what every browser sends, and what takes their places."""
    pages: tuple[tuple[int, int, PageReplacements], ...]
    """The same where the host counts too, with its place."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The places of what matters; -1 where it is missing."""

    names: tuple[bytes, ...]
    written: list[bytes]
    """The names once more, to be compared with."""
    cookie: int
    gpc: int
    host: int
    destination: int
    """``Sec-Fetch-Dest``."""
    mode: int
    """``Sec-Fetch-Mode``."""
    about_the_body: tuple[int, ...]
    is_conditional: bool
    """``If-None-Match`` is there."""
    language: int
    """``Accept-Language``."""
    encoding: int
    """``Accept-Encoding``."""
    asks_plainly: bool
    """If a page is asked for, then in a way that says nothing special of its body or its browser."""
    is_plain: bool
    """One Cookie header and no signal, as nearly every returning visitor sends."""
    is_repeated: bool
    """Cookie, Sec-GPC or Referer come several times: no single place says it all."""
    is_proxied: bool
    """Some header says that the peer is a proxy."""
    plans: tuple[Plan, ...]
    """By the index of the mask set."""
    others: tuple[tuple[tuple[int, Mask], ...], ...]
    """By the same index: the places of all other headers that are masked, such as those of proxies."""


class Shapes:
    """Studies the shapes of one middleware's requests and remembers them. ``on_new`` is told the names of each."""

    def __init__(self, masks: MaskSets, on_new: Callable[[tuple[bytes, ...]], None] | None = None) -> None:
        self._masks = masks
        self._on_new = on_new
        self._shapes: BoundedCache[tuple[bytes, ...], Shape] = BoundedCache(_SHAPES)
        self._last: dict[int, Shape] = {}
        """By length: to compare is quicker than to look up."""
        self._hostless: BoundedCache[tuple[bytes, ...], Shape] = BoundedCache(_SHAPES)
        """No server makes these, so that nothing is sure of what stands in their scopes."""

    def read(self, scope: Scope) -> tuple[list[Header], Shape]:
        """Return a scope's headers as a list of pairs with lower-case names, and its shape."""
        headers = scope.get("headers")
        if type(headers) is list:
            # Names in lower case, and a host: as servers write them.
            names = [*map(_names, headers)]
            shape = self._last.get(len(names))
            if shape is not None and shape.written == names:
                return headers, shape
            shape = self._shapes.get(tuple(names))
            if shape is not None:
                self._last[len(names)] = shape
                return headers, shape
        return self._read_rarer(scope)

    def _read_rarer(self, scope: Scope) -> tuple[list[Header], Shape]:
        """Read headers of a new shape, or from a scope that no server made: a name may be written ``Cookie`` there."""
        headers = scope.get("headers") or ()
        if not isinstance(headers, list | tuple):
            # What can be read once only would be gone for the app.
            headers = scope["headers"] = list(headers)
        headers = [(bytes(name).lower(), bytes(value)) for name, value in headers]
        key = tuple(map(_names, headers))
        shapes = self._shapes if b"host" in key else self._hostless
        shape = shapes.get(key)
        if shape is None:
            shape = self._study(key)
            if self._on_new is not None:
                self._on_new(key)
            if len(key) <= _LONGEST and sum(map(len, key)) <= _LARGEST:
                shapes.put(key, shape)
        return headers, shape

    def _study(self, names: tuple[bytes, ...]) -> Shape:
        return Shape(
            names=names,
            written=list(names),
            cookie=_place(names, b"cookie"),
            gpc=_place(names, b"sec-gpc"),
            host=_place(names, b"host"),
            destination=_place(names, b"sec-fetch-dest"),
            mode=_place(names, b"sec-fetch-mode"),
            about_the_body=tuple(place for place, name in enumerate(names) if name in ABOUT_THE_BODY),
            is_conditional=b"if-none-match" in names or b"if-modified-since" in names,
            language=_place(names, b"accept-language"),
            encoding=_place(names, b"accept-encoding"),
            asks_plainly=_asks_plainly(names),
            is_plain=names.count(b"cookie") == 1 and b"sec-gpc" not in names,
            is_repeated=_is_repeated(names),
            is_proxied=not FORWARDING_HEADERS.isdisjoint(names),
            plans=tuple(_plan(names, masks) for masks in self._masks.sets),
            others=tuple(_others(names, masks) for masks in self._masks.sets),
        )


def _plan(names: tuple[bytes, ...], masks: MaskSet) -> Plan:
    once = _once(names)
    return Plan(
        masks_client=masks.masks_address,
        is_rare=_is_repeated(names)
        or (masks.masks_address and not FORWARDING_HEADERS.isdisjoint(names))
        or not masks.own.isdisjoint(names)
        or bool(_others(names, masks)),
        browser=tuple((names.index(name), found) for name, found in masks.browser_masks.items() if name in once),
        pages=tuple(
            (names.index(name), names.index(b"host"), found)
            for name, found in masks.page_masks.items()
            if once.issuperset({name, b"host"})
        ),
    )


def _others(names: tuple[bytes, ...], masks: MaskSet) -> tuple[tuple[int, Mask], ...]:
    once = _once(names)
    usual = once & masks.browser_masks.keys()
    if b"host" in once:
        usual |= once & masks.page_masks.keys()
    return tuple(
        (place, masks.masks[name]) for place, name in enumerate(names) if name in masks.masks and name not in usual
    )


def _once(names: tuple[bytes, ...]) -> set[bytes]:
    """Counted in one go: a request may have ten thousand headers."""
    return {name for name, count in Counter(names).items() if count == 1}


def _asks_plainly(names: tuple[bytes, ...]) -> bool:
    return (
        # Browsers that send no fetch metadata need a token in the form.
        (b"sec-fetch-site" in names or b"sec-fetch-mode" in names)
        and HINTS.isdisjoint(names)
        and [name for name in names if name in ABOUT_THE_BODY] == [b"accept-encoding"]
        and names.count(b"accept-language") == 1
        and not _is_repeated(names)
    )


def _is_repeated(names: tuple[bytes, ...]) -> bool:
    return any(names.count(name) > 1 for name in _SINGLE)


def _place(names: tuple[bytes, ...], name: bytes) -> int:
    return names.index(name) if name in names else -1
