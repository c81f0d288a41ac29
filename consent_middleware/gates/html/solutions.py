"""Remembers what became of the tags of one page: an ordinary page repeats a few of a third party's, an attack the same one."""

from typing import NamedTuple

from ..third_parties import Match

_MOST = 256
_LONGEST = 1024


class Solution(NamedTuple):
    """What goes out instead of a tag, before its number and after it."""

    before: bytes
    after: bytes
    matches: tuple[Match, ...]
    is_taken_out: bool


NOTHING = Solution(b"", b"", (), False)
"""Of a tag that stays as it is, and is not counted."""


class Solutions(dict[bytes, Solution]):
    """Bounded: what comes late in a page that is unlike others is worked out each time."""

    def keep(self, tag: bytes, solution: Solution) -> None:
        if len(tag) <= _LONGEST and len(self) < _MOST:
            self[tag] = solution
