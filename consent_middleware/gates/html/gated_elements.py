"""Says what a start tag would have a browser fetch from a third party, and how it is taken out.

Elements without children of their own (scripts, frames, images, links) are replaced; others stay, less the attributes that fetch.
"""

from collections.abc import Sequence
from typing import NamedTuple

from ..addresses import unescape
from ..third_parties import Match, ThirdParties
from .tags import Attribute

MARK = b"data-privacy-gated"
KEY = b"data-privacy-key"

_REPLACED = frozenset(b"script iframe img image link source track embed base bgsound".split())
_LOADING = _REPLACED | frozenset(b"frame video audio object applet input fencedframe portal model".split())
"""Elements whose ``data-*`` attributes hold addresses that a script puts into ``src`` later (lazy loading)."""
_ADDRESSES = frozenset(
    b"src href xlink:href data poster background lowsrc dynsrc codebase code archive classid".split()
)
_LISTS = frozenset(b"srcset imagesrcset ping attributionsrc".split())
_TEXTS = frozenset(b"srcdoc style".split())
_FETCHES_HREF = frozenset(
    b"link base image use feimage script pattern filter lineargradient radialgradient textpath mpath tref altglyph glyphref "
    b"cursor font-face-uri animate animatemotion animatetransform set".split()
)
_FETCHES_SRC = _LOADING - {b"link", b"base"} | {b"font-face-uri"}
_FETCHES_BACKGROUND = frozenset(b"body table thead tbody tfoot tr td th".split())
LINKS_THAT_FETCH = frozenset(
    b"stylesheet preload modulepreload prefetch prerender preconnect dns-prefetch icon apple-touch-icon "
    b"apple-touch-icon-precomposed apple-touch-startup-image mask-icon fluid-icon manifest import next "
    b"compression-dictionary".split()
)
_SCRIPT_TYPES = frozenset(
    b"module importmap speculationrules application/ecmascript application/javascript application/x-ecmascript "
    b"application/x-javascript text/ecmascript text/javascript text/javascript1.0 text/javascript1.1 text/javascript1.2 "
    b"text/javascript1.3 text/javascript1.4 text/javascript1.5 text/jscript text/livescript text/x-ecmascript "
    b"text/x-javascript".split()
)


class Fetch(NamedTuple):
    """One attribute that would have something fetched."""

    attribute: Attribute
    match: Match


def fetches(name: bytes, attributes: Sequence[Attribute], parties: ThirdParties) -> list[Fetch]:
    """Return the attributes of a start tag that speak of third parties, allowed or not."""
    found: list[Fetch] = []
    for attribute in attributes:
        match = _match(name, attribute, attributes, parties)
        if match is not None:
            found.append(Fetch(attribute, match))
    return found


def _match(
    element: bytes, attribute: Attribute, attributes: Sequence[Attribute], parties: ThirdParties
) -> Match | None:
    name, value = attribute.name, attribute.value
    if name in _ADDRESSES:
        return parties.of_address(value) if _fetches(element, name, attributes) else None
    if name in _LISTS:
        return parties.of_addresses(value)
    if name in _TEXTS or name.startswith(b"on"):
        return parties.of_text(unescaped(value))
    if name.startswith(b"data-") and element in _LOADING:
        return parties.of_address(value) or parties.of_addresses(value)
    return None


def _fetches(element: bytes, name: bytes, attributes: Sequence[Attribute]) -> bool:
    if name == b"src":
        return element in _FETCHES_SRC
    if name in (b"href", b"xlink:href"):
        return element in _FETCHES_HREF and (element != b"link" or _is_fetching_link(attributes))
    if name == b"background":
        return element in _FETCHES_BACKGROUND
    return element in _LOADING


def _is_fetching_link(attributes: Sequence[Attribute]) -> bool:
    rel = value_of(attributes, b"rel").lower()
    if b"&" in rel:
        rel = unescaped(rel).lower()
    return not LINKS_THAT_FETCH.isdisjoint(rel.split())


def is_replaced(name: bytes, *, is_foreign: bool) -> bool:
    """Say whether an element goes whole. In SVG, what stands for an image may have children."""
    return name in _REPLACED and (not is_foreign or name == b"script")


def value_of(attributes: Sequence[Attribute], name: bytes) -> bytes:
    """Return an attribute's value, the first one where it is repeated; empty where it is missing."""
    for attribute in attributes:
        if attribute.name == name:
            return attribute.value
    return b""


def has(attributes: Sequence[Attribute], name: bytes) -> bool:
    return name in [attribute.name for attribute in attributes]


def runs(attributes: Sequence[Attribute]) -> bool:
    """Say whether a script's text is run: not where it has an address, nor where it is a block of data."""
    if not attributes:
        return True
    if has(attributes, b"src"):
        return False
    if not has(attributes, b"type"):
        language = value_of(attributes, b"language").strip().lower()
        return not language or b"text/" + language in _SCRIPT_TYPES
    written = unescaped(value_of(attributes, b"type")).strip().lower()
    return not written or written in _SCRIPT_TYPES


def unescaped(value: bytes) -> bytes:
    """Return a value as a browser sees it, in bytes."""
    return unescape(value).encode("utf-8", "replace") if b"&" in value else value
