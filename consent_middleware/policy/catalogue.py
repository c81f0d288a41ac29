"""Looks a cookie name up among the cookies that are known by vendor.

The facts are in ``catalogue/*.toml``, for people; ``catalogue.json`` holds the same as a ready-made index, compiled by
``catalogue_source``, so that start-up takes milliseconds (a test holds the two together).
"""

import functools
import re
from collections.abc import Iterable
from pathlib import Path

import msgspec

COMPILED = Path(__file__).with_name("catalogue.json")
FILLERS = ("*", "<id>", "<n>", "<hex>", "<alnum>", "<hex5>", "<md5>", "<uuid>")
"""What may stand for the changing part of a templated name: anything or nothing, something, digits, six or more
hex digits, eight or more letters with a digit among them, exactly five or thirty-two hex digits, a UUID."""

_HEX = frozenset("0123456789abcdefABCDEF")
_UUID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_LONGEST_HOST = 253
_TELLING = 3
_SHORT = tuple(range(_TELLING - 1, 0, -1))
"""Lengths of beginnings that are too short to be told by their first three letters."""


class Vendor(msgspec.Struct, frozen=True, array_like=True):
    """Who sets the cookies."""

    id: str
    title: str
    hosts: tuple[str, ...]


class Group(msgspec.Struct, frozen=True, array_like=True):
    """Cookies of one vendor that share everything but the name."""

    vendor: int
    purpose: str
    kind: str
    lifetime: str


class Index(msgspec.Struct, frozen=True, array_like=True):
    """The compiled catalogue; numbers point into ``vendors`` and ``groups``."""

    vendors: tuple[Vendor, ...]
    groups: tuple[Group, ...]
    exact: dict[str, int]
    folded: dict[str, int]
    """Lower-cased names, where that changes them and no two of different purposes meet."""
    templates: dict[str, tuple[tuple[str, str, int], ...]]
    """By literal beginning: filler, literal ending, group."""
    endings: dict[str, tuple[tuple[str, int], ...]]
    """By literal ending, for templates that begin with their filler: filler, group."""
    shared: dict[str, int]
    """``"vendor-id name"``: names that apps use for something else, so the fact counts on the vendor's hosts only."""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """One catalogue entry that a name met."""

    vendor: Vendor
    group: Group
    name: str
    """As the catalogue writes it: a literal name or a template such as ``_ga_<id>``."""


def split_template(name: str) -> tuple[str, str, str] | None:
    """``sb-<id>-auth-token`` → ``("sb-", "<id>", "-auth-token")``; ``None`` for a literal name."""
    for filler in FILLERS:
        before, found, after = name.partition(filler)
        if found:
            return before, filler, after
    return None


def fills(filler: str, text: str) -> bool:
    """Whether the text may stand where the filler stands."""
    match filler:
        case "*":
            return True
        case "<n>":
            return text.isascii() and text.isdigit()
        case "<hex>":
            return len(text) >= 6 and _HEX.issuperset(text)
        case "<alnum>":
            return len(text) >= 8 and text.isascii() and text.isalnum() and not text.isalpha()
        case "<hex5>":
            return len(text) == 5 and _HEX.issuperset(text)
        case "<md5>":
            return len(text) == 32 and _HEX.issuperset(text)
        case "<uuid>":
            return _UUID.fullmatch(text) is not None
        case _:
            return bool(text)


class Catalogue:
    """Answers by literal name, by template, and by the host that set the cookie."""

    def __init__(self, index: Index) -> None:
        self._index = index
        # Longest beginning first: "_ga_<id>" speaks before a shorter one would. Three letters tell which lengths to try.
        self._lengths = _lengths_by_start(index.templates)
        self._short_endings = sorted({len(ending) for ending in index.endings if len(ending) < _TELLING}, reverse=True)
        self._ending_lengths = _lengths_by_end(index.endings, self._short_endings)
        self._hosts = {host: number for number, vendor in enumerate(index.vendors) for host in vendor.hosts}

    def find(self, name: str) -> Known | None:
        """A literal name, else the template with the longest literal beginning, else the longest ending."""
        group = self._index.exact.get(name)
        return self._by_template(name) if group is None else self._tell(group, name)

    def find_folded(self, name: str) -> Known | None:
        """A literal name but for its case; nothing where two purposes' names differ in case alone."""
        lowered = name.lower()
        group = self._index.folded.get(lowered)
        if group is None:
            group = self._index.exact.get(lowered)
        return None if group is None else self._tell(group, lowered)

    def vendor_of_host(self, host: str) -> Vendor | None:
        """The vendor whose host this is, or a parent of it."""
        host = host[:_LONGEST_HOST].lower().rstrip(".")
        while host:
            number = self._hosts.get(host)
            if number is not None:
                return self._index.vendors[number]
            _, _, host = host.partition(".")
        return None

    def find_at(self, vendor: Vendor, name: str) -> Known | None:
        """What a name means where this very vendor set it."""
        group = self._index.shared.get(f"{vendor.id} {name}")
        if group is not None:
            return self._tell(group, name)
        known = self.find(name)
        return known if known is not None and known.vendor is vendor else None

    def main_group(self, vendor: Vendor) -> Group:
        """What this vendor's cookies are mostly for: its first group."""
        return next(group for group in self._index.groups if self._index.vendors[group.vendor] is vendor)

    def _tell(self, number: int, name: str) -> Known:
        group = self._index.groups[number]
        return Known(vendor=self._index.vendors[group.vendor], group=group, name=name)

    def _by_template(self, name: str) -> Known | None:
        size = len(name)
        templates = self._index.templates
        for length in self._lengths.get(name[:_TELLING], _SHORT):
            if length <= size and (beginning := name[:length]) in templates:
                for filler, ending, group in templates[beginning]:
                    if name.endswith(ending, length) and fills(filler, name[length : size - len(ending)]):
                        return self._tell(group, f"{beginning}{filler}{ending}")
        endings = self._index.endings
        for length in self._ending_lengths.get(name[-_TELLING:], self._short_endings):
            cut = size - length
            if cut > 0 and (ending := name[cut:]) in endings:
                for filler, group in endings[ending]:
                    if fills(filler, name[:cut]):
                        return self._tell(group, f"{filler}{ending}")
        return None


def _lengths_by_start(beginnings: Iterable[str]) -> dict[str, tuple[int, ...]]:
    found: dict[str, set[int]] = {}
    for beginning in beginnings:
        if len(beginning) >= _TELLING:
            found.setdefault(beginning[:_TELLING], set()).add(len(beginning))
    return {start: (*sorted(lengths, reverse=True), *_SHORT) for start, lengths in found.items()}


def _lengths_by_end(endings: Iterable[str], short: list[int]) -> dict[str, list[int]]:
    found: dict[str, set[int]] = {}
    for ending in endings:
        if len(ending) >= _TELLING:
            found.setdefault(ending[-_TELLING:], set()).add(len(ending))
    return {end: [*sorted(lengths, reverse=True), *short] for end, lengths in found.items()}


@functools.cache
def load() -> Catalogue:
    """Read the compiled catalogue that is installed beside this module."""
    return Catalogue(msgspec.json.decode(COMPILED.read_bytes(), type=Index))
