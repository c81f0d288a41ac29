"""Follows streamed HTML from tag to tag, by the rules of WHATWG HTML (section 13.2.5).

Whole stretches in which nothing matters are crossed by one regular expression; it stops at tags after which other rules hold,
such as ``<script>``, and at places that are of interest. What happens at those is for a subclass to say. Every byte goes out as it
came, as soon as the construct it belongs to is complete; an unfinished one is held back up to 64 KiB.
"""

import re
from collections import deque
from collections.abc import Callable

from .foreign import Foreign
from .html_stretches import skip_flat, skip_html, skip_shapes, skip_xml
from .html_tags import ATTRIBUTES, COMMENT_END, REST_OF_TAG, SCRIPT_SIGNS, TAG_NAME, raw_text_end

HOLD_BACK = 65_536
_FOREIGN_TAGS = 4000
"""Tags of SVG and MathML that are read one by one. After so many of them, both count as HTML."""

_SKIP_TEXT = re.compile(rb"[^<]*+")
_CLOSED = re.compile(rb"[\t\n\f\r /]*/>\Z")

# Attributes that are complete whatever follows, and how the one that is not goes on.
_COMPLETE = re.compile(
    ATTRIBUTES.replace(rb"(?!=) )", rb"(?!=) ) (?=[\x00-\xff])"),
    re.VERBOSE,
)
_VALUE_BEGUN = re.compile(
    rb"""[\t\n\f\r /]*+ (?: =[^\t\n\f\r />=]*+ | [^\t\n\f\r />=]++ ) [\t\n\f\r ]*+ = [\t\n\f\r ]*+
    (?: (["']) | (?=[^>"']) )""",
    re.VERBOSE,
)
_END_OF_TAG = re.compile(rb"[\t\n\f\r /]*+>")
_ENDS = {b'"': re.compile(b'"'), b"'": re.compile(b"'"), None: re.compile(rb"[\t\n\f\r >]")}
_END_OF_NAME = re.compile(rb"[\t\n\f\r />=]")

RAW_TEXT = frozenset(b"style textarea title xmp iframe noembed noframes".split())
_RAW_ENDS = {name: raw_text_end(name) for name in RAW_TEXT | {b"noscript", b"script"}}
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_CDATA = b"<![CDATA["
_UP_TO = {
    b"comment": COMMENT_END,
    b"xml comment": re.compile(rb"-->"),
    b"declaration": re.compile(rb">"),
    b"instruction": re.compile(rb"\?>"),
    b"section": re.compile(rb"\]\]>"),
}

Scanner = Callable[["HtmlReader", bytes, bool], bool]


