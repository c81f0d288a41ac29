"""The header masks of each kind of visitor: who allows ``network``, ``device``, both or neither."""

from dataclasses import dataclass

from ..asgi import Header
from ..caches import BoundedCache
from ..consent import Decision
from ..policy import Policy
from ..telemetry import RESPONSE_DROPS, RESTRICT_FEATURES, Mask, build_masks

GONE: Header = (b"", b"")
"""Takes the place of a header that the app may not see at all."""

SET_COOKIE = frozenset({b"set-cookie"})

_BROWSERS, _PAGES = 4096, 4096
_LONGEST = 1024
BY_BROWSER = (b"user-agent", b"accept-language")
BY_PAGE = (b"referer", b"host")
"""Headers of every browser that are looked up by two. A page is told from another site by the host that was asked for."""


class HeaderGone(KeyError):
    """A mask leaves nothing of a header: the list of headers gets shorter, which usual requests are not prepared for."""


class Replacements(BoundedCache[tuple[Header, Header], tuple[Header, Header]]):
    """From two headers as browsers send them, over and over, to what takes their places."""

    __slots__ = ("_masks",)

    def __init__(self, size: int, masks: dict[bytes, Mask]) -> None:
        super().__init__(size)
        self._masks = masks

    def __missing__(self, pairs: tuple[Header, Header]) -> tuple[Header, Header]:
        first, second = pairs
        masks, host = self._masks, second[1]
        replaced = replacement(first, masks.get(first[0]), host), replacement(second, masks.get(second[0]), host)
        if GONE in replaced:
            raise HeaderGone
        if len(first[1]) + len(second[1]) <= _LONGEST:
            self.put(pairs, replaced)
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
    replacements: dict[tuple[bytes, bytes], Replacements]
    """The same masks for headers that browsers send in pairs."""
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
    sizes = {BY_BROWSER: _BROWSERS, BY_PAGE: _PAGES}
    return MaskSet(
        index=2 * network + device,
        masks=masks,
        replacements={
            names: Replacements(size, masks) for names, size in sizes.items() if not masks.keys().isdisjoint(names)
        },
        own=frozenset(each.name.encode("ascii") for each in policy.identifiers if each.source == "header"),
        masks_address=not network,
        handled=SET_COOKIE if device else SET_COOKIE | RESPONSE_DROPS,
        page_headers=() if device else (RESTRICT_FEATURES,),
    )
