"""Looks a cookie name up among the cookies that are known by vendor.

The facts are in ``catalogue/*.toml``, for people; ``catalogue.json`` is the same, compiled by
``catalogue_source`` so that start-up takes milliseconds (a test holds the two together).
"""

from dataclasses import dataclass
from pathlib import Path

import msgspec

COMPILED = Path(__file__).with_name("catalogue.json")

_HEX = frozenset("0123456789abcdefABCDEF")


class Group(msgspec.Struct, frozen=True, array_like=True):
    """Cookies of one vendor that share everything but the name."""

    purpose: str
    kind: str
    lifetime: str
    shared: bool
    """Apps use these very names for something else: the vendor's fact counts only on the vendor's own hosts."""
    names: tuple[str, ...]


class Vendor(msgspec.Struct, frozen=True, array_like=True):
    """Who sets the cookies."""

    id: str
    title: str
    hosts: tuple[str, ...]
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One catalogue entry that a name met."""

    vendor: Vendor
    group: Group
    name: str
    """As the catalogue writes it: a literal name or a template such as ``_ga_<id>``."""


@dataclass(frozen=True, slots=True)
class Template:
    """What may follow the literal beginning of a templated name."""

    filler: str
    ending: str
    known: tuple[Vendor, Group, str]

    def accepts(self, rest: str) -> bool:
        ending = self.ending
        if ending:
            if not rest.endswith(ending):
                return False
            rest = rest[: -len(ending)]
        if self.filler == "*":
            return True
        if self.filler == "<n>":
            return rest.isascii() and rest.isdigit()
        if self.filler == "<hex>":
            return len(rest) >= 6 and _HEX.issuperset(rest)
        if self.filler == "<md5>":
            return len(rest) == 32 and _HEX.issuperset(rest)
        return bool(rest)


_FILLERS = ("*", "<id>", "<n>", "<hex>", "<md5>")


def split_template(name: str) -> tuple[str, str, str] | None:
    """``sb-<id>-auth-token`` → ``("sb-", "<id>", "-auth-token")``; ``None`` for a literal name."""
    for filler in _FILLERS:
        before, found, after = name.partition(filler)
        if found:
            return before, filler, after
    return None


class Catalogue:
    """An index over vendors: literal names, templates by their beginning, and vendors by host."""

    def __init__(self, vendors: tuple[Vendor, ...]) -> None:
        self.vendors = vendors
        self._exact: dict[str, tuple[Vendor, Group, str]] = {}
        self._folded: dict[str, tuple[Vendor, Group, str] | None] = {}
        self._templates: dict[str, list[Template]] = {}
        self._endings: dict[str, list[Template]] = {}
        self._shared: dict[tuple[str, str], tuple[Vendor, Group, str]] = {}
        self._hosts: dict[str, Vendor] = {}
        for vendor in vendors:
            for host in vendor.hosts:
                self._hosts.setdefault(host, vendor)
            for group in vendor.groups:
                for name in group.names:
                    self._enter(vendor, group, name)
        # Longest beginning first: "_ga_<id>" speaks before "_g*" would.
        self._lengths = sorted({len(beginning) for beginning in self._templates}, reverse=True)
        self._ending_lengths = sorted({len(ending) for ending in self._endings}, reverse=True)

    def _enter(self, vendor: Vendor, group: Group, name: str) -> None:
        entry = (vendor, group, name)
        if group.shared:
            self._shared.setdefault((vendor.id, name), entry)
            return
        parts = split_template(name)
        if parts is None:
            self._exact.setdefault(name, entry)
            folded = name.lower()
            other = self._folded.setdefault(folded, entry)
            if other is not None and other[1].purpose != group.purpose:
                self._folded[folded] = None
            return
        beginning, filler, ending = parts
        template = Template(filler, ending, entry)
        if beginning:
            self._templates.setdefault(beginning, []).append(template)
        else:
            self._endings.setdefault(ending, []).append(Template(filler, "", entry))

    def find(self, name: str) -> Known | None:
        """A literal name, else the template with the longest literal beginning (or ending)."""
        entry = self._exact.get(name) or self._by_template(name)
        return None if entry is None else Known(vendor=entry[0], group=entry[1], name=entry[2])

    def find_folded(self, name: str) -> Known | None:
        """A literal name but for its case; nothing where two vendors' names differ in case alone."""
        entry = self._folded.get(name.lower())
        return None if entry is None else Known(vendor=entry[0], group=entry[1], name=entry[2])

    def _by_template(self, name: str) -> tuple[Vendor, Group, str] | None:
        size = len(name)
        for length in self._lengths:
            if length <= size:
                for template in self._templates.get(name[:length], ()):
                    if template.accepts(name[length:]):
                        return template.known
        for length in self._ending_lengths:
            if length < size:
                cut = size - length
                for template in self._endings.get(name[cut:], ()):
                    if template.accepts(name[:cut]):
                        return template.known
        return None

    def vendor_of_host(self, host: str) -> Vendor | None:
        """The vendor whose host this is, or a parent of it."""
        host = host[:CONSIDERED_HOST].lower().rstrip(".")
        while host:
            vendor = self._hosts.get(host)
            if vendor is not None:
                return vendor
            _, _, host = host.partition(".")
        return None

    def find_at(self, vendor: Vendor, name: str) -> Known | None:
        """What a name means where this very vendor set it."""
        entry = self._shared.get((vendor.id, name))
        if entry is None:
            entry = self._exact.get(name) or self._by_template(name)
            if entry is None or entry[0].id != vendor.id:
                return None
        return Known(vendor=entry[0], group=entry[1], name=entry[2])


CONSIDERED_HOST = 253


def load() -> Catalogue:
    """Read the compiled catalogue that is installed beside this module."""
    return Catalogue(msgspec.json.decode(COMPILED.read_bytes(), type=tuple[Vendor, ...]))
