"""The colors of the stylesheets by theme, for whoever computes with them. A test holds them against the stylesheets."""

from collections.abc import Mapping

from ..policy.model import Colors

THEMES: Mapping[str, tuple[Colors, Colors]] = {
    "plain": (
        Colors(
            background="#ffffff", text="#1a1d23", muted="#484e58", border="#d9dde3",
            button="#1f2937", button_text="#ffffff", accent="#0b4fb3",
        ),
        Colors(
            background="#16181c", text="#eceef1", muted="#bac0ca", border="#3a3f48",
            button="#e8ebef", button_text="#16181c", accent="#9cc3ff",
        ),
    ),
    "soft": (
        Colors(
            background="#fffcf6", text="#2b2521", muted="#544b44", border="#e6dccf",
            button="#14523f", button_text="#ffffff", accent="#14523f",
        ),
        Colors(
            background="#1d1a17", text="#f3ece4", muted="#c9beb2", border="#463e37",
            button="#a8e0c6", button_text="#10281f", accent="#a8e0c6",
        ),
    ),
    "outline": (
        Colors(
            background="#ffffff", text="#1a1d23", muted="#484e58", border="#b9bfc9",
            button="#ffffff", button_text="#1a1d23", accent="#0b4fb3",
        ),
        Colors(
            background="#16181c", text="#eceef1", muted="#bac0ca", border="#565d69",
            button="#16181c", button_text="#eceef1", accent="#9cc3ff",
        ),
    ),
    "bold": (
        Colors(
            background="#ffffff", text="#000000", muted="#262626", border="#000000",
            button="#000000", button_text="#ffd84d", accent="#00308f",
        ),
        Colors(
            background="#000000", text="#ffffff", muted="#e0e0e0", border="#ffffff",
            button="#ffd84d", button_text="#000000", accent="#ffd84d",
        ),
    ),
}  # fmt: skip
"""Light and dark."""

FOLLOWS: Mapping[str, Mapping[str, str]] = {
    "plain": {},
    "soft": {},
    "outline": {"button": "background", "button_text": "text"},
    "bold": {},
}
"""Colors that a theme takes from others where nobody sets them."""
