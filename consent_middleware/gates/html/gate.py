"""Takes out of streamed HTML what belongs to third parties that a visitor has not allowed.

It reads every page alike, whoever is allowed: ``html_judge`` numbers what belongs to a third party.
"""

import html
import re
from collections.abc import Sequence

from .foreign import VOID
from .gated_elements import KEY, MARK, is_replaced, runs, value_of
from .gated_region import Region
from .judge import Gated
from .rewriting import (
    AFTER_KEY,
    escaped_css,
    frame_of,
    is_hidden_frame,
    marker,
    marker_up_to_key,
    marks,
    marks_up_to_key,
    stripped,
    without_addresses,
)
from .solutions import NOTHING, Solution
from .stream import HOLD_BACK
from .tags import Attribute, read_attributes
from .text_gate import Tag, TextGate
from .texts import RAW_TEXT

_MARKS = re.compile(re.escape(MARK))
_LOOKS_AT_TAG = 2
_ROOTS = frozenset({b"svg", b"math"})
_VOID = VOID | {b"image"}
_TEXTS = RAW_TEXT | {b"script", b"style", b"noscript", b"plaintext"}
_BREAK_OUT = b"<span></span>"
"""Ends foreign content in the place of a tag that did."""
_EMPTY = {b"script": b"</script>", b"iframe": b"</iframe>"}
"""Elements that are mostly empty, and how they then go on."""


