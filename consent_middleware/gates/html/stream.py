"""Takes streamed HTML in and sends it on: what is held back, what goes out as it came, and what goes out instead.

Every byte goes out as it came, as soon as the construct it belongs to is complete; an unfinished one is held back up to 64 KiB.
"""

import re
from collections import deque
from collections.abc import Callable

from ..encodings import Body

HOLD_BACK = 65_536
BYTES_TO_A_LOOK = 40
"""A look at one tag takes some 5 µs, so that what is looked at takes a megabyte no more than the rest of it does."""
_LOOKS_AT_FIRST = 5000

Scanner = Callable[..., bool]
"""A function of the class whose object it is called with, not a method of that object, which would refer to itself. It gets the
buffer and whether that is the last, moves ``_position``, and returns whether to go on with what it left; False waits for more bytes."""


class HtmlStream:
    """Feed it the body chunk by chunk. Subclasses have the scanners."""

    # What most pages never need to change costs them nothing here.
    is_silent = False
    """What comes now does not go out."""
    _held = b""
    _lowered = b""
    _position = 0
    _sent = 0
    _scanned = 0
    _hold_from: int | None = None
    _awaited: re.Pattern[bytes] | None = None
    _tag_resumes = 0
    _raw_start = 0
    _is_begun = False
    _has_given_up = False
    _rest: Body | None = None
    """What takes the rest of a page that is not read any more."""
    _left = _LOOKS_AT_FIRST * BYTES_TO_A_LOOK
    """Bytes for which something may be looked at."""

    def __init__(self, scan: Scanner) -> None:
        self.places: deque[int] = deque()
        """Where something of interest may be, from the present position on."""
        self._out: list[bytes] = []
        self._scan = scan

    def feed(self, data: bytes, *, is_last: bool) -> bytes:
        """Return the bytes that can go out now."""
        if self._rest is not None:
            return b"" if self.is_silent else self._rest.feed(data, is_last=is_last)
        self._left += len(data)
        if self._awaited is not None:
            # What was cut in the middle of a long value is not read again with each byte of it.
            if not is_last and len(self._held) + len(data) <= HOLD_BACK and self._awaited.search(data) is None:
                self._held += data
                return b""
            self._awaited = None
        buffer = self._held + data if self._held else data
        self._lowered = buffer.lower()
        # Most bodies end with a message that has nothing in it.
        found = self.find_places(self._lowered, self._scanned) if len(buffer) > self._scanned else None
        if found:
            self.places = deque(sorted([*self.places, *found]) if self.places else found)
        if is_last and not self.places and not self._is_begun:
            # A whole document without places of interest goes out unread.
            return buffer
        self._out = []
        self._sent = 0
        while self._scan(self, buffer, is_last):
            pass
        if self._has_given_up:
            return self._give_up(buffer, is_last=is_last)
        if is_last:
            self._end(buffer)
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

    def go_on(self, place: int) -> bool:
        """Read on outside of everything."""
        raise NotImplementedError

    def _end(self, buffer: bytes) -> None:
        """The document ends here."""
        raise NotImplementedError

    def begin_rest(self) -> Body:
        """Return what takes the rest of a page that is not read any more."""
        raise NotImplementedError

    # What subclasses do.

    def look(self, times: int = 1) -> None:
        """Take note of work. Where there is too much of it for a page of this size, the rest is not read any more."""
        self._left -= times * BYTES_TO_A_LOOK

    def give_up(self, place: int) -> bool:
        """Stop reading here."""
        self._position = place
        self._has_given_up = True
        self._scan = HtmlStream._stopped
        return False

    def _stopped(self, buffer: bytes, is_last: bool) -> bool:
        return False

    def _give_up(self, buffer: bytes, *, is_last: bool) -> bytes:
        self._end(buffer)
        self.copy_to(buffer, self._position)
        self._held = b""
        self.places.clear()
        self._rest = self.begin_rest()
        if not self.is_silent:
            self._out.append(self._rest.feed(buffer[self._sent :], is_last=is_last))
        return b"".join(self._out)

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

    def has_place(self, start: int, end: int) -> bool:
        """Say whether something between the two may be of interest; what is before them is forgotten."""
        places = self.places
        while places and places[0] < start:
            places.popleft()
        return bool(places) and places[0] < end

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