class HtmlReader:
    """Feed it the body chunk by chunk. Subclasses see the tags that matter, and say what goes out instead of what came."""

    # What most pages never need to change costs them nothing here.
    is_silent = False
    """What comes now does not go out."""
    is_careful = False
    """Every tag matters."""
    _held = b""
    _lowered = b""
    _position = 0
    _sent = 0
    _scanned = 0
    _hold_from: int | None = None
    _awaited: re.Pattern[bytes] | None = None
    _value_end: re.Pattern[bytes] | None = None
    _foreign_left = _FOREIGN_TAGS
    _tag_resumes = 0
    _up_to = COMMENT_END
    _raw_name = b""
    _raw_start = 0
    _escaped = 0
    _has_given_up = False

    def __init__(self, *, is_xml: bool) -> None:
        self.is_xml = is_xml
        self.foreign = Foreign()
        self.places: deque[int] = deque()
        """Where something of interest may be, from the present position on."""
        self._out: list[bytes] = []
        self._skip = skip_xml() if is_xml else skip_html()
        self._scan: Scanner = HtmlReader._at_start

    def feed(self, data: bytes, *, is_last: bool) -> bytes:
        """Return the bytes that can go out now."""
        if self._has_given_up:
            return b"" if self.is_silent else data
        if self._awaited is not None:
            # What was cut in the middle of a long value is not read again with each byte of it.
            if not is_last and len(self._held) + len(data) <= HOLD_BACK and self._awaited.search(data) is None:
                self._held += data
                return b""
            self._awaited = None
        buffer = self._held + data if self._held else data
        self._lowered = buffer.lower()
        found = self.find_places(self._lowered, self._scanned)
        if found:
            self.places = deque(sorted({*self.places, *found}) if self.places else found)
        if is_last and not self.places and self._scan is HtmlReader._at_start:
            # A whole document without places of interest goes out unread.
            return buffer
        self._out = []
        self._sent = 0
        while self._scan(self, buffer, is_last):
            pass
        if is_last or self._has_given_up:
            self._flush(buffer, is_last=is_last)
            safe = len(buffer)
        else:
            safe = self._position if self._hold_from is None else self._hold_from
        self.copy_to(buffer, safe)
        self._held = buffer[safe:]
        self._lowered = b""
        self._shift(safe, len(buffer))
        return self._out[0] if len(self._out) == 1 else b"".join(self._out)

    # What subclasses say.

    def find_places(self, lowered: bytes, start: int) -> list[int]:
        """Return places in a text in lower case, at or after ``start``, that may be of interest, in order."""
        raise NotImplementedError

    def on_start(self, buffer: bytes, name: bytes, start: int, name_end: int, end: int) -> bool:
        """Take a start tag, and set how to go on (``go_on``, ``read_raw`` and the like)."""
        raise NotImplementedError

    def on_end(self, buffer: bytes, name: bytes, start: int, end: int) -> bool:
        raise NotImplementedError

    def on_raw_end(self, buffer: bytes, text_end: int, end: int) -> None:
        """Take the end of a raw text element's text (``raw_start`` to ``text_end``) and of its end tag."""

    def on_raw_overflow(self, buffer: bytes) -> bool:
        """A text that is being held back has become too long for that. Say whether it is to be read in another way now."""
        return False

    # What subclasses do.

    def copy_to(self, buffer: bytes, place: int) -> None:
        """Send all up to ``place`` as it came, or leave it out while it is to be silent."""
        if place > self._sent:
            if not self.is_silent:
                self._out.append(buffer[self._sent : place] if self._sent or place < len(buffer) else buffer)
            self._sent = place

    def replace(self, buffer: bytes, start: int, end: int, markup: bytes) -> None:
        """Send ``markup`` instead of what is between ``start`` and ``end``."""
        self.copy_to(buffer, start)
        if not self.is_silent:
            self._out.append(markup)
        self._sent = end

    def drop(self, end: int) -> None:
        """Leave out all that has not gone out yet, up to ``end``."""
        self._sent = max(self._sent, end)

    def count_foreign(self) -> None:
        """Take note of a tag within SVG or MathML."""
        self._foreign_left -= 1
        if not self._foreign_left:
            self.read_flat()

    def read_flat(self) -> None:
        """Take SVG, MathML and ``<noscript>`` for nothing special from here on: there is too much of it."""
        self.foreign = Foreign()
        if not self.is_xml:
            self._skip = skip_flat()

    def go_on(self, place: int) -> bool:
        self._position = place
        self._scan = HtmlReader._in_data
        return True

    def read_raw(self, name: bytes, start: int, *, hold_from: int | None = None) -> bool:
        """Read the text of a script or a raw text element, holding back all from ``hold_from``."""
        self._raw_name, self._raw_start, self._escaped = name, start, 0
        self._position = start
        self._hold_from = hold_from
        self._scan = HtmlReader._in_script if name == b"script" else HtmlReader._in_raw_text
        return True

    def read_to_end(self, place: int) -> bool:
        """Nothing after ``<plaintext>`` is markup."""
        self._position = place
        self._scan = HtmlReader._in_rest
        return True

    @property
    def raw_start(self) -> int:
        return self._raw_start

    @property
    def hold_from(self) -> int | None:
        return self._hold_from

    def has_place(self, start: int, end: int) -> bool:
        """Say whether something between the two may be of interest; what is before them is forgotten."""
        places = self.places
        while places and places[0] < start:
            places.popleft()
        return bool(places) and places[0] < end

    def is_closed(self, tag: bytes, last_attribute_end: int) -> bool:
        """Say whether a tag ends in ``/>`` whose slash is no part of a value."""
        return _CLOSED.match(tag, last_attribute_end) is not None

    # Each scanner moves `_position` and returns whether to go on with what it left; False waits for more bytes.

    def _at_start(self, buffer: bytes, is_last: bool) -> bool:
        if len(buffer) < 2 and not is_last:
            return False
        if buffer.startswith(_UTF_16):
            self._has_given_up = True
            return False
        self._scan = HtmlReader._in_data
        return True

    def _in_data(self, buffer: bytes, is_last: bool) -> bool:
        position, size = self._position, len(buffer)
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
            return True
        return self._in_markup(buffer, place, is_last)

    def _in_markup(self, buffer: bytes, start: int, is_last: bool) -> bool:
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
            if begun == _CDATA:
                kind = b"section"
            elif self.is_xml and begun.startswith(b"<?"):
                kind = b"instruction"
        self._position = start + (9 if kind == b"section" else 2)
        self._up_to = _UP_TO[kind]
        self._scan = HtmlReader._in_comment
        return True

    def _odd_sign(self, begun: bytes, start: int, is_last: bool) -> bool:
        """``</>`` is nothing, ``</1…>`` a comment, and any other ``<`` is text."""
        if len(begun) < 3 and not is_last and (begun == b"<" or begun == b"</"):
            return False
        if begun.startswith(b"</") and len(begun) > 2:
            self._position = start + 2
            self._up_to = _UP_TO[b"declaration"]
            self._scan = HtmlReader._in_comment
        else:
            self._position = start + 1
        return True

    def _unfinished_tag(self, buffer: bytes, start: int, name_end: int, resumed: int) -> bool:
        """Hold a tag back until it is complete, and remember how far it was read."""
        begun = None
        if name_end == len(buffer):
            self._awaited = _END_OF_NAME
        else:
            complete = _COMPLETE.match(buffer, resumed)
            self._tag_resumes = resumed = complete.end() if complete is not None else resumed
            begun = _VALUE_BEGUN.match(buffer, resumed)
            self._awaited = _ENDS[begun[1]] if begun is not None else None
        if len(buffer) - start <= HOLD_BACK:
            return False
        # Too long to be rewritten. It passes, and only its end is looked for.
        self._value_end, self._awaited = (self._awaited if begun is not None else None), None
        if begun is None and len(buffer) - resumed > HOLD_BACK:
            self._has_given_up = True
            return False
        self._raw_name = buffer[start + 1 : name_end].lower()
        self._position = begun.end() if begun is not None else resumed
        self._tag_resumes = 0
        self._scan = HtmlReader._in_long_tag
        return True

    def _in_long_tag(self, buffer: bytes, is_last: bool) -> bool:
        position = self._position
        if self._value_end is not None:
            match = self._value_end.search(buffer, position)
            if match is None:
                self._position = len(buffer)
                return False
            position = match.start() if self._value_end is _ENDS[None] else match.end()
            self._value_end = None
        complete = _COMPLETE.match(buffer, position)
        self._position = position = complete.end() if complete is not None else position
        end = _END_OF_TAG.match(buffer, position)
        if end is not None:
            return self._after_long_tag(end.end())
        begun = _VALUE_BEGUN.match(buffer, position)
        if begun is not None:
            self._value_end = _ENDS[begun[1]]
            self._position = begun.end()
            return True
        if len(buffer) - position > HOLD_BACK:
            self._has_given_up = True
        return False

    def _after_long_tag(self, end: int) -> bool:
        name = self._raw_name
        if name == b"script" or (name in RAW_TEXT and not self.foreign.is_foreign):
            return self.read_raw(name, end)
        return self.read_to_end(end) if name == b"plaintext" else self.go_on(end)

    def _at_comment_start(self, buffer: bytes, is_last: bool) -> bool:
        """``<!-->`` and ``<!--->`` close at once; ``<!--!>`` and ``<!---!>`` do not."""
        rest = buffer[self._position : self._position + 2]
        if rest in (b"", b"-") and not is_last:
            return False
        closing = 0 if self.is_xml else 1 if rest[:1] == b">" else 2 if rest == b"->" else 0
        if closing:
            return self.go_on(self._position + closing)
        self._up_to = _UP_TO[b"xml comment" if self.is_xml else b"comment"]
        self._scan = HtmlReader._in_comment
        return True

    def _in_comment(self, buffer: bytes, is_last: bool) -> bool:
        match = self._up_to.search(buffer, self._position)
        if match is None:
            self._position = max(self._position, len(buffer) - 3)
            return False
        return self.go_on(match.end())

    def _in_raw_text(self, buffer: bytes, is_last: bool) -> bool:
        match = _RAW_ENDS[self._raw_name].search(buffer, self._position)
        if match is None:
            self._position = max(self._position, len(buffer) - len(self._raw_name) - 2)
            return self._wait_for_raw_end(buffer)
        return self._at_raw_end(buffer, match.start(), match.end())

    def _in_script(self, buffer: bytes, is_last: bool) -> bool:
        """``_escaped``: 0 plain, 1 after ``<!--``, 2 after a ``<script`` inside that (sections 13.2.5.15 to 31)."""
        for match in SCRIPT_SIGNS.finditer(buffer, self._position):
            start = match.start()
            sign = match[0].lower()
            self._position = match.end()
            if sign == b"<!--":
                self._escaped = self._escaped or 1
                if buffer[start + 4 : start + 5] == b">" or buffer[start + 4 : start + 6] == b"->":
                    # Its dashes are also those of "-->".
                    self._escaped = 0
                elif not is_last and len(buffer) - start < 6:
                    self._position = start
                    return self._wait_for_raw_end(buffer)
            elif sign == b"-->":
                self._escaped = 0
            elif sign == b"<script":
                self._escaped = 2 if self._escaped else 0
            elif self._escaped == 2:
                self._escaped = 1
            else:
                return self._at_raw_end(buffer, start, match.end())
        self._position = max(self._position, len(buffer) - 8)
        return self._wait_for_raw_end(buffer)

    def _at_raw_end(self, buffer: bytes, text_end: int, name_end: int) -> bool:
        rest = REST_OF_TAG.match(buffer, name_end)
        if rest is None:
            self._position = text_end
            return self._wait_for_raw_end(buffer)
        if self._hold_from is not None and text_end - self._raw_start > HOLD_BACK and self._overflows(buffer):
            return True
        self.on_raw_end(buffer, text_end, rest.end())
        self._hold_from = None
        return self.go_on(rest.end())

    def _wait_for_raw_end(self, buffer: bytes) -> bool:
        if len(buffer) - self._position > HOLD_BACK:
            # An end tag without an end.
            self._has_given_up = True
            return False
        return self._hold_from is not None and self._position - self._raw_start > HOLD_BACK and self._overflows(buffer)

    def _overflows(self, buffer: bytes) -> bool:
        is_other = self.on_raw_overflow(buffer)
        self._hold_from = None
        return is_other

    def _in_rest(self, buffer: bytes, is_last: bool) -> bool:
        self._position = len(buffer)
        return False

    def _flush(self, buffer: bytes, *, is_last: bool) -> None:
        """The document ends here; a text that was held back is judged as far as it goes."""
        if self._hold_from is not None:
            self.on_raw_end(buffer, len(buffer), len(buffer))
            self._hold_from = None

    def _shift(self, by: int, size: int) -> None:
        """Count from the first byte that is held back."""
        self._position -= by
        self._raw_start -= by
        self._scanned = size - by
        if self._hold_from is not None:
            self._hold_from -= by
        if self._tag_resumes:
            self._tag_resumes -= by
        if by and self.places:
            self.places = deque(place - by for place in self.places if place >= by)
