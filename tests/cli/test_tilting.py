import pytest

from consent_middleware.cli.tilting import unreadable_colors
from consent_middleware.policy import Policy


@pytest.mark.parametrize(
    ("colors", "found"),
    [
        ('button = "#14523f"\nbutton_text = "#ffffff"', []),
        (
            'button = "#888888"\nbutton_text = "#ffffff"',
            ["banner.colors.button_text", "banner.dark_colors.button_text"],
        ),
        ('text = "#1a1d23"', ["banner.dark_colors.text"]),
    ],
)
def test_colors_that_are_hard_to_read_are_found_in_light_and_dark(colors: str, found: list[str]) -> None:
    policy = Policy.parse(f"[banner.colors]\n{colors}\n")
    assert [pair.key for pair in unreadable_colors(policy.declarations.banner)] == found


def test_a_banner_without_colors_of_its_own_is_not_warned_about() -> None:
    assert list(unreadable_colors(Policy.parse("").declarations.banner)) == []
