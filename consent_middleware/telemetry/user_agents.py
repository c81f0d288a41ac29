"""Reduces a user-agent string to browser family, major version, engine and platform.

What remains is what a site needs to serve the right CSS; builds, models, patch levels and installed software go.
The engine survives: `layout_engine(reduced) == layout_engine(original)`. Chrome's own reduction is the model:
https://www.chromium.org/updates/ua-reduction/
"""

import re
from collections.abc import Callable
from functools import lru_cache

from consent_middleware.telemetry.layout import layout_engine

_LONGEST_USER_AGENT = 512
_PRODUCT = re.compile(r"(?<![A-Za-z])([A-Za-z][A-Za-z_]{0,23})[/ :](\d{1,3})(?![0-9])")
_IOS_VERSION = re.compile(r" OS (\d{1,2})_")
_GECKO_VERSION = re.compile(r"\brv[: ](\d{1,3})(?![0-9])")

# Brands that sites must tell apart, in the order in which they are written after Chrome's own tokens.
_BLINK_BRANDS = {
    "Edg": "Edg/{}.0.0.0",
    "EdgA": "EdgA/{}.0.0.0",
    "OPR": "OPR/{}.0.0.0",
    "YaBrowser": "YaBrowser/{}.0.0.0",
    "MicroMessenger": "MicroMessenger/{}.0",
    "AlipayClient": "AlipayClient/{}.0",
}
_IOS_BRANDS = {
    "CriOS": "CriOS/{}.0.0.0",
    "FxiOS": "FxiOS/{}.0",
    "EdgiOS": "EdgiOS/{}.0.0.0",
    "OPiOS": "OPiOS/{}.0.0",
    "OPT": "OPT/{}.0",
    "GSA": "GSA/{}.0",
    "Version": "Version/{}.0",
}
_BOTS = [
    "Googlebot",
    "bingbot",
    "YandexBot",
    "Baiduspider",
    "DuckDuckBot",
    "Applebot",
    "Slurp",
    "Sogou",
    "Bytespider",
    "PetalBot",
    "facebookexternalhit",
    "Twitterbot",
    "LinkedInBot",
    "Slackbot",
    "Discordbot",
    "TelegramBot",
    "WhatsApp",
    "AhrefsBot",
    "SemrushBot",
    "MJ12bot",
    "DotBot",
    "GPTBot",
    "ClaudeBot",
    "CCBot",
    "PerplexityBot",
    "Amazonbot",
    "UptimeRobot",
    "Pingdom",
    "Lighthouse",
    "archive.org_bot",
]
_LIBRARIES = [
    "curl",
    "Wget",
    "python-requests",
    "python-httpx",
    "aiohttp",
    "okhttp",
    "Go-http-client",
    "Java",
    "Apache-HttpClient",
    "node-fetch",
    "axios",
    "PostmanRuntime",
    "Dalvik",
    "libwww-perl",
    "PHP",
    "Ruby",
    "Lynx",
    "Links",
    "w3m",
    "Dillo",
]
_KNOWN_BOT = re.compile("|".join(map(re.escape, _BOTS)), re.IGNORECASE)
_KNOWN_LIBRARY = re.compile("(?:" + "|".join(map(re.escape, _LIBRARIES)) + r")(?![A-Za-z])", re.IGNORECASE)
_BOT_SPELLING = {name.lower(): name for name in _BOTS}
_LIBRARY_SPELLING = {name.lower(): name for name in _LIBRARIES}
_ANY_BOT = re.compile(r"bot\b|bot[/;_ -]|crawler|spider", re.IGNORECASE)


def reduce_user_agent(value: bytes) -> bytes:
    """The reduced form of a `User-Agent` value; the same for every visitor with the same browser and major version."""
    return _reduce_known(value[:_LONGEST_USER_AGENT])


