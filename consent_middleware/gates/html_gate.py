"""Takes out of streamed HTML what belongs to third parties that a visitor has not allowed.

It reads every page alike, whoever is allowed: what belongs to a third party is numbered, so that a page with gaps and one without
can be laid upon each other.
"""

import html
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ..policy.texts import Text
from .foreign import VOID
from .gated_elements import KEY, MARK, Fetch, fetches, has, is_replaced, runs, unescaped, value_of
from .gated_region import Region
from .html_reader import HOLD_BACK, RAW_TEXT, HtmlReader
from .html_rewriting import (
    Allows,
    Frame,
    escaped_css,
    frame_of,
    is_hidden_frame,
    marker,
    marks,
    stripped,
    without_addresses,
)
from .html_tags import Attribute, read_attributes
from .third_parties import Match, ThirdParties

_NEVER_WHOLE = frozenset({b"html", b"head", b"body", b"frameset"})
_MARKS = re.compile(re.escape(MARK))
_ROOTS = frozenset({b"svg", b"math"})

Placeholder = Callable[[Frame], bytes]
Seen = Callable[[str, str, bool], None]
"""Is told of a third party: its host (empty where the author named a purpose), what has to be allowed, and whether it is refused."""


class Gated(NamedTuple):
    """What was found of third parties in one element. ``name``: what has to be allowed for it; ``refused``: its attributes."""

    key: int
    name: str
    recipient: Text
    is_refused: bool
    is_marked: bool
    """The author says so, of the whole element."""
    refused: tuple[Fetch, ...]


class _Script(NamedTuple):
    """A script or style whose text is still to come."""

    start: int
    name_end: int
    attributes: Sequence[Attribute]


