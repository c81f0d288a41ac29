"""The header masks of each kind of visitor: who allows ``network``, ``device``, both or neither.

Most masks depend on the header's value alone, and browsers repeat themselves: what was done to a value is remembered.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ..asgi import Header
from ..caches import BoundedCache
from ..consent import Decision
from ..telemetry import RESPONSE_DROPS, Mask, build_masks

GONE: Header = (b"", b"")
"""Takes the place of a header that the app may not see at all."""

SET_COOKIE = frozenset({b"set-cookie"})

_VALUES = 1024
_LONGEST = 1024
_LASTING = frozenset({b"user-agent", b"accept-language"})
"""Headers of every browser whose masks always leave something, whatever page is asked for."""
_BY_PAGE = b"referer"


class Replacements(BoundedCache[bytes, Header]):
    """From a header's value to the pair that takes its place."""

    __slots__ = ("_mask", "_name")

    def __init__(self, name: bytes, mask: Mask) -> None:
        super().__init__(_VALUES)
        self._name = name
        self._mask = mask

    def __missing__(self, value: bytes) -> Header:
        pair = replacement(self._name, self._mask(value, b""))
        if len(value) <= _LONGEST:
            self.put(value, pair)
        return pair


class PageReplacements(BoundedCache[tuple[bytes, bytes], Header]):
    """The same for a header that is masked with an eye on the request's own host: from value and host."""

    __slots__ = ("_mask", "_name")

    def __init__(self, name: bytes, mask: Mask) -> None:
        super().__init__(_VALUES)
        self._name = name
        self._mask = mask

    def __missing__(self, key: tuple[bytes, bytes]) -> Header:
        pair = replacement(self._name, self._mask(*key))
        if len(key[0]) + len(key[1]) <= _LONGEST:
            self.put(key, pair)
        return pair


def replacement(name: bytes, masked: bytes | None) -> Header:
    """Return what takes the place of a header whose value may be seen as ``masked``."""
    return GONE if masked is None else (name, masked)


@dataclass(frozen=True, slots=True)
class MaskSet:
    """The masks of visitors who allow ``network`` and ``device`` alike. ``index``: its place among the four."""

    index: int
    lasting: dict[bytes, Replacements]
    referers: PageReplacements | None
    others: dict[bytes, Mask]
    """Masks of rarer headers, which may go altogether."""
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
    referer = masks.pop(_BY_PAGE, None)
    lasting = {name: Replacements(name, masks.pop(name)) for name in _LASTING & masks.keys()}
    return MaskSet(
        index=2 * network + device,
        lasting=lasting,
        referers=PageReplacements(_BY_PAGE, referer) if referer is not None else None,
        others=masks,
        masks_address=not network,
        handled=SET_COOKIE if device else SET_COOKIE | RESPONSE_DROPS,
    )
