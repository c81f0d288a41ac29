"""The stylesheet of one policy: ours, its layout, its theme, its colors, what only some policies need, as one file and one request."""

import functools
import gzip
import hashlib
from dataclasses import replace
from importlib import resources

from ..policy import Policy
from ..policy.model import BannerTable, Colors
from .assets import Asset, load_assets, squeeze

_VARIABLES = {
    "background": "ground",
    "text": "text",
    "muted": "muted",
    "border": "line",
    "button": "button",
    "button_text": "on-button",
    "accent": "accent",
}


_MANY_SERVICES = 8
"""From here on a list is searched rather than read."""


def has_many_services(policy: Policy) -> bool:
    """Say whether the preference center has a search."""
    return len(policy.services) >= _MANY_SERVICES


def stylesheet_of(policy: Policy) -> Asset:
    """Return the stylesheet, kept ready: policies that look alike share one."""
    return _stylesheet(policy.declarations.banner, policy.asked_age is not None, has_many_services(policy))


@functools.lru_cache(maxsize=64)
def _stylesheet(banner: BannerTable, asks_age: bool, is_searched: bool) -> Asset:
    plain = load_assets()["css"]
    layout = "" if banner.layout == "bar" else _part("layout-card")
    theme = "" if banner.theme == "plain" else _part(f"theme-{banner.theme}")
    age = _part("age") if asks_age else ""
    search = _part("search") if is_searched else ""
    added = layout + search + theme + age + _own_colors(banner.colors, banner.dark_colors)
    if not added:
        return plain
    body = plain.body + added.encode()
    name = f"choices.{hashlib.sha256(body).hexdigest()[:12]}.css"
    return replace(plain, name=name, body=body, gzipped=gzip.compress(body, 9, mtime=0))


def _part(stem: str) -> str:
    source = (resources.files("banner_templates") / "static" / f"{stem}.css").read_text("utf-8")
    return squeeze(source, "css")


def _own_colors(light: Colors, dark: Colors) -> str:
    """One declaration for each color; a site's own custom properties still win."""
    lines = []
    for field, variable in _VARIABLES.items():
        in_light, in_dark = getattr(light, field), getattr(dark, field)
        if in_light is None and in_dark is None:
            continue
        # A color that is given once is for both: the team has seen one of them only, and `check` computes its contrast in each.
        in_light, in_dark = in_light or in_dark, in_dark or in_light
        name = field.replace("_", "-")
        lines.append(
            f"--_privacy-{variable}:var(--privacy-{name},var(--_privacy-l,{in_light}) var(--_privacy-d,{in_dark}));"
        )
    if not lines:
        return ""
    return f"@layer privacy{{[data-privacy-ui],[data-privacy-page]{{{''.join(lines)}}}}}\n"
