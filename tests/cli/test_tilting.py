import re
from pathlib import Path

import msgspec
import pytest

from consent_middleware.cli.theme_colors import FOLLOWS, THEMES
from consent_middleware.cli.tilting import PAIRS, contrast_of, unreadable_colors
from consent_middleware.policy import Policy

STATIC = Path(__file__).parents[2] / "banner_templates" / "static"
VARIABLES = {
    "background": "ground", "text": "text", "muted": "muted", "border": "line", "button": "button",
    "button_text": "on-button", "accent": "accent",
}  # fmt: skip


@pytest.mark.parametrize(
    ("banner", "found"),
    [
        ('[colors]\nbutton = "#14523f"\nbutton_text = "#ffffff"', []),
        (
            '[colors]\nbutton = "#888888"\nbutton_text = "#ffffff"',
            ["banner.colors.button_text", "banner.dark_colors.button_text"],
        ),
        ('[colors]\ntext = "#1a1d23"', ["banner.dark_colors.text"]),
        ('[colors]\naccent = "#1a1d23"', ["banner.dark_colors.accent"]),
        ('[colors]\nbackground = "#0b4fb3"', ["banner.colors.background"] * 3 + ["banner.dark_colors.background"] * 2),
        # The theme's button is green in the light, and its text white.
        ('theme = "soft"\n[colors]\nbutton_text = "#10281f"', ["banner.colors.button_text"]),
        # A drawn button has the ground for its ground.
        (
            'theme = "outline"\n[colors]\nbutton_text = "#1a1d23"\n[dark_colors]\nbutton_text = "#eceef1"',
            [],
        ),
        (
            'theme = "outline"\n[colors]\nbackground = "#ffffff"\ntext = "#767676"',
            ["banner.colors.text", "banner.dark_colors.background", "banner.dark_colors.text"],
        ),
    ],
)
def test_colors_that_are_hard_to_read_are_found_in_light_and_dark(banner: str, found: list[str]) -> None:
    written = re.sub(r"^\[(\w+)\]", r"[banner.\1]", banner, flags=re.M)
    policy = Policy.parse(f"[banner]\n{written}\n")
    assert sorted({pair.key for pair in unreadable_colors(policy.declarations.banner)}) == sorted(set(found))


def test_a_banner_without_colors_of_its_own_is_not_warned_about() -> None:
    for theme in THEMES:
        assert list(unreadable_colors(Policy.parse(f'[banner]\ntheme = "{theme}"').declarations.banner)) == []


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("pair", PAIRS, ids=" on ".join)
def test_a_ready_theme_has_enhanced_contrast(theme: str, pair: tuple[str, str]) -> None:
    for colors in THEMES[theme]:
        front, back = (getattr(colors, name) for name in pair)
        assert contrast_of(front, back) >= 7


@pytest.mark.parametrize("theme", THEMES)
def test_the_colors_are_those_of_the_stylesheets(theme: str) -> None:
    plain, own = _declared("choices.css"), {} if theme == "plain" else _declared(f"theme-{theme}.css")
    for scheme, colors in enumerate(THEMES[theme]):
        said = {**plain, **own}
        for field, variable in VARIABLES.items():
            if variable in own or field not in FOLLOWS[theme]:
                value = said[variable][scheme]
            else:
                value = said[VARIABLES[FOLLOWS[theme][field]]][scheme]
            assert msgspec.structs.asdict(colors)[field] == value, (field, scheme)


def _declared(file: str) -> dict[str, tuple[str, str]]:
    """Each color's light and dark value, as six digits."""
    color = r"--_privacy-([\w-]+): var\(--privacy-[\w-]+, var\(--_privacy-l, (#\w+)\) var\(--_privacy-d, (#\w+)\)\)"
    lines = re.findall(color, (STATIC / file).read_text(encoding="utf-8"))
    return {name: (_six(light), _six(dark)) for name, light, dark in lines}


def _six(color: str) -> str:
    return color if len(color) == 7 else "#" + "".join(digit * 2 for digit in color[1:])