@lru_cache(maxsize=4096)
def _reduce_known(value: bytes) -> bytes:
    ua = value.decode("latin-1")
    engine = layout_engine(ua)
    reduced = _WRITERS[engine](_Facts(ua)) if engine in _WRITERS else _without_engine(ua)
    return reduced.encode("ascii")


class _Facts:
    """What a reduced user agent may still say."""

    __slots__ = ("android", "bot", "mobile", "platform", "ua", "versions")

    def __init__(self, ua: str) -> None:
        self.ua = ua
        # The first mention wins: later ones belong to products that only claim compatibility.
        self.versions: dict[str, int] = {}
        for name, version in _PRODUCT.findall(ua):
            self.versions.setdefault(name, int(version))
        self.android = "Android" in ua and "Windows Phone" not in ua
        self.mobile = "Mobile" in ua
        self.platform = _platform(ua)
        self.bot = _bot_name(ua)

    def version(self, *names: str, default: int) -> int:
        return next((self.versions[name] for name in names if name in self.versions), default)

    @property
    def comment(self) -> str:
        return f"; compatible; {self.bot}" if self.bot else ""


def _platform(ua: str) -> str:
    if "Windows" in ua:
        return "Windows NT 10.0; Win64; x64"
    if "Android" in ua:
        return "Linux; Android 10; K"
    if "CrOS" in ua:
        return "X11; CrOS x86_64 14541.0.0"
    if "Mac" in ua:
        return "Macintosh; Intel Mac OS X 10_15_7"
    return "X11; Linux x86_64"


def _bot_name(ua: str) -> str | None:
    known = _KNOWN_BOT.search(ua)
    if known:
        return f"{_BOT_SPELLING[known[0].lower()]}/1.0"
    # A name nobody knows could single out one visitor; that it is a robot is enough.
    return "bot/1.0" if _ANY_BOT.search(ua) else None


def _blink(facts: _Facts) -> str:
    chrome = max(facts.version("Chrome", "Chromium", "HeadlessChrome", default=28), 28)
    return _chrome_like(facts, chrome)


def _chrome_like(facts: _Facts, chrome: int) -> str:
    samsung = facts.versions.get("SamsungBrowser")
    words = [f"Mozilla/5.0 ({facts.platform}) AppleWebKit/537.36 (KHTML, like Gecko{facts.comment})"]
    if samsung is not None:
        words.append(f"SamsungBrowser/{samsung}.0")
    words.append(f"Chrome/{chrome}.0.0.0")
    if facts.mobile:
        words.append("Mobile")
    words.append("Safari/537.36")
    words += [form.format(facts.versions[name]) for name, form in _BLINK_BRANDS.items() if name in facts.versions]
    return " ".join(words)


def _webkit(facts: _Facts) -> str:
    if "like Mac OS X" in facts.ua:
        return _apple_mobile(facts)
    chrome = facts.versions.get("Chrome")
    if chrome is not None and chrome < 28:
        return _chrome_like(facts, chrome)
    mobile = " Mobile" if facts.mobile else ""
    version = f" Version/{facts.versions['Version']}.0" if "Version" in facts.versions else ""
    return (
        f"Mozilla/5.0 ({facts.platform}) AppleWebKit/605.1.15 (KHTML, like Gecko{facts.comment})"
        f"{version}{mobile} Safari/605.1.15"
    )


def _apple_mobile(facts: _Facts) -> str:
    system = _IOS_VERSION.search(facts.ua)
    major = system[1] if system else "10"
    device = "iPad; CPU OS" if "iPad" in facts.ua else "iPhone; CPU iPhone OS"
    words = [f"Mozilla/5.0 ({device} {major}_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko{facts.comment})"]
    words += [form.format(facts.versions[name]) for name, form in _IOS_BRANDS.items() if name in facts.versions][:1]
    words.append("Mobile/15E148 Safari/604.1")
    if "MicroMessenger" in facts.versions:
        words.append(_BLINK_BRANDS["MicroMessenger"].format(facts.versions["MicroMessenger"]))
    return " ".join(words)


