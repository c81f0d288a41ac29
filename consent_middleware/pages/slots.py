"""Places in rendered markup that each request fills in."""

import re
import secrets
from collections.abc import Mapping


class Slots:
    """A mark for each name. The marks are random, so that no text of a policy holds one by accident."""

    def __init__(self, *names: str) -> None:
        mark = secrets.token_hex(8)
        self.marks: Mapping[str, str] = {name: f"[{mark}{place}]" for place, name in enumerate(names)}
        self._names = names
        self._slot = re.compile(rf"\[{mark}(\d)\]".encode())

    def cut(self, html: str) -> tuple[tuple[bytes, ...], tuple[int, ...]]:
        """Return what stands between the places, and the number of each place: in ASCII, since the page may be in another charset."""
        parts = self._slot.split(html.encode("ascii", "xmlcharrefreplace"))
        return tuple(parts[::2]), tuple(map(int, parts[1::2]))

    def fill(self, markup: bytes, **values: str) -> bytes:
        """Return ``markup`` with a value in each place, as HTML in ASCII."""
        written = [values[name].encode("ascii", "xmlcharrefreplace") for name in self._names]
        return self._slot.sub(lambda found: written[int(found[1])], markup)
