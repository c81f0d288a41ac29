"""Finds where a document might name one of some hosts, in any spelling that a browser would resolve.

Sound, not exact: every such place is found, and some that are none. It runs over all of a page, so it looks for dots alone: no
host does without, and the few domains and endings there are tell most dots apart at once.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from .addresses import canonical, unescape_lowered
from .host_breaking import HostBreaker
from .host_spellings import ASCII_SIGNS, DOTS, LABEL, RUN, ending, first_of, other_name, other_written_name

_RARE = 2000
"""Bytes from one such sign to the next from which on looking for that one byte, with a turn for each, is faster than an expression."""
_LONGEST_DOT = 24
_LONGEST_SIGN = 32
"""Bytes before what is new in which a spelling may have begun."""
_CUT_DOT = re.compile(rb"(?:&[^;&<>\s]*|%[0-9a-f%]*|[\xe2\xe3\xef][\x80\xb8\xb9\xbc\xbd]?)\Z")
_UNCLEAR = frozenset(b"&#;%\t\r\n") | frozenset(range(0x80, 0x100))
_WINDOW = 320
"""Bytes before and after a dot that are decoded: enough for a host that is written in references throughout."""
_MOST_UNCLEAR = 256
"""Dots of one chunk that are decoded. Where there are more, each counts as a place: to look at tags costs less."""
_DENSE = 64
"""Bytes to a dot of interest, and so many are always looked at. Where there are more, ``_SIGNED`` counts."""
_SIGNED = re.compile(rb"[.&%\xe2\xe3\xef][^<>]*+")
"""Up to the next angle whatever begins with what may be a dot: in every tag, and in every text after one, its first is a place."""
_ANYWHERE = re.compile(rb"[/\\:]")
_INSIDE = re.compile("[\t\n\r]")


class HostScanner:
    """Made once for all hosts of a policy."""

    def __init__(self, hosts: Iterable[str]) -> None:
        # The last two labels: of a host with none but one, nothing tells it apart from a word.
        self._domains = {".".join(host.split(".")[-2:]) for host in hosts}
        self._raw_domains = {domain.encode("ascii") for domain in self._domains}
        self._all_domains = tuple(self._raw_domains)
        self._is_blind = any("." not in domain for domain in self._domains)
        endings = {domain.rpartition(".")[2] for domain in self._domains}
        names = {domain.partition(".")[0] for domain in self._domains}
        plain = b"|".join(re.escape(word.encode()) for word in sorted(endings, reverse=True))
        plain = rb"\.(?:" + plain + rb")(?![a-z0-9_-])"
        self._plain_endings = re.compile(plain)
        self._plain_dots = re.compile(plain.replace(rb"\.", rb"\.(?<!" + other_name(names) + rb"\.)", 1))
        # A class says no to most dots before anything else is tried. The lookbehinds go back to the dot.
        self._dots = (
            re.compile(
                rb"\.%b(?<=(?=(\.%b))[\s\S]{2})(?<!%b[\s\S]{2})"
                % (first_of(endings), ending(endings), other_written_name(names))
            )
            if endings
            else None
        )
        self._spelled = frozenset(endings), frozenset(names)

    @cached_property
    def breaker(self) -> HostBreaker:
        """What is for pages past all measure; few servers ever see one."""
        return HostBreaker(*self._spelled) if not self._is_blind else HostBreaker((), ())

    def scan(self, lowered: bytes, start: int) -> list[int]:
        """Return the places in a text in lower case, in order, at or after ``start``. What is before it was scanned already."""
        if self._is_blind:
            return [match.start() for match in _ANYWHERE.finditer(lowered, start)]
        if self._dots is None:
            return []
        # Only what is new, with enough before it for any host: a long text may come byte by byte.
        offset = max(0, start - _WINDOW - 64)
        lowered = lowered[offset:] if offset else lowered
        places = self._places(lowered, start - offset)
        return [place + offset for place in places] if offset else places

    def _places(self, lowered: bytes, start: int) -> list[int]:
        named: list[int] = []
        unclear: list[int] = []
        left = _DENSE + (len(lowered) - start) // _DENSE
        for match in self._dots.finditer(lowered, start) if self._dots is not None else ():
            place = match.start()
            end = match.end(1)
            before = lowered[max(0, place - 64) : place]
            rest = before.rstrip(LABEL)
            if before[len(rest) :] + match[1] in self._raw_domains:
                named.append(place)
            if not rest or rest[-1] in _UNCLEAR or end == len(lowered) or not match[1][1:].isalnum():
                unclear.append(place)
            left -= 1
            if not left:
                return [match.start() for match in _SIGNED.finditer(lowered, max(0, start - _LONGEST_SIGN))]
        if lowered.endswith(b"."):
            unclear.append(len(lowered) - 1)
        unclear += _spelled_dots(lowered, start)
        if unclear:
            unclear.sort()
            named += unclear if len(unclear) > _MOST_UNCLEAR else self._resolved(lowered, unclear)
            named.sort()
        return named

    def _resolved(self, lowered: bytes, places: list[int]) -> Iterator[int]:
        """Decode all around those dots, and look again. Neighbors are decoded together, so that many cost no more than one."""
        group: list[int] = []
        for place in [*places, len(lowered) + 2 * _WINDOW]:
            if group and place - group[-1] > _WINDOW:
                text = lowered[max(0, group[0] - _WINDOW) : group[-1] + _WINDOW]
                if self._names(text):
                    yield from group
                elif group[-1] + _WINDOW >= len(lowered) and not lowered[group[-1] :].strip(RUN):
                    # The chunk ends within what may be a host.
                    yield group[-1]
                group = []
            group.append(place)

    def named(self, text: bytes) -> Iterator[int]:
        """Find what is written plainly, as in scripts and styles, where nothing is decoded."""
        lowered = text.lower()
        for match in self._plain_dots.finditer(lowered):
            place = match.start()
            before = lowered[max(0, place - 64) : place]
            if before[len(before.rstrip(LABEL)) :] + match[0] in self._raw_domains:
                yield place

    def _names(self, text: bytes) -> bool:
        decoded = canonical(_INSIDE.sub("", unescape_lowered(text))).encode("utf-8", "replace")
        # What stands before a name may have come closer by decoding, so that any ending counts.
        return any(
            decoded[max(0, match.start() - 64) : match.end()].endswith(self._all_domains)
            for match in self._plain_endings.finditer(decoded)
        )


def _spelled_dots(lowered: bytes, start: int) -> Iterator[int]:
    # A spelling may have begun before.
    start = max(0, start - _LONGEST_SIGN)
    for sign, before, pattern in DOTS[:ASCII_SIGNS] if lowered.isascii() else DOTS:
        turns = 8 + (len(lowered) - start) // _RARE
        place = lowered.find(sign, start)
        while place >= 0 and turns:
            if pattern.match(lowered, place - before):
                yield place - before
            place = lowered.find(sign, place + 1)
            turns -= 1
        if place >= 0:
            for match in pattern.finditer(lowered, place - before):
                yield match.start()
    # Mostly a chunk ends with a tag or a line, and nothing is cut.
    if not lowered.endswith((b">", b"\n", b" ")):
        cut = _CUT_DOT.search(lowered, max(0, len(lowered) - _LONGEST_DOT))
        if cut is not None:
            yield cut.start()
