"""Breaks up the names of hosts in a text, whatever the text is.

A dot becomes a sign that no host may hold (WHATWG URL, section 3.1), so that an address with it is none. That is cruder than
to look who is behind it, and takes no longer whatever comes: other hosts with the same endings may go the same way.
"""

import re
from collections.abc import Collection

from .host_spellings import ANY_DOT, ending, other_written_name

_SIGN = b"^"


class HostBreaker:
    """Made once for the hosts with these endings, and these names before them. Without endings, a host needs no dot."""

    def __init__(self, endings: Collection[str], names: Collection[str]) -> None:
        pattern = rb"\.(?<!%b\.)(?=%b)|%b" % (other_written_name(names), ending(endings), ANY_DOT)
        self._dots = re.compile(pattern, re.IGNORECASE) if endings else None

    def broken(self, text: bytes) -> bytes:
        """Return a text in which no such host is left: nothing of it, where nothing tells."""
        return self._dots.sub(_SIGN, text) if self._dots is not None else b""
