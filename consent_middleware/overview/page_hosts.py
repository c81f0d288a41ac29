"""Finds every host that a page would have a browser ask, known or not.

The HTML gate looks for hosts that it knows, on each page; this looks for any, so it is slower and reads a page once in a while.
"""

import re
from collections.abc import Callable, Iterator

from ..gates.encodings import Body, can_open, opened
from ..gates.html.gate import HtmlGate
from ..gates.third_parties import Match, ThirdParties
from ..policy import Policy
from ..policy.recipients import Recipient
from ..policy.written import HOST
from .items import UNDECLARED

LARGEST = 1_000_000
"""Bytes of a page that are read, unpacked."""
_PLACES = re.compile(rb"[/\\][/\\]|https?:|&#|&sol|&bsol")
"""What an absolute address cannot be without, in lower case."""


class AnyParties(ThirdParties):
    """Takes every absolute address for a third party's, and in scripts those that are known."""

    def __init__(self, policy: Policy) -> None:
        super().__init__(policy)
        self._known = super().scan

    def scan(self, lowered: bytes, start: int) -> list[int]:
        places = [match.start() for match in _PLACES.finditer(lowered, max(0, start - 8))]
        return sorted({*places, *self._known(lowered, start)})

    def _of_host(self, host: bytes) -> Match | None:
        return self._found((host.decode("ascii"), ""))

    def _found(self, location: tuple[str, str] | None) -> Match | None:
        if location is None or not HOST.fullmatch(location[0]):
            return None
        host = location[0]
        return Match(host, Recipient(id=UNDECLARED, purpose=UNDECLARED, name=host))


class PageReader:
    """Reads one page as it goes by. ``found`` is told of each host once; a body that cannot be read is let go."""

    def __init__(self, parties: ThirdParties, found: Callable[[str], None], coding: bytes, *, is_xml: bool) -> None:
        self._hosts: set[str] = set()
        self._found = found
        self._gate: Body = HtmlGate(parties, lambda _: True, lambda _: b"", is_xml=is_xml, seen=self._see)
        self._decoder = opened(coding)[0] if coding else None
        self._read = 0

    def feed(self, data: bytes, *, is_last: bool) -> bool:
        """Say whether more is wanted."""
        try:
            for piece in self._pieces(data):
                self._gate.feed(piece, is_last=False)
                self._read += len(piece)
                if self._read >= LARGEST:
                    return False
        except Exception:
            # Not what its header says it is: each library has errors of its own, and the page is the app's business.
            return False
        if is_last:
            self._gate.feed(b"", is_last=True)
        return not is_last

    def _pieces(self, data: bytes) -> Iterator[bytes]:
        return self._decoder.decode(data) if self._decoder is not None else iter((data,))

    def _see(self, host: str, name: str, is_refused: bool) -> None:
        if host and host not in self._hosts:
            self._hosts.add(host)
            self._found(host)


def is_readable(coding: bytes) -> bool:
    return not coding or can_open(coding)
