"""Puts markup where the body of streamed HTML begins.

Every byte comes out as it went in and as soon as it can: at most an unfinished tag (4 KiB) is held back. Where the document is
none, or too strange, nothing is inserted.
"""

from .head_reader import HeadReader
from .simple_heads import simple_body_place

HOLD_BACK = 4096
_LONGEST_HEAD = 10_000
"""Tags, comments and the like before the body. A document with more is no page for people, and reading it takes time."""


class BodyInserter(HeadReader):
    """Feed it the body chunk by chunk; it gives the same bytes back, with ``markup`` once at the start of the body."""

    # What most pages never need to change costs them nothing here.
    _held = b""
    _left = _LONGEST_HEAD

    def __init__(self, markup: bytes) -> None:
        self._markup = markup

    def feed(self, data: bytes, *, is_last: bool) -> bytes:
        """Return the bytes that can go out now."""
        if self.is_done:
            return data
        if self._scan is None:
            place = simple_body_place(data)
            if place is not None:
                self.is_done = self.is_inserted = True
                return _inserted(data, place, self._markup)
            self._scan = BodyInserter._at_start
        buffer = self._held + data if self._held else data
        if self._is_in_tag and b">" not in data and not is_last and len(buffer) <= HOLD_BACK:
            # A tag that comes byte by byte is not read again with each of them.
            self._held = buffer
            return b""
        self._held = b""
        self._position = 0
        self._is_in_tag = False
        while not self.is_done and self._scan(self, buffer, is_last):
            # Each step is one sign of the document, however it was split.
            self._left -= 1
            if not self._left:
                self._give_up()
        if self.is_done:
            return _inserted(buffer, self._position, self._markup) if self.is_inserted else buffer
        if is_last:
            return self._finish(buffer)
        if len(buffer) - self._position > HOLD_BACK:
            self._give_up()
            return buffer
        self._held = buffer[self._position :]
        return buffer[: self._position]

    def _finish(self, buffer: bytes) -> bytes:
        """A document without any body content: the body is implied at its end, unless something was left open."""
        is_closed = self._scan is BodyInserter._in_head and self._position == len(buffer) and not self._templates
        self.is_done = True
        self.is_inserted = is_closed and self._is_whole
        return buffer + self._markup if self.is_inserted else buffer


def _inserted(data: bytes, place: int, markup: bytes) -> bytes:
    # By views, so that a large chunk is copied once and not twice.
    view = memoryview(data)
    return b"".join((view[:place], markup, view[place:]))
