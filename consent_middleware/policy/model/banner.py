"""How the banner and the preference center look."""

from typing import Literal

from .table import Table


class Colors(Table, frozen=True, kw_only=True):
    """``[banner.colors]``: ``#rrggbb`` each. Accept, reject and manage share one pair of button colors: there is no other."""

    background: str | None = None
    text: str | None = None
    muted: str | None = None
    """Text of the second rank."""
    border: str | None = None
    button: str | None = None
    """The ground of every answer alike."""
    button_text: str | None = None
    accent: str | None = None
    """Links, focus, switches."""


class BannerTable(Table, frozen=True, kw_only=True):
    """``[banner]``: how the banner and the preference center look. Nothing here is part of what a visitor consents to."""

    layout: Literal["bar", "corner", "dialog"] = "bar"
    """Where it stands. On a phone each is the bar."""
    theme: Literal["plain", "soft", "outline", "bold"] = "plain"
    """Its corners, lines and weights."""
    reject_first: bool = False
    """The order of the answers. Their look is the same whatever the order."""
    colors: Colors = Colors()
    dark_colors: Colors = Colors()
    """The same where a visitor, or the page, prefers dark colors."""
