"""Follows tags that come in pieces: they are held back until they are whole, or too long for that."""

import re

from .stream import HOLD_BACK
from .tags import ATTRIBUTES
from .texts import RAW_TEXT, TextReader

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


class TagReader(TextReader):
    """Where a tag goes on when it comes in pieces: what was read of it is not read again."""

    _value_end: re.Pattern[bytes] | None = None

    @property
    def has_raw_text(self) -> bool:
        """Say whether raw text elements hold raw text here: not in foreign content."""
        raise NotImplementedError

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
            return self.give_up(start)
        self._raw_name = buffer[start + 1 : name_end].lower()
        self._position = begun.end() if begun is not None else resumed
        self._tag_resumes = 0
        self._scan = TagReader._in_long_tag
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
        return self.give_up(position) if len(buffer) - position > HOLD_BACK else False

    def _after_long_tag(self, end: int) -> bool:
        name = self._raw_name
        if name == b"script" or (name in RAW_TEXT and self.has_raw_text):
            return self.read_raw(name, end)
        return self.read_to_end(end) if name == b"plaintext" else self.go_on(end)
