"""Finds where a document might name one of some hosts, in any spelling that a browser would resolve.

Sound, not exact: every such place is found, and some that are none. It runs over all of a page, so it looks for dots alone: no
host does without, and the few domains and endings there are tell most dots apart at once.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .addresses import canonical, unescape_lowered

# What may stand for a character of a host: a reference, a percent-encoded byte, or a letter beyond ASCII that is mapped to one.
# A chunk may end in the middle, so its end counts too.
# References that are in many texts and in no host.
_PLAIN_REFERENCES = (
    rb"(?:nbsp|quot|amp|lt|gt|apos|[lr][sd]quo|[mn]dash|copy|reg|[lr]aquo|bull|middot"
    rb"|#(?:34|39|160|821[1-9]|822[0-3]|x27|x22|xa0|x201[0-9a-f]));"
)
# Percent-encoded, no host has them: what ends it in an address, spaces and the like.
_PLAIN_ESCAPES = rb"(?:[01][0-9a-f]|2[0-46-9abcf]|3[a-f]|40|5[b-e]|60|7[b-f])"
# Dashes, quotation marks and the space that does not break: they follow many full stops, and stand for nothing else.
_PLAIN_SIGNS = rb"(?:\xc2\xa0|\xe2\x80[\x93\x94\x98\x99\x9c\x9d])"
_SPELLED = (
    rb"&(?=[#a-z]|\Z)(?!" + _PLAIN_REFERENCES + rb")|%(?!" + _PLAIN_ESCAPES + rb")"
    rb"|(?!" + _PLAIN_SIGNS + rb")[\xc2\xc5\xca\xcb\xcd\xd8\xe1-\xe3\xea\xef\xf0\xf3]|\Z"
)
_BREAKS = rb"[\t\n\r]*+"
# Raw full stops of Chinese and Japanese end sentences too: then no letter of a domain's ending follows.
_GOES_ON = rb"(?=" + _BREAKS + rb"(?:[a-z0-9]|" + _SPELLED + rb"))"
_ESCAPED_DOT = rb"2e|e2%80%a4|e3%80%82|ef%b[89]%92|ef%bc%8e|ef%bd%a1"
_SPELLED_DOTS = tuple(
    (sign, before, re.compile(pattern))
    for sign, before, pattern in (
        (
            b"&",
            0,
            rb"&(?:#(?:0*(?:37|46|8228|12290|65042|65106|65294|65377)(?![0-9])"
            rb"|x0*(?:25|2e|2024|3002|fe12|fe52|ff0e|ff61)(?![0-9a-f]))"
            rb"|period;|percnt;)",
        ),
        (b"%", 0, rb"%(?:" + _ESCAPED_DOT + rb"|25(?:25)*+(?:" + _ESCAPED_DOT + rb"))"),
        (b"\xa4", 2, rb"\xe2\x80\xa4" + _GOES_ON),
        (b"\xe3", 0, rb"\xe3\x80\x82" + _GOES_ON),
        (b"\xef", 0, rb"\xef(?:[\xb8\xb9]\x92|\xbc\x8e|\xbd\xa1)" + _GOES_ON),
    )
)
"""A byte that is in every such spelling, after how many others, and the spelling."""
_ASCII_SIGNS = 2
_RARE = 2000
"""Bytes from one such sign to the next from which on looking for that one byte, with a turn for each, is faster than an expression."""
_LONGEST_DOT = 24
_CUT_DOT = re.compile(rb"(?:&[^;&<>\s]*|%[0-9a-f%]*|[\xe2\xe3\xef][\x80\xb8\xb9\xbc\xbd]?)\Z")
_LABEL = b"abcdefghijklmnopqrstuvwxyz0123456789-_"
_RUN = _LABEL + b".&#;%\t\r\n" + bytes(range(0x80, 0x100))
_UNCLEAR = frozenset(b"&#;%\t\r\n") | frozenset(range(0x80, 0x100))
_CODED = b"0123456789abcdefx"
"""With what the spelling of a character may go on, and end: ``%63``, ``&#99`` and ``&#x63`` need nothing after them."""
_NAMED = frozenset({b"shy", b"rdf", b"rdm", b"up1", b"up2", b"up3", b"lig"})
"""The last letters of the references that need nothing after them either, and stand for a letter, a digit, or nothing in a host:
``&shy``, ``&ordf``, ``&ordm``, ``&sup1`` to ``&sup3``, ``&szlig``."""
_WINDOW = 320
"""Bytes before and after a dot that are decoded: enough for a host that is written in references throughout."""
_MOST_UNCLEAR = 256
"""Dots of one chunk that are decoded. Where there are more, each counts as a place: to look at tags costs less."""
_ANYWHERE = re.compile(rb"[/\\:]")
_INSIDE = re.compile("[\t\n\r]")


