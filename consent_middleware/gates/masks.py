"""The header masks of each kind of visitor: who allows ``network``, ``device``, both or neither.

Most masks depend on the header's value alone, and browsers repeat themselves: what was done to a value is remembered.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ..asgi import Header
from ..caches import BoundedCache
from ..consent import Decision
from ..telemetry import RESPONSE_DROPS, Mask, build_masks
from ..telemetry.masks import drop_header

GONE: Header = (b"", b"")
"""Takes the place of a header that the app may not see at all."""

SET_COOKIE = frozenset({b"set-cookie"})

_VALUES = 1024
_LONGEST = 1024
_BY_PAGE = frozenset({b"referer"})


class Replacements(BoundedCache[bytes, Header | None]):
    """From a header's value to the pair that takes its place, ``GONE``, or ``None`` where it may stay."""

    __slots__ = ("_mask", "_name")

    def __init__(self, name: bytes, mask: Mask) -> None:
        super().__init__(_VALUES)
        self._name = name
        self._mask = mask

    def __missing__(self, value: bytes) -> Header | None:
        pair = replacement(self._name, value, self._mask(value, b""))
        if len(value) <= _LONGEST:
            self.put(value, pair)
        return pair


def replacement(name: bytes, value: bytes, masked: bytes | None) -> Header | None:
    """Return what takes the place of a header whose value may be seen as ``masked``."""
    return GONE if masked is None else None if masked == value else (name, masked)


@dataclass(frozen=True, slots=True)
class MaskSet:
    """The masks of visitors who allow ``network`` and ``device`` alike. ``index``: its place among the four."""

    index: int
    drops: frozenset[bytes]
    """Names that go whatever they hold."""
    by_value: dict[bytes, Replacements]
    by_page: dict[bytes, Mask]
    """Masks that also look at the request's own host."""
    masks_address: bool
    handled: frozenset[bytes]
    """Response headers that are looked into: Set-Cookie, and where ``device`` is not allowed those that ask for more."""


class MaskSets:
    """The four sets of a policy."""

    def __init__(self, languages: Sequence[str]) -> None:
        self.sets = tuple(
            _mask_set(languages, network, device) for network in (False, True) for device in (False, True)
        )

    def of(self, decision: Decision) -> MaskSet:
        return self.sets[2 * decision.allows("network") + decision.allows("device")]


def _mask_set(languages: Sequence[str], network: bool, device: bool) -> MaskSet:
    masks = build_masks(network=network, device=device, languages=languages)
    drops = frozenset(name for name, mask in masks.items() if mask is drop_header)
    return MaskSet(
        index=2 * network + device,
        drops=drops,
        by_value={
            name: Replacements(name, mask) for name, mask in masks.items() if name not in drops and name not in _BY_PAGE
        },
        by_page={name: mask for name, mask in masks.items() if name in _BY_PAGE},
        masks_address=not network,
        handled=SET_COOKIE if device else SET_COOKIE | RESPONSE_DROPS,
    )
