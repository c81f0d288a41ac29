"""The header masks of each kind of visitor: who allows ``network``, ``device``, both or neither."""

from dataclasses import dataclass

from ..asgi import Header
from ..caches import Memory
from ..consent import Decision
from ..policy import Policy
from ..telemetry import RESPONSE_DROPS, RESTRICT_FEATURES, Mask, build_masks

GONE: Header = (b"", b"")
"""Takes the place of a header that the app may not see at all."""

SET_COOKIE = frozenset({b"set-cookie"})

_VALUES = 4096
_LONGEST = 1024
OF_BROWSERS = (b"user-agent", b"accept-language")
"""Headers that every browser sends with every request, each of few values."""
OF_PAGES = b"referer"
"""One more, which is masked by the host that was asked for."""


class HeaderGone(KeyError):
    """A mask leaves nothing of a header: the list of headers gets shorter, which usual requests are not prepared for."""


Replacements = Memory[bytes, Header]
"""From a value of one header, as browsers send it over and over, to the header that the app may see."""
PageReplacements = Memory[tuple[bytes, bytes], Header]
"""The same from a value and the host."""


def _replacements(name: bytes, mask: Mask) -> Replacements:
    return Memory(_VALUES, lambda value: _masked((name, value), mask, b""), longest=_LONGEST)


def _page_replacements(name: bytes, mask: Mask) -> PageReplacements:
    return Memory(
        _VALUES,
        lambda values: _masked((name, values[0]), mask, values[1]),
        longest=_LONGEST,
        length=lambda values: len(values[0]) + len(values[1]),
    )


def _masked(pair: Header, mask: Mask, host: bytes) -> Header:
    replaced = replacement(pair, mask, host)
    if replaced is GONE:
        raise HeaderGone
    return replaced


def replacement(pair: Header, mask: Mask | None, host: bytes) -> Header:
    """Return what takes the place of a header of a request for ``host``."""
    return pair if mask is None else or_gone(pair[0], mask(pair[1], host))


def or_gone(name: bytes, value: bytes | None) -> Header:
    """Return a header, or ``GONE`` where nothing of its value may be seen."""
    return GONE if value is None else (name, value)


@dataclass(frozen=True, slots=True, repr=False)
class MaskSet:
    """The masks of visitors who allow ``network`` and ``device`` alike. ``index``: its place among the four."""

    index: int
    masks: dict[bytes, Mask]
    browser_masks: dict[bytes, Replacements]
    """The same masks for what every browser sends, from memory."""
    page_masks: dict[bytes, PageReplacements]
    own: frozenset[bytes]
    """Headers with identifiers of the app's own, each of which waits for its own purpose: the rules of a decision know."""
    masks_address: bool
    handled: frozenset[bytes]
    """Response headers that are looked into: Set-Cookie, and where ``device`` is not allowed those that ask for more."""
    page_headers: tuple[Header, ...]
    """What pages are told besides. An app's own Permissions-Policy stays: browsers join the fields, and the last mention of a
    feature counts (RFC 9651, section 3.2)."""


class MaskSets:
    """The four sets of a policy."""

    def __init__(self, policy: Policy) -> None:
        self.sets = tuple(_mask_set(policy, network, device) for network in (False, True) for device in (False, True))

    def of(self, decision: Decision) -> MaskSet:
        return self.sets[2 * decision.allows("network") + decision.allows("device")]


def hidden_headers(policy: Policy, decision: Decision) -> frozenset[bytes]:
    """Return the headers of the app's own identifiers that a decision does not allow."""
    return frozenset(
        identifier.name.encode("ascii")
        for identifier in policy.identifiers
        if identifier.source == "header" and not decision.allows(identifier.purpose)
    )


def _mask_set(policy: Policy, network: bool, device: bool) -> MaskSet:
    said = policy.declarations.masks
    masks = build_masks(
        network=network,
        device=device,
        languages=policy.languages,
        declared=frozenset(map(str.lower, [*said.providers, *said.mask])),
        kept=frozenset(map(str.lower, said.keep)),
        dropped=frozenset(map(str.lower, said.drop)),
    )
    return MaskSet(
        index=2 * network + device,
        masks=masks,
        browser_masks={name: _replacements(name, masks[name]) for name in OF_BROWSERS if name in masks},
        page_masks={OF_PAGES: _page_replacements(OF_PAGES, masks[OF_PAGES])} if OF_PAGES in masks else {},
        own=frozenset(each.name.encode("ascii") for each in policy.identifiers if each.source == "header"),
        masks_address=not network,
        handled=SET_COOKIE if device else SET_COOKIE | RESPONSE_DROPS,
        page_headers=() if device else (RESTRICT_FEATURES,),
    )
