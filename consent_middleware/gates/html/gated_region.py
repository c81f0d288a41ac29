"""Follows an element that is taken out with all it holds to its end, without a tree.

Its own end tag ends it, or what implies that: the next ``<li>``, the end of the table around a cell, the end of the body.
"""

from .foreign import VOID
from .open_names import OpenNames

_CELLS = frozenset({b"td", b"th", b"tr", b"tbody", b"thead", b"tfoot"})
_ROWS = frozenset({b"tr", b"tbody", b"thead", b"tfoot"})
_SECTIONS = frozenset({b"tbody", b"thead", b"tfoot"})
_BLOCKS = frozenset(
    b"address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 "
    b"header hgroup hr main menu nav ol p pre search section summary table ul".split()
)
_ENDED_BY_START = {
    b"li": frozenset({b"li"}),
    b"dt": frozenset({b"dt", b"dd"}),
    b"dd": frozenset({b"dt", b"dd"}),
    b"option": frozenset({b"option", b"optgroup"}),
    b"optgroup": frozenset({b"optgroup"}),
    b"rp": frozenset({b"rp", b"rt"}),
    b"rt": frozenset({b"rp", b"rt"}),
    b"td": _CELLS,
    b"th": _CELLS,
    b"tr": _ROWS,
    b"tbody": _SECTIONS,
    b"thead": _SECTIONS,
    b"tfoot": _SECTIONS,
    b"p": _BLOCKS,
    b"a": frozenset({b"a"}),
    b"button": frozenset({b"button"}),
}
_TABLE = frozenset({b"table"})
_ENDED_BY_END = {
    b"li": frozenset({b"ul", b"ol", b"menu", b"dir"}),
    b"dt": frozenset({b"dl"}),
    b"dd": frozenset({b"dl"}),
    b"option": frozenset({b"select", b"optgroup", b"datalist"}),
    b"optgroup": frozenset({b"select"}),
    b"rp": frozenset({b"ruby"}),
    b"rt": frozenset({b"ruby"}),
    b"td": _ROWS | _TABLE,
    b"th": _ROWS | _TABLE,
    b"tr": _SECTIONS | _TABLE,
    b"tbody": _TABLE,
    b"thead": _TABLE,
    b"tfoot": _TABLE,
    b"p": _BLOCKS | {b"body", b"li", b"td", b"th", b"dd"},
}
_LAST = frozenset({b"body", b"html"})
_NONE: frozenset[bytes] = frozenset()


class Region:
    """The open elements since the start tag of the one that is taken out."""

    def __init__(self, name: bytes) -> None:
        self._root = name
        self._open = OpenNames()
        self._open.push(name)

    @property
    def is_too_deep(self) -> bool:
        return self._open.is_too_deep

    def ends_before_start(self, name: bytes) -> bool:
        return len(self._open) == 1 and name in _ENDED_BY_START.get(self._root, _NONE)

    def start(self, name: bytes, *, is_closed: bool) -> None:
        if name not in VOID and not is_closed:
            self._open.push(name)

    def ends_before_end(self, name: bytes) -> bool:
        if name in self._open:
            return False
        return name in _LAST or name in _ENDED_BY_END.get(self._root, _NONE)

    def end(self, name: bytes) -> bool:
        """Take an end tag in, and say whether the element ends with it. One that ends nothing in here is ignored."""
        if name not in self._open:
            return False
        while self._open.pop() != name:
            pass
        return not self._open
