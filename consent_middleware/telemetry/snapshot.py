"""The parsed description of a visitor's device and network, as far as it is allowed."""

import re
from collections.abc import Callable, Mapping
from copy import copy
from functools import cache
from typing import TYPE_CHECKING

import msgspec

from ..caches import BoundedCache
from .addresses import mask_ip
from .languages import coarse_language, first_language
from .layout import layout_engine
from .user_agents import reduce_user_agent
from .visitor_address import visitor_host

if TYPE_CHECKING:
    from .visitors import ParsedUserAgent

_LONGEST_USER_AGENT = 512
_LONGEST_HINT = 256
_LONGEST_TOLD = 1536
"""Characters of everything that one description is read from: some 300 from browsers."""
_FROZEN_ANDROID = re.compile(r"Android 10; K(?=[;)])")
_QUOTED = re.compile(r'"((?:[^"\\]|\\["\\])*)"')
_BRAND_VERSION = re.compile(r'"([^"\\]{1,64})";\s*v="(\d[\d.]{0,30})"')
# How a browser that ua-parser names calls itself in Client Hints.
_HINT_BRANDS = {
    "Chrome": "Google Chrome",
    "Chrome Mobile": "Google Chrome",
    "Edge": "Microsoft Edge",
    "Edge Mobile": "Microsoft Edge",
    "Opera": "Opera",
    "Opera Mobile": "Opera",
}
_FIRST_WINDOWS_11 = 13  # https://learn.microsoft.com/en-us/microsoft-edge/web-platform/how-to-detect-win11


Disclose = Callable[[str, str, str], str | None]
"""From a field, a purpose and a reason to the value that this purpose may see."""


