"""Takes what belongs to third parties out of the texts of scripts, styles and ``<noscript>``."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from ..encodings import Body
from ..third_parties import Match, ThirdParties
from .gated_elements import KEY, MARK
from .gated_region import Region
from .judge import PartyJudge, Seen
from .reader import HtmlReader
from .rest import BrokenRest
from .rewriting import AFTER_KEY, Allows, Frame, marker, marker_up_to_key, marks, without_addresses
from .solutions import Solution, Solutions
from .stream import HOLD_BACK
from .tags import Attribute

_LOOKS_AT_TEXT = 3
_NOSCRIPT = b"<noscript>"
"""Before the text of one, by which it is told apart from a tag."""

Placeholder = Callable[[Frame], bytes]


class Tag(NamedTuple):
    """A start tag and its places in the buffer."""

    name: bytes
    start: int
    name_end: int
    end: int
    attributes: Sequence[Attribute]
    is_foreign: bool
    is_closed: bool
    breaks_out: bool
    """It ends the foreign content that it stands in."""


class TextGate(HtmlReader):
    """One for each page. ``allows``: the visitor's decision; ``numbers``: write numbers into what is allowed. Tags are a subclass's."""

    def __init__(
        self,
        parties: ThirdParties,
        allows: Allows,
        placeholder: Placeholder,
        *,
        is_xml: bool = False,
        numbers: bool = False,
        seen: Seen | None = None,
    ) -> None:
        super().__init__(is_xml=is_xml)
        self._parties = parties
        self._judge = PartyJudge(parties, allows, seen)
        self._placeholder = placeholder
        self._numbers = numbers
        self._region: Region | None = None
        self._around = self.foreign
        """What is open around it."""
        self._drops_raw = False
        self._script: Tag | None = None
        """A script or style whose text is still to come."""
        self._solutions = Solutions()

    def on_raw_end(self, buffer: bytes, text_end: int, end: int) -> None:
        if self._drops_raw:
            self._drop_to(buffer, end)
        elif self.hold_from is not None:
            self._judge_text(buffer, text_end, end)
        self._script = None

    def begin_rest(self) -> Body:
        return BrokenRest(self._parties.breaker)

    def on_raw_overflow(self, buffer: bytes) -> bool:
        if self._script is None:
            # With and without scripting, a noscript that long would not be the same page.
            self.give_up(self.raw_start)
            return True
        self._judge_text(buffer, self.raw_start + HOLD_BACK, None)
        self._script = None
        return False

    def _judge_text(self, buffer: bytes, text_end: int, end: int | None) -> None:
        """Judge a script or style by its text. ``end``: where its end tag ends, ``None`` where that is still to come."""
        script, start = self._script, self.raw_start
        if not self.has_place(start, text_end):
            return
        self.look(_LOOKS_AT_TEXT)
        if script is None:
            self._read_noscript(buffer, text_end)
            return
        held_from = self.hold_from if self.hold_from is not None else start
        if end is not None and self._is_solved(buffer[held_from:text_end], held_from, text_end, buffer):
            self.drop(end)
            return
        text = buffer[start:text_end]
        gated = self._judge.of_text(text)
        if gated is None:
            return
        name_end = script.name_end - script.start + held_from
        if gated.name is None:
            if self._numbers:
                self.replace(buffer, name_end, name_end, b' %b="%d"' % (KEY, gated.key))
        elif script.name == b"style":
            css = without_addresses(text, self._parties, self._judge.allows)
            self.replace(buffer, name_end, name_end, marks(gated.name, gated.key))
            self.replace(buffer, start, text_end, css)
        else:
            if end is not None:
                solution = Solution(marker_up_to_key(gated.name), AFTER_KEY, gated.found, True)
                self._solutions.keep(buffer[held_from:text_end], solution)
            self.replace(buffer, held_from, text_end, marker(gated.name, gated.key))
            if end is not None:
                self.drop(end)
            elif self._region is None:
                self._drops_raw = self.is_silent = True

    def _read_noscript(self, buffer: bytes, text_end: int) -> None:
        """Read what browsers without script read as markup, and others as one text up to the first end tag."""
        start, judge = self.raw_start, self._judge
        text = buffer[start:text_end]
        if self._is_solved(_NOSCRIPT + text, start, text_end, buffer):
            return
        inner = type(self)(judge.parties, judge.allows, self._placeholder, numbers=self._numbers, seen=judge.seen)
        inner._judge = judge
        inner._left = self._left - len(text)
        # There may be one inside of it.
        heard: list[Match] = []
        key, around, judge.heard = judge.count, judge.heard, heard
        changed = inner.feed(text, is_last=True)
        self._left = inner._left
        if changed != text:
            self.replace(buffer, start, text_end, changed)
        # Most are one pixel. What stands in a frame's place may have the number in it more than once.
        before, sign, after = changed.partition(b'%b="%d"' % (KEY, key))
        lowered = text.lower()
        if sign and judge.count == key + 1 and not any(word in lowered for word in (KEY, MARK, b"<iframe")):
            solution = Solution(before + sign[: len(KEY) + 2], b'"' + after, tuple(heard), True)
            self._solutions.keep(_NOSCRIPT + text, solution)
        judge.heard = around
        if around is not None:
            around += heard

    def _is_solved(self, text: bytes, start: int, end: int, buffer: bytes) -> bool:
        """Do with a text what was done with its like, if there was one."""
        solution = self._solutions.get(text)
        if solution is not None:
            self._put(buffer, start, end, solution)
        return solution is not None

    def _put(self, buffer: bytes, start: int, end: int, solution: Solution) -> None:
        self._judge.tell(solution.matches)
        self.replace(buffer, start, end, b"%b%d%b" % (solution.before, self._judge.next_key(), solution.after))

    def _drop_to(self, buffer: bytes, end: int) -> None:
        self.copy_to(buffer, end)
        self._drops_raw = False
        self.is_silent = self._region is not None
