"""What in a policy's banner would tilt a visitor's choice, or keep it from being read."""

from collections.abc import Iterator
from dataclasses import dataclass

from ..policy.model import BannerTable, Colors

# WCAG 2.2, success criterion 1.4.6: contrast, enhanced.
_ENOUGH = 7.0
# The defaults of the stylesheet, which fill in what a policy leaves out.
_LIGHT = Colors(background="#ffffff", text="#1a1d23", muted="#484e58", button="#1f2937", button_text="#ffffff")
_DARK = Colors(background="#16181c", text="#eceef1", muted="#bac0ca", button="#e8ebef", button_text="#16181c")
_PAIRS = (("text", "background"), ("muted", "background"), ("accent", "background"), ("button_text", "button"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A pair of colors, by the place of the one that the policy sets."""

    key: str
    pair: str
    contrast: float


def unreadable_colors(banner: BannerTable) -> Iterator[Unreadable]:
    """Yield each pair below 7:1 of which the policy sets one color at least."""
    for table, own, other, defaults in (
        ("colors", banner.colors, banner.dark_colors, _LIGHT),
        ("dark_colors", banner.dark_colors, banner.colors, _DARK),
    ):
        for front, back in _PAIRS:
            # What is given for one scheme only holds in both.
            said = {name: getattr(own, name) or getattr(other, name) for name in (front, back)}
            shown = {name: said[name] or getattr(defaults, name) for name in (front, back)}
            if not any(said.values()) or not all(shown.values()):
                continue
            contrast = _contrast(shown[front], shown[back])
            if contrast < _ENOUGH:
                name = front if said[front] else back
                yield Unreadable(key=f"banner.{table}.{name}", pair=f"{front} on {back}", contrast=contrast)


def _contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: str) -> float:
    channels = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