class Telemetry(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """What may be known about a visitor's device and network; what is not allowed is `None` or coarse.

    Equal for equal visitors. What it may disclose besides belongs to one request, and is no part of the value.
    """

    ip: str | None = None
    """The full client address; `None` until `network` is allowed."""
    ip_prefix: str | None = None
    """The network it is in (IPv4 /24, IPv6 /48), also before: it is what the app sees as its client anyway."""
    browser: str | None = None
    """The browser's family."""
    browser_version: str | None = None
    """Its version; only the major one until `device` is allowed."""
    os: str | None = None
    """The system's family."""
    os_version: str | None = None
    """The system's version; `None` until `device` is allowed."""
    device_type: str | None = None
    """`desktop`, `mobile`, `tablet` or `bot`."""
    device_brand: str | None = None
    """The maker; `None` until `device` is allowed."""
    device_model: str | None = None
    """The model; `None` until `device` is allowed."""
    layout_engine: str | None = None
    """`Blink`, `WebKit`, `Gecko` …"""
    language: str | None = None
    """The language the visitor likes best; without its region until `device` is allowed."""
    is_bot: bool = False
    """Whether the visitor says it is a robot."""

    def disclose(self, field: str, *, purpose: str, reason: str) -> str | None:
        """The whole value of a masked field, for a purpose that the policy grounds as necessary: counted, and logged without it.

        For any other purpose, what the visitor allows: of an address its network. Raises ConfigurationError for a field that
        nobody declares, and without a reason.
        """
        disclose: Disclose | None = self.__dict__.get("_disclose")
        if disclose is not None:
            return disclose(field, purpose, reason)
        value: str | None = getattr(self, field)
        return value or self.ip_prefix if field == "ip" else value

    def bound_to(self, disclose: Disclose) -> "Telemetry":
        """The same description, able to disclose what its request holds."""
        bound = copy(self)
        bound.__dict__["_disclose"] = disclose
        return bound


def take_snapshot(
    headers: Mapping[bytes, bytes],
    client: tuple[str, int] | None,
    *,
    network: bool,
    device: bool,
) -> Telemetry:
    """Describe the sender of `headers` (lower-case names), raw or masked; `client` is the server's peer.

    With `network` refused the address is `None` and only its prefix known; with `device` refused browser, major
    version, system family and engine come from the reduced user agent, and the rest is `None`.
    """
    find = headers.get
    host = visitor_host(headers, client[0] if client else None)
    # What is cut is cut where it is read: looking a long value up is cheaper than cutting a short one.
    if device:
        told = (
            host,
            network,
            find(b"user-agent"),
            find(b"accept-language"),
            find(b"sec-ch-ua"),
            find(b"sec-ch-ua-model"),
            find(b"sec-ch-ua-platform-version"),
            find(b"sec-ch-ua-full-version-list"),
        )
        return _full.get(told) or _remember(_full, told, _describe_fully(*told))
    said = (host, network, find(b"user-agent"), find(b"accept-language"), find(b"sec-ch-ua"))
    return _coarse.get(said) or _remember(_coarse, said, _describe_coarsely(*said))


_Told = tuple[str | bytes | bool | None, ...]
_full: BoundedCache[_Told, Telemetry] = BoundedCache(2048)
_coarse: BoundedCache[_Told, Telemetry] = BoundedCache(2048)


def _remember(cache: BoundedCache[_Told, Telemetry], told: _Told, telemetry: Telemetry) -> Telemetry:
    """Keep a description, unless what it was read from would fill the memory."""
    if sum(len(value) for value in told if isinstance(value, (str, bytes))) <= _LONGEST_TOLD:
        cache.put(told, telemetry)
    return telemetry


def warm() -> None:
    """Load the parser and run it once: the first parse builds its tables, over 100 ms and 25 MB."""
    _parser()("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0")


@cache
def _parser() -> Callable[[str], "ParsedUserAgent"]:
    from .visitors import parse_user_agent  # heavy, see its docstring

    return parse_user_agent


def _describe_coarsely(
    host: str | None, network: bool, user_agent: bytes | None, languages: bytes | None, brands: bytes | None
) -> Telemetry:
    text = reduce_user_agent(user_agent or b"").decode("ascii")
    parsed = _parser()(text)
    prefix = mask_ip(host) if host else None
    return Telemetry(
        ip=host if network else None,
        ip_prefix=prefix,
        browser=_known(parsed.browser.family),
        browser_version=parsed.browser.version_string.partition(".")[0] or None,
        os=_known(parsed.os.family),  # not its version: a reduced user agent says the same one for everybody
        device_type=_device_type(parsed),
        layout_engine=layout_engine(text, _cut(brands).decode("latin-1")),
        language=coarse_language(_cut(languages)),
        is_bot=parsed.is_bot,
    )


def _describe_fully(
    host: str | None,
    network: bool,
    user_agent: bytes | None,
    languages: bytes | None,
    brands: bytes | None,
    model_hint: bytes | None,
    platform_hint: bytes | None,
    versions_hint: bytes | None,
) -> Telemetry:
    text = (user_agent or b"")[:_LONGEST_USER_AGENT].decode("latin-1")
    hinted_model, hinted_platform = _unquote(_cut(model_hint)), _unquote(_cut(platform_hint))
    if hinted_model:  # Chrome's Android user agent is frozen to "Android 10; K"
        release = hinted_platform.partition(".")[0] or "10"
        text = _FROZEN_ANDROID.sub(lambda _: f"Android {release}; {hinted_model}", text)
    parsed = _parser()(text)
    browser, system = _known(parsed.browser.family), _known(parsed.os.family)
    prefix = mask_ip(host) if host else None
    named = parsed.device.model not in (None, "K")
    return Telemetry(
        ip=host if network else None,
        ip_prefix=prefix,
        browser=browser,
        browser_version=_full_version(browser, _cut(versions_hint)) or parsed.browser.version_string or None,
        os=system,
        os_version=_system_version(system, hinted_platform) or parsed.os.version_string or None,
        device_type=_device_type(parsed),
        device_brand=_brand(parsed.device.brand) if named else None,
        device_model=_known(parsed.device.model) if named else None,
        layout_engine=layout_engine(text, _cut(brands).decode("latin-1")),
        language=first_language(_cut(languages)),
        is_bot=parsed.is_bot,
    )


def _cut(hint: bytes | None) -> bytes:
    return (hint or b"")[:_LONGEST_HINT]


def _unquote(value: bytes) -> str:
    if not value:
        return ""
    match = _QUOTED.match(value.decode("latin-1"))
    return match[1] if match else ""


def _known(family: str | None) -> str | None:
    return None if family in (None, "", "Other") else family


def _brand(brand: str | None) -> str | None:
    return None if brand is None or brand.startswith("Generic") else brand


def _device_type(parsed: "ParsedUserAgent") -> str | None:
    if parsed.is_bot:
        return "bot"
    if parsed.is_tablet or "; Tablet;" in parsed.ua_string:  # user-agents takes Firefox on tablets for a telephone
        return "tablet"
    if parsed.is_mobile:
        return "mobile"
    return "desktop" if parsed.is_pc else None


def _full_version(browser: str | None, hint: bytes) -> str | None:
    if browser is None or not hint:
        return None
    return dict(_BRAND_VERSION.findall(hint.decode("latin-1"))).get(_HINT_BRANDS.get(browser, browser))


def _system_version(system: str | None, version: str) -> str | None:
    if not version or system is None:
        return None
    if system != "Windows":
        return version
    major = version.partition(".")[0]
    return "11" if major.isdecimal() and int(major) >= _FIRST_WINDOWS_11 else "10"
