"""Follows the texts of HTML that are no markup: comments and the like, scripts and the other raw text elements.

By the rules of WHATWG HTML (section 13.2.5). A text may be held back until it has come to its end, and then be judged.
"""

import re

from .script_text import read_script
from .stream import HOLD_BACK, HtmlStream
from .tags import COMMENT_END, REST_OF_TAG, raw_text_end

RAW_TEXT = frozenset(b"style textarea title xmp iframe noembed noframes".split())
_RAW_ENDS = {name: raw_text_end(name) for name in RAW_TEXT | {b"noscript", b"script"}}
_UP_TO = {
    b"comment": COMMENT_END,
    b"xml comment": re.compile(rb"-->"),
    b"declaration": re.compile(rb">"),
    b"instruction": re.compile(rb"\?>"),
    b"section": re.compile(rb"\]\]>"),
}


class TextReader(HtmlStream):
    """Subclasses say what is done with a text that was held back."""

    _up_to = COMMENT_END
    _raw_name = b""
    _escaped = 0

    def on_raw_end(self, buffer: bytes, text_end: int, end: int) -> None:
        """Take the end of a raw text element's text (``raw_start`` to ``text_end``) and of its end tag."""

    def on_raw_overflow(self, buffer: bytes) -> bool:
        """A text that is being held back has become too long for that. Say whether it is to be read in another way now."""
        return False

    def read_raw(self, name: bytes, start: int, *, hold_from: int | None = None) -> bool:
        """Read the text of a script or a raw text element, holding back all from ``hold_from``."""
        self._raw_name, self._raw_start, self._escaped = name, start, 0
        self._position = start
        self._hold_from = hold_from
        self._scan = TextReader._in_script if name == b"script" else TextReader._in_raw_text
        return True

    def read_to_end(self, place: int) -> bool:
        """Nothing after ``<plaintext>`` is markup."""
        self._position = place
        self._scan = TextReader._in_rest
        return True

    def read_up_to(self, kind: bytes, start: int) -> bool:
        """Read a comment or the like to its end."""
        self._position = start
        self._up_to = _UP_TO[kind]
        self._scan = TextReader._in_comment
        return True

    @property
    def raw_start(self) -> int:
        return self._raw_start

    @property
    def hold_from(self) -> int | None:
        return self._hold_from

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
        match, self._position, self._escaped = read_script(buffer, self._position, self._escaped)
        return self._wait_for_raw_end(buffer) if match is None else self._at_raw_end(buffer, *match.span())

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
            return self.give_up(self._position)
        return self._hold_from is not None and self._position - self._raw_start > HOLD_BACK and self._overflows(buffer)

    def _overflows(self, buffer: bytes) -> bool:
        is_other = self.on_raw_overflow(buffer)
        self._hold_from = None
        return is_other

    def _in_rest(self, buffer: bytes, is_last: bool) -> bool:
        self._position = len(buffer)
        return False

    def _end(self, buffer: bytes) -> None:
        """The document ends here; a text that was held back is judged as far as it goes."""
        if self._hold_from is not None:
            self.on_raw_end(buffer, len(buffer), len(buffer))
            self._hold_from = None