class HtmlGate(TextGate):
    """Feed it one response. ``allows``: the visitor's decision; ``numbers``: write each element's number into what is allowed."""

    def find_places(self, lowered: bytes, start: int) -> list[int]:
        found = self._parties.scan(lowered, start)
        # An attribute's name cannot be spelled in another way, but for its case.
        place = lowered.find(MARK, max(0, start - len(MARK)))
        if place < 0:
            return found
        return sorted([*found, *(match.start() for match in _MARKS.finditer(lowered, place))])

    def on_start(self, buffer: bytes, name: bytes, start: int, name_end: int, end: int) -> bool:
        if self._region is not None and self._region.ends_before_start(name):
            self._end_region(buffer, start)
        is_of_interest = self.has_place(start, end) and end - start <= HOLD_BACK
        is_root = name in _ROOTS and not self.is_xml
        is_special = self.foreign or is_root or self._region is not None or self.is_xml
        if not is_special and is_of_interest:
            solution = self._solutions.get(buffer[start:end])
            if solution is NOTHING:
                return self.go_on(end)
            if solution is not None:
                return self._solve(buffer, name, start, end, solution)
        attributes: Sequence[Attribute] = ()
        is_foreign = is_closed = breaks_out = False
        if is_of_interest or is_special or name == b"script":
            tag = buffer[start:end]
            attributes = read_attributes(tag, name_end - start)
            if is_special:
                if self._is_lost(name):
                    return self.give_up(start)
                is_closed = self.is_closed(tag, attributes[-1].end if attributes else name_end - start)
            if self.foreign or is_root:
                names = frozenset([attribute.name for attribute in attributes])
                if is_root:
                    self.look()
                was_foreign = self.foreign.is_foreign
                is_foreign = self.foreign.start(name, tag, names, is_closed=is_closed)
                breaks_out = was_foreign and not is_foreign
        is_closed = is_closed and (is_foreign or self.is_xml)
        if self._region is not None:
            self._region.start(name, is_closed=is_closed or name in RAW_TEXT or name == b"script")
        if not is_of_interest and name not in _TEXTS:
            return self.go_on(end)
        self.look(_LOOKS_AT_TAG + len(attributes) // 2)
        whole = Tag(name, start, name_end, end, attributes, is_foreign, is_closed, breaks_out)
        gated = self._judge.of_tag(name, attributes) if is_of_interest else None
        if gated is None and is_of_interest and not is_special and name not in _TEXTS:
            self._solutions.keep(buffer[start:end], NOTHING)
        if gated is None:
            return self._go_on(whole)
        if not gated.is_refused:
            if self._numbers:
                self.replace(buffer, name_end, name_end, b' %b="%d"' % (KEY, gated.key))
            return self._go_on(whole, is_judged=True)
        self.look(_LOOKS_AT_TAG)
        if gated.is_marked or is_replaced(name, is_foreign=is_foreign):
            return self._take_out(buffer, whole, gated, is_usual=not is_special)
        self._strip(buffer, whole, gated, is_usual=not is_special)
        return self._go_on(whole, is_judged=True)

    def on_end(self, buffer: bytes, name: bytes, start: int, end: int) -> bool:
        if self._region is not None and self._region.ends_before_end(name):
            self._end_region(buffer, start)
        if self.foreign:
            self.foreign.end(name)
        if self._region is not None and self._region.end(name):
            self._end_region(buffer, end)
        return self.go_on(end)

    def _is_lost(self, name: bytes) -> bool:
        """Say whether nobody knows by which rules to read on after a start tag."""
        foreign = self.foreign
        return (
            foreign.is_too_deep
            or (foreign.is_unsure and (name in _TEXTS or name in _ROOTS))
            or (self._region is not None and self._region.is_too_deep)
        )

    def _go_on(self, tag: Tag, *, is_judged: bool = False) -> bool:
        """Read on after a start tag, by the rules that hold in its element."""
        name, end, is_foreign = tag.name, tag.end, tag.is_foreign
        if tag.is_closed or name not in _TEXTS:
            return self.go_on(end)
        if name == b"script" and (not is_foreign or not self.foreign.is_foreign):
            if is_judged or not runs(tag.attributes):
                return self.read_raw(name, end)
            self._script = tag
            return self.read_raw(name, end, hold_from=tag.start)
        if is_foreign:
            return self.go_on(end)
        if name == b"style":
            if is_judged:
                return self.read_raw(name, end)
            self._script = tag
            return self.read_raw(name, end, hold_from=tag.start)
        if self.is_xml:
            return self.go_on(end)
        if name in RAW_TEXT:
            return self.read_raw(name, end)
        if name == b"noscript":
            return self.read_raw(name, end, hold_from=end)
        return self.read_to_end(end) if name == b"plaintext" else self.go_on(end)

    def _solve(self, buffer: bytes, name: bytes, start: int, end: int, solution: Solution) -> bool:
        """Do with a tag what was done with its like."""
        self._put(buffer, start, end, solution)
        return self._after_taken_out(buffer, name, end) if solution.is_taken_out else self.go_on(end)

    def _take_out(self, buffer: bytes, tag: Tag, gated: Gated, *, is_usual: bool) -> bool:
        """Put a marker or a placeholder in an element's place."""
        name, start, end, is_foreign = tag.name, tag.start, tag.end, tag.is_foreign
        markup = marker(gated.name, gated.key)
        if name == b"iframe" and not is_foreign and not is_hidden_frame(tag.attributes):
            markup = self._placeholder(frame_of(gated.name, gated.key, gated.recipient, tag.attributes))
        elif is_usual and not gated.is_marked and (name in _VOID or name in _EMPTY):
            solution = Solution(marker_up_to_key(gated.name), AFTER_KEY, gated.found, True)
            self._solutions.keep(buffer[start:end], solution)
        self.replace(buffer, start, end, _BREAK_OUT + markup if tag.breaks_out else markup)
        if tag.is_closed or (name in _VOID and not is_foreign and not self.is_xml):
            return self.go_on(end)
        is_raw = name == b"script" or (name in RAW_TEXT or name == b"noscript")
        if is_raw and not is_foreign and (not self.is_xml or name in (b"script", b"style")):
            return self._after_taken_out(buffer, name, end)
        if self._region is None:
            self._region = Region(name)
            self._around = self.foreign.without(name)
            self.is_silent = self.is_careful = True
        return self.go_on(end)

    def _after_taken_out(self, buffer: bytes, name: bytes, end: int) -> bool:
        """Leave out the text of an element whose start tag went."""
        if name in _VOID:
            return self.go_on(end)
        empty = _EMPTY.get(name)
        if empty is not None and buffer.startswith(empty, end):
            self.replace(buffer, end, end + len(empty), b"")
            return self.go_on(end + len(empty))
        if self._region is None:
            self._drops_raw = self.is_silent = True
        return self.read_raw(name, end)

    def _strip(self, buffer: bytes, tag: Tag, gated: Gated, *, is_usual: bool) -> None:
        start, name_end = tag.start, tag.name_end
        rewritten = b""
        if any(fetch.attribute.name == b"style" for fetch in gated.refused):
            self.look(_LOOKS_AT_TAG)
            css = html.unescape(value_of(tag.attributes, b"style").decode("latin-1")).encode("latin-1", "replace")
            rewritten = escaped_css(without_addresses(css, self._parties, self._judge.allows))
        added = marks(gated.name, gated.key)
        written = buffer[start : tag.end]
        sent = stripped(written, name_end - start, tag.attributes, gated.refused, added, rewritten)
        self.replace(buffer, start, tag.end, sent)
        if is_usual and tag.name not in _TEXTS:
            before = written[: name_end - start] + marks_up_to_key(gated.name)
            after = sent[name_end - start + len(added) - 1 :]
            self._solutions.keep(written, Solution(before, after, gated.found, False))

    def _end_region(self, buffer: bytes, place: int) -> None:
        self.copy_to(buffer, place)
        self._region = None
        # What was opened or closed in there is so no more.
        self.foreign = self._around
        self.is_silent = self.is_careful = False