def _gecko(facts: _Facts) -> str:
    gecko = _GECKO_VERSION.search(facts.ua)
    version = facts.version("Firefox", default=int(gecko[1]) if gecko else 1)
    kai = facts.versions.get("KAIOS")
    if kai is not None:
        return (
            f"Mozilla/5.0 (Mobile; rv:{version}.0{facts.comment}) Gecko/{version}.0 Firefox/{version}.0 KAIOS/{kai}.0"
        )
    if facts.android:
        kind = "Mobile" if facts.mobile else "Tablet"
        return f"Mozilla/5.0 (Android 10; {kind}; rv:{version}.0{facts.comment}) Gecko/{version}.0 Firefox/{version}.0"
    platform = "Macintosh; Intel Mac OS X 10.15" if facts.platform.startswith("Mac") else facts.platform
    return f"Mozilla/5.0 ({platform}; rv:{version}.0{facts.comment}) Gecko/20100101 Firefox/{version}.0"


def _trident(facts: _Facts) -> str:
    version = facts.version("MSIE", default=11)
    if version >= 11 or "MSIE" not in facts.versions:
        return f"Mozilla/5.0 (Windows NT 10.0; Win64; x64; Trident/7.0; rv:11.0{facts.comment}) like Gecko"
    return f"Mozilla/5.0 (compatible; MSIE {version}.0; Windows NT 10.0; Win64; x64; Trident/5.0{facts.comment})"


def _edge_html(facts: _Facts) -> str:
    edge = min(max(facts.version("Edge", default=18), 12), 18)
    mobile = " Mobile" if facts.mobile else ""
    return (
        f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko{facts.comment}) "
        f"Chrome/64.0.0.0{mobile} Safari/537.36 Edge/{edge}.0"
    )


def _presto(facts: _Facts) -> str:
    mini = facts.versions.get("Opera Mini", facts.versions.get("Mini"))
    if mini is not None:
        return f"Opera/9.80 (Android; Opera Mini/{mini}.0{facts.comment}) Presto/2.12 Version/12.0"
    version = facts.version("Version", "Opera", default=12)
    return f"Opera/9.80 ({facts.platform}{facts.comment}) Presto/2.12 Version/{version}.0"


def _goanna(facts: _Facts) -> str:
    version = facts.version("PaleMoon", "Basilisk", default=28)
    return f"Mozilla/5.0 ({facts.platform}{facts.comment}) Goanna/4.0 PaleMoon/{version}.0"


def _khtml(facts: _Facts) -> str:
    version = facts.version("Konqueror", "KHTML", default=4)
    return f"Mozilla/5.0 (compatible; Konqueror/{version}.0; Linux{facts.comment}) KHTML/{version}.0 (like Gecko)"


def _plain(token: str) -> "Writer":
    def write(facts: _Facts) -> str:
        return f"Mozilla/5.0 ({facts.platform}{facts.comment}) {token}"

    return write


def _without_engine(ua: str) -> str:
    bot = _bot_name(ua)
    if bot:
        return f"Mozilla/5.0 (compatible; {bot})"
    library = _KNOWN_LIBRARY.match(ua)
    return f"{_LIBRARY_SPELLING[library[0].lower()]}/1.0" if library else "Mozilla/5.0"


Writer = Callable[[_Facts], str]
_WRITERS: dict[str | None, Writer] = {
    "Blink": _blink,
    "WebKit": _webkit,
    "Gecko": _gecko,
    "Trident": _trident,
    "EdgeHTML": _edge_html,
    "Presto": _presto,
    "Goanna": _goanna,
    "KHTML": _khtml,
    "Servo": _plain("Servo/1.0"),
    "LibWeb": _plain("LibWeb+LibJS/1.0"),
    "Flow": _plain("Flow/5.0"),
    "NetFront": _plain("NetFront/3.0"),
}