class HostScanner:
    """Made once for all hosts of a policy."""

    def __init__(self, hosts: Iterable[str]) -> None:
        # The last two labels: of a host with none but one, nothing tells it apart from a word.
        self._domains = {".".join(host.split(".")[-2:]) for host in hosts}
        self._raw_domains = {domain.encode("ascii") for domain in self._domains}
        self._all_domains = tuple(self._raw_domains)
        self._endings = frozenset(domain[domain.index(b".") :] for domain in self._raw_domains if b"." in domain)
        self._tails = frozenset(
            domain[max(0, domain.index(b".") - 3) :] for domain in self._raw_domains if b"." in domain
        )
        self._is_blind = any("." not in domain for domain in self._domains)
        endings = {domain.rpartition(".")[2] for domain in self._domains}
        plain = b"|".join(re.escape(ending.encode()) for ending in sorted(endings, reverse=True))
        self._plain_dots = re.compile(rb"\.(?:" + plain + rb")(?![a-z0-9_-])")
        firsts = re.escape("".join(sorted({ending[0] for ending in endings})).encode())
        # The class says no to most dots before anything else is tried; written twice negated it needs no branch for the end.
        ahead = rb"(?![^" + firsts + rb"\t\n\r&%\x80-\xff])"
        self._dots = re.compile(rb"\." + ahead + _BREAKS + _any_of(endings)) if endings else None

    def scan(self, lowered: bytes, start: int) -> list[int]:
        """Return the places in a text in lower case, in order, at or after ``start``. What is before it was scanned already."""
        if self._is_blind:
            return [match.start() for match in _ANYWHERE.finditer(lowered, start)]
        if self._dots is None:
            return []
        # Only what is new, with enough before it for any host: a long text may come byte by byte.
        offset = max(0, start - _WINDOW - 64)
        lowered = lowered[offset:] if offset else lowered
        start -= offset
        found = self._plain(lowered, start)
        unclear = [*found.unclear, *_spelled_dots(lowered, start)]
        places = found.named
        if unclear:
            if len(unclear) <= _MOST_UNCLEAR:
                unclear = list(self._resolved(lowered, sorted(unclear)))
            places = sorted({*places, *unclear})
        return [place + offset for place in places] if offset else places

    def _plain(self, lowered: bytes, start: int) -> "_Found":
        """Find what is written plainly, and dots around which something is not."""
        found = _Found([], [])
        is_spelled: bool | None = None
        for match in self._dots.finditer(lowered, start) if self._dots is not None else ():
            place = match.start()
            ending = match[0]
            if ending in self._endings and match.end() < len(lowered):
                tail = lowered[place - 3 : place]
                # Three letters tell most names apart from those that are looked for, whatever stands before them: unless the
                # first may belong to the spelling of another, as in "analyti%63s".
                if tail.isalnum() and tail + ending not in self._tails and tail not in _NAMED:
                    if tail[0] in _CODED and is_spelled is None:
                        is_spelled = b"%" in lowered or b"&#" in lowered
                    if not is_spelled or tail[0] not in _CODED:
                        continue
            before = lowered[max(0, place - 64) : place]
            rest = before.rstrip(_LABEL)
            if not rest or rest[-1] in _UNCLEAR or match.end() == len(lowered) or not ending[1:].isalnum():
                found.unclear.append(place)
            if before[len(rest) :] + ending in self._raw_domains:
                found.named.append(place)
        return found

    def _resolved(self, lowered: bytes, places: list[int]) -> Iterator[int]:
        """Decode all around those dots, and look again. Neighbors are decoded together, so that many cost no more than one."""
        group: list[int] = []
        for place in [*places, len(lowered) + 2 * _WINDOW]:
            if group and place - group[-1] > _WINDOW:
                text = lowered[max(0, group[0] - _WINDOW) : group[-1] + _WINDOW]
                if self._names(text):
                    yield from group
                elif group[-1] + _WINDOW >= len(lowered) and not lowered[group[-1] :].strip(_RUN):
                    # The chunk ends within what may be a host.
                    yield group[-1]
                group = []
            group.append(place)

    def named(self, text: bytes) -> Iterator[int]:
        """Find what is written plainly, as in scripts and styles, where nothing is decoded."""
        lowered = text.lower()
        for match in self._plain_dots.finditer(lowered):
            place = match.start()
            tail = lowered[place - 3 : place]
            if tail.isalnum() and tail + match[0] not in self._tails:
                continue
            before = lowered[max(0, place - 64) : place]
            if before[len(before.rstrip(_LABEL)) :] + match[0] in self._raw_domains:
                yield place

    def _names(self, text: bytes) -> bool:
        decoded = canonical(_INSIDE.sub("", unescape_lowered(text))).encode("utf-8", "replace")
        # What stands before a name may have come closer by decoding, so that any ending counts.
        return any(
            decoded[max(0, match.start() - 64) : match.end()].endswith(self._all_domains)
            for match in self._plain_dots.finditer(decoded)
        )


class _Found(NamedTuple):
    named: list[int]
    unclear: list[int]


def _spelled_dots(lowered: bytes, start: int) -> Iterator[int]:
    # A spelling may have begun before.
    start = max(0, start - 32)
    for sign, before, pattern in _SPELLED_DOTS[:_ASCII_SIGNS] if lowered.isascii() else _SPELLED_DOTS:
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
    cut = _CUT_DOT.search(lowered, max(0, len(lowered) - _LONGEST_DOT))
    if cut is not None:
        yield cut.start()


def _any_of(words: Iterable[str]) -> bytes:
    """Write the pattern of a tree of lower-case words, perhaps with breaks or spelled letters inside."""
    tree: dict[str, list[str]] = {}
    is_end = False
    for word in sorted(words):
        if word:
            tree.setdefault(word[0], []).append(word[1:])
        else:
            is_end = True
    ways = [
        re.escape(letter.encode()) + (_BREAKS if any(rests) else b"") + _any_of(rests) for letter, rests in tree.items()
    ]
    # After the letters, since most dots are followed by none of these; before the end, which is none where a spelled letter follows:
    # ".co%6d" is ".com".
    ways.append(_SPELLED)
    if is_end:
        ways.append(rb"(?![a-z0-9_-])")
    return b"(?:" + b"|".join(ways) + b")"
