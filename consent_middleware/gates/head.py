"""Puts markup at the very start of a page's head, before anything that could run.

It reads what may stand before the first element of a head: white space, comments, the doctype, the tags of html and head. Where
none of those says that this is a whole document, nothing is inserted. Every byte comes out as it went in, and at most an
unfinished tag or comment is held back.
"""

import re

from .body import HOLD_BACK
from .encodings import Body
from .html.tags import COMMENT, NAME_ENDS, REST

_BEFORE = re.compile(
    rb"""(?:\xef\xbb\xbf)?+ (?>
        [\t\n\f\r ]++
      | COMMENT
      | (?P<whole> <!doctype[^>]*+> | <html NAME_ENDS REST | <head NAME_ENDS REST )
    )*+""".replace(b"COMMENT", COMMENT)
    .replace(b"NAME_ENDS", NAME_ENDS)
    .replace(b"REST", REST),
    re.VERBOSE | re.IGNORECASE,
)
_BOM = b"\xef\xbb\xbf"
_SIGNS = (b"<!--", b"<!doctype", b"<html", b"<head")


class HeadInserter:
    """Feed it the body chunk by chunk; what comes out has ``markup`` in it once, and has gone through ``inner``."""

    def __init__(self, markup: bytes, inner: Body) -> None:
        self._markup = markup
        self._inner = inner
        self._held = b""
        self._is_whole = False
        self._is_done = False

    def feed(self, data: bytes, *, is_last: bool) -> bytes:
        """Return the bytes that can go out now."""
        return self._inner.feed(data if self._is_done else self._inserted(data, is_last), is_last=is_last)

    def _inserted(self, data: bytes, is_last: bool) -> bytes:
        buffer = self._held + data
        match = _BEFORE.match(buffer)
        place = 0
        if match is not None:
            place = match.end()
            self._is_whole |= match["whole"] is not None
        # What follows may be more of the same: it goes on with the next chunk.
        if not is_last and len(buffer) - place <= HOLD_BACK and _may_go_on(buffer[place : place + HOLD_BACK]):
            self._held = buffer[place:]
            return buffer[:place]
        self._held = b""
        self._is_done = True
        if not self._is_whole or buffer[place : place + 1] == b"\x1b":
            return buffer
        return b"".join((buffer[:place], self._markup, buffer[place:]))


def head_place(document: bytes) -> int:
    """Return where the head of a whole document begins that starts with a doctype."""
    match = _BEFORE.match(document)
    return match.end() if match is not None else 0


def _may_go_on(rest: bytes) -> bool:
    """Say whether ``rest`` is the beginning of something that may stand before the first element."""
    lowered = rest[:16].lower()
    if any(sign.startswith(lowered) for sign in (_BOM, *_SIGNS)) or lowered.startswith((b"<!--", b"<!doctype")):
        return True
    return lowered.startswith((b"<html", b"<head")) and lowered[5:6] in (b"", b" ", b"\t", b"\n", b"\f", b"\r", b"/")
