"""Takes the rest of a page that is past all measure: nothing is looked for in it any more, but hosts of third parties are broken up.

Whatever state a browser is in by then, in a script or a drawing or in text: nothing that it reads leads to one of them.
"""

import re

from ..host_breaking import HostBreaker
from ..host_spellings import RUN
from .gated_elements import MARK
from .stream import HOLD_BACK

_WORD = RUN + RUN.upper()
_MARK = re.compile(re.escape(MARK), re.IGNORECASE)


class BrokenRest:
    """Feed it the rest of one page. With a mark of the page's author it ends: how far what is marked reaches, nobody knows by then."""

    def __init__(self, breaker: HostBreaker) -> None:
        self._breaker = breaker
        self._held = b""
        self._is_over = False

    def feed(self, data: bytes, *, is_last: bool) -> bytes:
        """Return the bytes that can go out now; the last word may be the beginning of a host, and is held back."""
        if self._is_over:
            return b""
        text = self._held + data
        whole = text if is_last else text.rstrip(_WORD)
        # No host is that long, but what may stand between its letters is.
        self._held = text[len(whole) :] if len(text) - len(whole) <= HOLD_BACK else b""
        mark = _MARK.search(whole)
        if mark is not None:
            self._is_over = True
            whole = whole[: mark.start()]
        return self._breaker.broken(whole)
