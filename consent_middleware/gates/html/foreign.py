"""Follows SVG and MathML through a document, where other rules say what is raw text (WHATWG HTML, section 13.2.6.5)."""

import re

from .open_names import OpenNames

_BREAK_OUT = frozenset(
    b"b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu meta nobr ol p "
    b"pre ruby s small span strong strike sub sup table tt u ul var".split()
)
"""HTML start tags that end what is foreign, wherever they come."""
_BREAK_OUT_ENDS = frozenset({b"br", b"p"})
_FONT_BREAKS_OUT = frozenset({b"color", b"face", b"size"})
_HTML_INSIDE = frozenset({b"foreignobject", b"desc", b"title"})
_TEXT_INSIDE = frozenset({b"mi", b"mo", b"mn", b"ms", b"mtext"})
_STILL_MATH = frozenset({b"mglyph", b"malignmark"})
_HTML_ENCODINGS = frozenset({b"text/html", b"application/xhtml+xml"})
_ROOTS = frozenset({b"svg", b"math"})
VOID = frozenset(
    b"area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr".split()
)
_ENCODING = re.compile(rb"encoding[\t\n\f\r ]*=[\t\n\f\r ]*[\"']?([^\"'\t\n\f\r >]*)", re.IGNORECASE)


class Foreign:
    """The open elements since an outermost ``<svg>`` or ``<math>``; empty outside of one."""

    def __init__(self) -> None:
        self._names = OpenNames()
        # Of each the root, "" for an HTML element, and whether HTML may stand directly in it.
        self._open: list[tuple[bytes, str]] = []
        self.is_unsure = False
        """An end tag may have closed all of it, or nothing: that depends on what is open around."""

    def without(self, name: bytes) -> "Foreign":
        """Return a copy in which the element of this name that was opened last is not there."""
        copy = Foreign()
        for place, opened in zip(self._names, self._open, strict=True):
            copy._push(place, *opened)
        copy.is_unsure = self.is_unsure
        if name in copy._names and copy._names.last == name:
            copy._pop()
        return copy

    def __bool__(self) -> bool:
        return bool(self._open)

    @property
    def is_foreign(self) -> bool:
        """Say whether text here is foreign: CDATA sections are such, and nothing is raw text."""
        return bool(self._open) and bool(self._open[-1][0])

    @property
    def is_drawing(self) -> bool:
        """Say whether SVG's own elements may stand here, and no HTML."""
        return bool(self._open) and self._open[-1] == (b"svg", "")

    @property
    def is_too_deep(self) -> bool:
        return self._names.is_too_deep

    def start(self, name: bytes, tag: bytes, attributes: frozenset[bytes], *, is_closed: bool) -> bool:
        """Take a start tag in, and say whether its element is foreign."""
        if not self._open:
            if name in _ROOTS and not is_closed:
                self._push(name, name, "")
            return name in _ROOTS
        root, inside = self._open[-1]
        as_html = (
            not root
            or inside == "html"
            or (inside == "text" and name not in _STILL_MATH)
            or (self._names.last == b"annotation-xml" and name == b"svg")
        )
        if not as_html and (name in _BREAK_OUT or (name == b"font" and attributes & _FONT_BREAKS_OUT)):
            self._break_out()
            as_html = True
            if not self._open:
                return False
        if as_html and name not in _ROOTS:
            if name not in VOID:
                self._push(name, b"", "")
            return False
        root = name if as_html else root
        if not is_closed:
            self._push(name, root, _inside(name, root, tag))
        return True

    def end(self, name: bytes) -> None:
        """Take an end tag in. One of something that is not open here may close an element around all of it."""
        if not self._open:
            return
        if name in _BREAK_OUT_ENDS and self.is_foreign:
            self._break_out()
            return
        if name in self._names:
            while self._pop() != name:
                pass
        elif self.is_foreign:
            self.is_unsure = True

    def _break_out(self) -> None:
        while self.is_foreign and not self._open[-1][1]:
            self._pop()

    def _push(self, name: bytes, root: bytes, inside: str) -> None:
        self._names.push(name)
        self._open.append((root, inside))

    def _pop(self) -> bytes:
        self._open.pop()
        self.is_unsure = self.is_unsure and bool(self._open)
        return self._names.pop()


def _inside(name: bytes, root: bytes, tag: bytes) -> str:
    if root == b"svg":
        return "html" if name in _HTML_INSIDE else ""
    if name in _TEXT_INSIDE:
        return "text"
    if name == b"annotation-xml":
        match = _ENCODING.search(tag)
        return "html" if match is not None and match[1].lower() in _HTML_ENCODINGS else ""
    return ""