class HtmlGate(HtmlReader):
    """Feed it one response. ``allows``: the visitor's decision; ``numbers``: write each element's number into what is allowed."""

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
        self._allows = allows
        self._placeholder = placeholder
        self._numbers = numbers
        self._seen = seen
        self._count = 0
        self._region: Region | None = None
        self._drops_raw = False
        self._script: _Script | None = None

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
        attributes: Sequence[Attribute] = ()
        is_foreign = is_closed = False
        if is_of_interest or self.foreign or is_root or self._region is not None or self.is_xml or name == b"script":
            tag = buffer[start:end]
            attributes = read_attributes(tag, name_end - start)
            is_closed = self.is_closed(tag, attributes[-1].end if attributes else name_end - start)
            if self.foreign or is_root:
                names = frozenset(attribute.name for attribute in attributes)
                is_foreign = self.foreign.start(name, tag, names, is_closed=is_closed)
                self.count_foreign()
        is_closed = is_closed and (is_foreign or self.is_xml)
        gated = self._judge(name, attributes) if is_of_interest else None
        if self._region is not None:
            self._region.start(name, is_closed=is_closed or name in RAW_TEXT or name == b"script")
        if gated is None:
            return self._go_on(buffer, name, start, name_end, end, attributes, is_foreign, is_closed)
        if not gated.is_refused:
            if self._numbers:
                self.replace(buffer, name_end, name_end, b' %b="%d"' % (KEY, gated.key))
            return self._go_on(buffer, name, start, name_end, end, attributes, is_foreign, is_closed, is_judged=True)
        if gated.is_marked or is_replaced(name, is_foreign=is_foreign):
            return self._take_out(buffer, name, start, end, attributes, gated, is_foreign, is_closed)
        self._strip(buffer, start, name_end, end, attributes, gated)
        return self._go_on(buffer, name, start, name_end, end, attributes, is_foreign, is_closed, is_judged=True)

    def on_end(self, buffer: bytes, name: bytes, start: int, end: int) -> bool:
        if self.foreign:
            self.foreign.end(name)
            self.count_foreign()
        if self._region is not None:
            if self._region.ends_before_end(name):
                self._end_region(buffer, start)
            elif self._region.end(name):
                self._end_region(buffer, end)
        return self.go_on(end)

    def on_raw_end(self, buffer: bytes, text_end: int, end: int) -> None:
        if self._drops_raw:
            self._drop_to(buffer, end)
        elif self.hold_from is not None:
            self._judge_text(buffer, text_end, end)
        self._script = None

    def on_raw_overflow(self, buffer: bytes) -> bool:
        if self._script is None:
            # A noscript that long is read like the rest of the page.
            self.read_flat()
            return self.go_on(self.raw_start)
        self._judge_text(buffer, self.raw_start + HOLD_BACK, None)
        self._script = None
        return False

    def _go_on(
        self,
        buffer: bytes,
        name: bytes,
        start: int,
        name_end: int,
        end: int,
        attributes: Sequence[Attribute],
        is_foreign: bool,
        is_closed: bool,
        *,
        is_judged: bool = False,
    ) -> bool:
        """Read on after a start tag, by the rules that hold in its element."""
        if is_closed:
            return self.go_on(end)
        if name == b"script" and (not is_foreign or not self.foreign.is_foreign):
            if is_judged or not runs(attributes):
                return self.read_raw(name, end)
            self._script = _Script(start, name_end, attributes)
            return self.read_raw(name, end, hold_from=start)
        if is_foreign:
            return self.go_on(end)
        if name == b"style":
            if is_judged:
                return self.read_raw(name, end)
            self._script = _Script(start, name_end, attributes)
            return self.read_raw(name, end, hold_from=start)
        if self.is_xml:
            return self.go_on(end)
        if name in RAW_TEXT:
            return self.read_raw(name, end)
        if name == b"noscript":
            return self.read_raw(name, end, hold_from=end)
        return self.read_to_end(end) if name == b"plaintext" else self.go_on(end)

    def _take_out(
        self,
        buffer: bytes,
        name: bytes,
        start: int,
        end: int,
        attributes: Sequence[Attribute],
        gated: Gated,
        is_foreign: bool,
        is_closed: bool,
    ) -> bool:
        """Put a marker or a placeholder in an element's place."""
        markup = marker(gated.name, gated.key)
        if name == b"iframe" and not is_foreign and not is_hidden_frame(attributes):
            markup = self._placeholder(frame_of(gated.name, gated.key, gated.recipient, attributes))
        self.replace(buffer, start, end, markup)
        if is_closed or (name in VOID | {b"image"} and not is_foreign and not self.is_xml):
            return self.go_on(end)
        is_raw = name == b"script" or (name in RAW_TEXT or name == b"noscript")
        if is_raw and not is_foreign and (not self.is_xml or name in (b"script", b"style")):
            if self._region is None:
                self._drops_raw = self.is_silent = True
            return self.read_raw(name, end)
        if self._region is None:
            self._region = Region(name)
            self.is_silent = self.is_careful = True
        return self.go_on(end)

    def _strip(
        self,
        buffer: bytes,
        start: int,
        name_end: int,
        end: int,
        attributes: Sequence[Attribute],
        gated: Gated,
    ) -> None:
        rewritten = b""
        if any(fetch.attribute.name == b"style" for fetch in gated.refused):
            css = html.unescape(value_of(attributes, b"style").decode("latin-1")).encode("latin-1", "replace")
            rewritten = escaped_css(without_addresses(css, self._parties, self._allows))
        added = marks(gated.name, gated.key)
        tag = stripped(buffer[start:end], name_end - start, attributes, gated.refused, added, rewritten)
        self.replace(buffer, start, end, tag)

    def _judge(self, name: bytes, attributes: Sequence[Attribute]) -> Gated | None:
        """Say what of third parties is in a start tag, and count it."""
        if has(attributes, KEY) and has(attributes, MARK):
            # Our own marker, from a middleware further in.
            return None
        is_marked = has(attributes, MARK) and name not in _NEVER_WHOLE
        found = fetches(name, attributes, self._parties)
        if not is_marked and not found:
            return None
        key = self._count
        self._count += 1
        refused = tuple(fetch for fetch in found if not self._allows(fetch.match.recipient.id))
        for fetch in found:
            self._tell(fetch.match)
        if is_marked:
            wanted = unescaped(value_of(attributes, MARK)).decode("utf-8", "replace").strip()
            if not self._allows(wanted):
                if self._seen is not None:
                    self._seen("", wanted, True)
                return Gated(key, wanted, _name_of(refused), True, True, refused)
        if not refused:
            return Gated(key, "", "", False, is_marked, ())
        recipient = refused[0].match.recipient
        return Gated(key, recipient.id, _name_of(refused), True, False, refused)

    def _judge_text(self, buffer: bytes, text_end: int, end: int | None) -> None:
        """Judge a script or style by its text. ``end``: where its end tag ends, ``None`` where that is still to come."""
        script, start = self._script, self.raw_start
        if not self.has_place(start, text_end):
            return
        if script is None:
            self._read_noscript(buffer, text_end)
            return
        text = buffer[start:text_end]
        matches = [Match(mention.host, mention.recipient) for mention in self._parties.mentions(text)]
        if not matches:
            return
        key = self._count
        self._count += 1
        refused = next((match for match in matches if not self._allows(match.recipient.id)), None)
        for match in dict.fromkeys(matches):
            self._tell(match)
        held_from = self.hold_from if self.hold_from is not None else start
        name_end = script.name_end - script.start + held_from
        if refused is None:
            if self._numbers:
                self.replace(buffer, name_end, name_end, b' %b="%d"' % (KEY, key))
        elif buffer[held_from:name_end].lower() == b"<style":
            added = marks(refused.recipient.id, key)
            css = without_addresses(text, self._parties, self._allows)
            self.replace(buffer, name_end, name_end, added)
            self.replace(buffer, start, text_end, css)
        else:
            self.replace(buffer, held_from, text_end, marker(refused.recipient.id, key))
            if end is not None:
                self.drop(end)
            elif self._region is None:
                self._drops_raw = self.is_silent = True

    def _read_noscript(self, buffer: bytes, text_end: int) -> None:
        """Read what browsers without script read as markup, and others as one text up to the first end tag."""
        inner = HtmlGate(
            self._parties, self._allows, self._placeholder, is_xml=False, numbers=self._numbers, seen=self._seen
        )
        inner._count = self._count
        text = buffer[self.raw_start : text_end]
        changed = inner.feed(text, is_last=True)
        self._count = inner._count
        if changed != text:
            self.replace(buffer, self.raw_start, text_end, changed)

    def _drop_to(self, buffer: bytes, end: int) -> None:
        self.copy_to(buffer, end)
        self._drops_raw = False
        self.is_silent = self._region is not None

    def _end_region(self, buffer: bytes, place: int) -> None:
        self.copy_to(buffer, place)
        self._region = None
        self.is_silent = self.is_careful = False

    def _tell(self, match: Match) -> None:
        if self._seen is not None:
            self._seen(match.host, match.recipient.id, not self._allows(match.recipient.id))


def _name_of(refused: Sequence[Fetch]) -> Text:
    return refused[0].match.recipient.name if refused else ""
