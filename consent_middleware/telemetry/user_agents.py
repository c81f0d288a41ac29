"""Reduces a user-agent string to browser family, major version, engine and platform.

What remains is what a site needs to serve the right CSS; builds, models, patch levels and installed software go.
The engine survives: `layout_engine(reduced) == layout_engine(original)`. Chrome's own reduction is the model:
https://www.chromium.org/updates/ua-reduction/
"""

import re
from functools import lru_cache

from .layout import layout_engine
from .reduced_forms import Traits, write_reduced
from .robots import library_name, robot_name

_LONGEST_USER_AGENT = 512
# At most three digits: a version is no place for an identifier.
_PRODUCT = re.compile(r"(?<![A-Za-z])([A-Za-z][A-Za-z_]{0,23})[/ :](\d{1,3})(?!\d)")
_IOS_VERSION = re.compile(r" OS (\d{1,2})_")
_GECKO_VERSION = re.compile(r"\brv[: ](\d{1,3})(?!\d)")


def reduce_user_agent(value: bytes) -> bytes:
    """The reduced form of a `User-Agent` value, the same for everyone with that browser, major version and platform."""
    return _reduce_known(value[:_LONGEST_USER_AGENT])


@lru_cache(maxsize=4096)
def _reduce_known(value: bytes) -> bytes:
    ua = value.decode("latin-1")
    engine = layout_engine(ua)
    robot = robot_name(ua)
    if engine is None:
        return _without_engine(ua, robot).encode("ascii")
    return write_reduced(engine, _read_traits(ua, robot)).encode("ascii")


def _read_traits(ua: str, robot: str | None) -> Traits:
    versions: dict[str, int] = {}
    for name, version in _PRODUCT.findall(ua):
        # The first mention wins: later ones are mostly products that only claim compatibility.
        versions.setdefault(name, int(version))
    gecko, ios = _GECKO_VERSION.search(ua), _IOS_VERSION.search(ua)
    return Traits(
        versions=versions,
        platform=_platform(ua),
        mobile="Mobile" in ua,
        tablet="iPad" in ua,
        gecko_version=int(gecko[1]) if gecko else None,
        ios_version=int(ios[1]) if ios else None,
        robot=robot,
    )


def _platform(ua: str) -> str:
    if "Windows Phone" in ua:
        return "Windows Phone"
    if "Windows" in ua:
        return "Windows"
    if "like Mac OS X" in ua:
        return "iOS"
    if "Android" in ua:
        return "Android"
    if "CrOS" in ua:
        return "ChromeOS"
    return "macOS" if "Mac" in ua else "Linux"


def _without_engine(ua: str, robot: str | None) -> str:
    if robot:
        return f"Mozilla/5.0 (compatible; {robot}/1.0)"
    library = library_name(ua)
    return f"{library}/1.0" if library else "Mozilla/5.0"
