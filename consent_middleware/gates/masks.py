"""The header masks of each kind of visitor: who allows ``network``, ``device``, both or neither.

A mask drops its header, depends on the value alone, or depends on the page too. The gate remembers what it did to the first two.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..consent import Decision
from ..telemetry import Mask, build_masks
from ..telemetry.masks import drop_header

_VARYING = frozenset({b"referer"})


@dataclass(frozen=True, slots=True)
class MaskSet:
    """The masks of visitors who allow ``network`` and ``device`` alike. ``index``: its place among the four."""

    index: int
    masks: Mapping[bytes, Mask]
    drops: frozenset[bytes]
    masks_address: bool
    drops_hints: bool
    """Headers that ask the browser for more than it sends by itself are taken out of responses."""


class MaskSets:
    """The four sets of a policy."""

    def __init__(self, languages: Sequence[str]) -> None:
        self.sets = tuple(
            _mask_set(languages, network, device) for network in (False, True) for device in (False, True)
        )
        every = self.sets[0].masks
        self.varying = _VARYING & every.keys()
        self.by_value = frozenset(name for name in every if name not in self.sets[0].drops and name not in _VARYING)
        """Names whose value decides what the app sees of them. The first set is the strictest: it has every name."""

    def of(self, decision: Decision) -> MaskSet:
        return self.sets[2 * decision.allows("network") + decision.allows("device")]


def _mask_set(languages: Sequence[str], network: bool, device: bool) -> MaskSet:
    masks = build_masks(network=network, device=device, languages=languages)
    return MaskSet(
        index=2 * network + device,
        masks=masks,
        drops=frozenset(name for name, mask in masks.items() if mask is drop_header),
        masks_address=not network,
        drops_hints=not device,
    )
