"""Follows streamed HTML from tag to tag, by the rules of WHATWG HTML (section 13.2.5).

Whole stretches in which nothing matters are crossed by one regular expression; it stops at tags after which other rules hold,
such as ``<script>``, and at places that are of interest. What happens at those is for a subclass to say.
"""

import re

from .cut_tags import TagReader
from .foreign import Foreign
from .stretches import skip_html, skip_shapes, skip_xml
from .tags import REST_OF_TAG, TAG_NAME

_SKIP_TEXT = re.compile(rb"[^<]*+")
_CLOSED = re.compile(rb"[\t\n\f\r /]*/>\Z")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_CDATA = b"<![CDATA["


class HtmlReader(TagReader):
    """Feed it the body chunk by chunk. Subclasses see the tags that matter, and say what goes out instead of what came."""

    is_careful = False
    """Every tag matters."""

    def __init__(self, *, is_xml: bool) -> None:
        super().__init__(HtmlReader._at_start)
        self.is_xml = is_xml
        self.foreign = Foreign()
        self._skip = skip_xml() if is_xml else skip_html()

    # What subclasses say.

    def on_start(self, buffer: bytes, name: bytes, start: int, name_end: int, end: int) -> bool:
        """Take a start tag, and set how to go on (``go_on``, ``read_raw`` and the like)."""
        raise NotImplementedError

    def on_end(self, buffer: bytes, name: bytes, start: int, end: int) -> bool:
        raise NotImplementedError

    # What subclasses do.

    def go_on(self, place: int) -> bool:
        self._position = place
        self._scan = HtmlReader._in_data
        return True

    def is_closed(self, tag: bytes, last_attribute_end: int) -> bool:
        """Say whether a tag ends in ``/>`` whose slash is no part of a value."""
        return _CLOSED.match(tag, last_attribute_end) is not None

    @property
    def has_raw_text(self) -> bool:
        return not self.foreign.is_foreign

    # The scanners.

    def _at_start(self, buffer: bytes, is_last: bool) -> bool:
        if len(buffer) < 2 and not is_last:
            return False
        if buffer.startswith(_UTF_16):
            return self.read_to_end(0)
        self._is_begun = True
        self._scan = HtmlReader._in_data
        return True

    def _in_data(self, buffer: bytes, is_last: bool) -> bool:
        position, size = self._position, len(buffer)
        if self._left < 0:
            return self.give_up(position)
        if self._tag_resumes:
            # The tag that was held back.
            return self._in_markup(buffer, position, is_last)
        while self.places and self.places[0] < position:
            self.places.popleft()
        limit = self.places[0] if self.places else size
        skip = self._skip
        if self.is_careful or self.foreign:
            skip = skip_shapes() if self.foreign.is_drawing and not self.is_careful else _SKIP_TEXT
        # The expression takes whole tags only, so it stops before the one that holds the place.
        match = skip.match(self._lowered, position, limit)
        self._position = place = match.end() if match is not None else position
        if place == limit:
            if limit == size:
                return False
            # It is in text, and so is every other place before the next tag.
            tag = buffer.find(b"<", place)
            while self.places and (tag < 0 or self.places[0] < tag):
                self.places.popleft()
            self.look()
            return True
        return self._in_markup(buffer, place, is_last)

    def _in_markup(self, buffer: bytes, start: int, is_last: bool) -> bool:
        self.look()
        begun = buffer[start : start + 9]
        if begun.startswith(b"<!--"):
            self._scan = HtmlReader._at_comment_start
            self._position = start + 4
            return True
        if begun.startswith((b"<!", b"<?")):
            return self._in_declaration(begun, start, is_last)
        match = TAG_NAME.match(buffer, start)
        if match is None:
            return self._odd_sign(begun, start, is_last)
        resumed = self._tag_resumes or match.end()
        rest = REST_OF_TAG.match(buffer, resumed)
        if rest is None:
            if is_last:
                # Browsers drop a tag that has no end.
                self._position = len(buffer)
                return False
            return self._unfinished_tag(buffer, start, match.end(), resumed)
        self._tag_resumes = 0
        name, end = match[1].lower(), rest.end()
        if buffer[start + 1] == 0x2F:
            return self.on_end(buffer, name, start, end)
        return self.on_start(buffer, name, start, match.end(), end)

    def _in_declaration(self, begun: bytes, start: int, is_last: bool) -> bool:
        """A doctype, or what browsers treat as a comment; in foreign content and XML also a CDATA section."""
        kind = b"declaration"
        if not is_last and begun != b"<!" and b"<!--".startswith(begun):
            return False
        if begun == b"<!" and not is_last:
            return False
        if self.is_xml or self.foreign.is_foreign:
            if len(begun) < len(_CDATA) and _CDATA.startswith(begun) and not is_last:
                return False
            if begun == _CDATA and self.foreign.is_unsure:
                return self.give_up(start)
            if begun == _CDATA:
                kind = b"section"
            elif self.is_xml and begun.startswith(b"<?"):
                kind = b"instruction"
        return self.read_up_to(kind, start + (9 if kind == b"section" else 2))

    def _odd_sign(self, begun: bytes, start: int, is_last: bool) -> bool:
        """``</>`` is nothing, ``</1…>`` a comment, and any other ``<`` is text."""
        if len(begun) < 3 and not is_last and (begun == b"<" or begun == b"</"):
            return False
        if begun.startswith(b"</") and len(begun) > 2:
            return self.read_up_to(b"declaration", start + 2)
        self._position = start + 1
        return True

    def _at_comment_start(self, buffer: bytes, is_last: bool) -> bool:
        """``<!-->`` and ``<!--->`` close at once; ``<!--!>`` and ``<!---!>`` do not."""
        rest = buffer[self._position : self._position + 2]
        if rest in (b"", b"-") and not is_last:
            return False
        closing = 0 if self.is_xml else 1 if rest[:1] == b">" else 2 if rest == b"->" else 0
        if closing:
            return self.go_on(self._position + closing)
        return self.read_up_to(b"xml comment" if self.is_xml else b"comment", self._position)
