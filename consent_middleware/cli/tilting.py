"""What in a policy's banner would tilt a visitor's choice, or keep it from being read."""

from collections.abc import Iterator
from dataclasses import dataclass

from ..policy.model import BannerTable
from .theme_colors import FOLLOWS, THEMES

# WCAG 2.2, success criterion 1.4.6: contrast, enhanced.
_ENOUGH = 7.0
PAIRS = (("text", "background"), ("muted", "background"), ("accent", "background"), ("button_text", "button"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A pair of colors, by the place of the one that the policy sets."""

    key: str
    pair: str
    contrast: float


def unreadable_colors(banner: BannerTable) -> Iterator[Unreadable]:
    """Yield each pair below 7:1 of which the policy sets one color at least."""
    for table, own, other, defaults in (
        ("colors", banner.colors, banner.dark_colors, THEMES[banner.theme][0]),
        ("dark_colors", banner.dark_colors, banner.colors, THEMES[banner.theme][1]),
    ):
        for front, back in PAIRS:
            # What is given for one scheme only holds in both.
            said = {name: getattr(own, name) or getattr(other, name) for name in (front, back)}
            if not any(said.values()):
                continue
            # Where a theme draws its buttons, their colors are those of the ground.
            for name, leader in FOLLOWS[banner.theme].items():
                if name in said and not said[name]:
                    said[name] = getattr(own, leader) or getattr(other, leader)
            shown = {name: said[name] or getattr(defaults, name) for name in (front, back)}
            contrast = contrast_of(shown[front], shown[back])
            if contrast < _ENOUGH:
                name = front if said[front] else back
                yield Unreadable(key=f"banner.{table}.{name}", pair=f"{front} on {back}", contrast=contrast)


def contrast_of(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: str) -> float:
    channels = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
