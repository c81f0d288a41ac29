"""Follows the head of streamed HTML up to the place where the body begins.

A tokenizer for that part only, by the rules of WHATWG HTML (sections 13.2.5 and 13.2.6.4): comments, raw text, script escapes,
templates, omitted tags.
"""

import re

from .html.script_text import read_script
from .html.stream import Scanner
from .html.tags import COMMENT_END, REST_OF_TAG, TAG_NAME, WHITE, raw_text_end

_SPACES = re.compile(WHITE + rb"*")

_HEAD_VOID = frozenset({b"base", b"basefont", b"bgsound", b"link", b"meta"})
_RAW_TEXT = frozenset({b"title", b"style", b"noframes", b"noscript"})
_RAW_IN_TEMPLATE = _RAW_TEXT | {b"textarea", b"iframe", b"xmp", b"noembed"}
_RAW_END = {name: raw_text_end(name) for name in _RAW_IN_TEMPLATE}
_FOREIGN_OR_ENDLESS = frozenset({b"svg", b"math", b"plaintext"})
_WHOLE = frozenset({b"html", b"head", b"body"})
_IMPLY_BODY_AT_END = frozenset({b"body", b"html", b"br"})
_BOM = b"\xef\xbb\xbf"
_UTF_16_BOMS = (b"\xff\xfe", b"\xfe\xff")
_ESCAPE = 0x1B
"""ISO-2022-JP shifts by escape sequences: what looks like a tag there may be a letter."""


class HeadReader:
    """Subclasses feed it. ``is_done``: nothing more is to be read; ``is_inserted``: since the body begins at ``_position``."""

    # What most pages never need to change costs them nothing here.
    _scan: Scanner | None = None
    """``None`` before the first byte."""
    _position = 0
    _is_whole = False
    _is_head_closed = False
    _templates = 0
    _raw_name = b""
    _is_in_tag = False
    _escaped = 0
    is_done = False
    is_inserted = False

    def _at_start(self, buffer: bytes, is_last: bool) -> bool:
        if len(buffer) < 3 and not is_last:
            return False
        if buffer.startswith(_UTF_16_BOMS):
            return self._give_up()
        if buffer.startswith(_BOM):
            self._position = 3
        self._scan = HeadReader._in_head
        return True

    def _in_head(self, buffer: bytes, is_last: bool) -> bool:
        start = _SPACES.match(buffer, self._position).end()  # type: ignore[union-attr]  # matches the empty string
        self._position = start
        if start == len(buffer):
            return False
        if buffer[start] != 0x3C:
            return self._text(buffer, start, is_last)
        rest = buffer[start : start + 4]
        if rest == b"<!--":
            self._position = start + 4
            self._scan = HeadReader._at_comment_start
            return True
        if b"<!--".startswith(rest) and not is_last:
            return False
        if rest[:2] in (b"<!", b"<?"):
            return self._declaration(buffer, start)
        match = TAG_NAME.match(buffer, start)
        if match is None:
            return self._odd_sign(buffer, start, is_last)
        rest_of_tag = REST_OF_TAG.match(buffer, match.end())
        if rest_of_tag is None:
            self._is_in_tag = True
            return False
        name, end = match[1].lower(), rest_of_tag.end()
        return self._end_tag(name, start, end) if buffer[start + 1] == 0x2F else self._start_tag(name, start, end)

    def _text(self, buffer: bytes, start: int, is_last: bool) -> bool:
        if buffer[start] == _ESCAPE:
            return self._give_up()
        if not self._templates:
            return self._insert(start)
        following = buffer.find(b"<", start)
        self._position = len(buffer) if following < 0 else following
        return following >= 0 and self._in_head(buffer, is_last)

    def _declaration(self, buffer: bytes, start: int) -> bool:
        """A doctype, or what browsers treat as a comment: up to the next ``>``."""
        end = buffer.find(b">", start)
        if end < 0:
            self._is_in_tag = True
            return False
        self._is_whole |= buffer[start : start + 9].lower() == b"<!doctype"
        self._position = end + 1
        return True

    def _odd_sign(self, buffer: bytes, start: int, is_last: bool) -> bool:
        """``</>`` is nothing, ``</1…>`` a comment, and any other ``<`` is text."""
        if len(buffer) - start < 3 and not is_last:
            return False
        if buffer[start + 1 : start + 2] == b"/":
            return self._declaration(buffer, start)
        if self._templates:
            self._position = start + 1
            return True
        return self._insert(start)

    def _start_tag(self, name: bytes, start: int, end: int) -> bool:
        self._position = end
        if name == b"script":
            self._escaped = 0
            self._scan = HeadReader._in_script
        elif name == b"noscript" and self._is_head_closed and not self._templates:
            # The head may hold one, but after it only the body.
            return self._insert(start)
        elif name in (_RAW_IN_TEMPLATE if self._templates else _RAW_TEXT):
            self._raw_name = name
            self._scan = HeadReader._in_raw_text
        elif name == b"template":
            self._templates += 1
        elif self._templates:
            # Without a tree, nobody knows whether a style in here is one of SVG's, whose content is no raw text.
            return self._give_up() if name in _FOREIGN_OR_ENDLESS else True
        elif name in _HEAD_VOID:
            return True
        elif name in _WHOLE:
            self._is_whole = True
            return self._insert(end) if name == b"body" else True
        elif name == b"frameset":
            return self._give_up()
        else:
            return self._insert(start)
        return True

    def _end_tag(self, name: bytes, start: int, end: int) -> bool:
        if name == b"template" and self._templates:
            self._templates -= 1
        elif name in _IMPLY_BODY_AT_END and not self._templates:
            return self._insert(start)
        elif name == b"head" and not self._templates:
            self._is_head_closed = True
        self._position = end
        return True

    def _at_comment_start(self, buffer: bytes, is_last: bool) -> bool:
        """``<!-->`` and ``<!--->`` close at once; ``<!--!>`` and ``<!---!>`` do not."""
        rest = buffer[self._position : self._position + 2]
        if rest in (b"", b"-") and not is_last:
            return False
        closing = 1 if rest[:1] == b">" else 2 if rest == b"->" else 0
        self._position += closing
        self._scan = HeadReader._in_head if closing else HeadReader._in_comment
        return True

    def _in_comment(self, buffer: bytes, is_last: bool) -> bool:
        match = COMMENT_END.search(buffer, self._position)
        if match is None:
            self._position = max(self._position, len(buffer) - 3)
            return False
        self._position = match.end()
        self._scan = HeadReader._in_head
        return True

    def _in_raw_text(self, buffer: bytes, is_last: bool) -> bool:
        pattern = _RAW_END[self._raw_name]
        match = pattern.search(buffer, self._position)
        if match is None:
            self._position = max(self._position, len(buffer) - len(self._raw_name) - 2)
            return False
        self._position = match.start()
        self._scan = HeadReader._in_head
        return True

    def _in_script(self, buffer: bytes, is_last: bool) -> bool:
        match, self._position, self._escaped = read_script(buffer, self._position, self._escaped)
        if match is None:
            return False
        self._position = match.start()
        self._scan = HeadReader._in_head
        return True

    def _insert(self, place: int) -> bool:
        if not self._is_whole:
            return self._give_up()
        self._position = place
        self.is_done = self.is_inserted = True
        return False

    def _give_up(self) -> bool:
        self.is_done = True
        return False
