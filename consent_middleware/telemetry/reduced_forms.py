"""Writes the reduced user agent of each browser family.

Every form is read back to the same traits and the same engine, so that reducing twice changes nothing.
"""

from collections.abc import Callable, Mapping

import msgspec

_PLATFORMS = {
    "Windows": "Windows NT 10.0; Win64; x64",
    "Windows Phone": "Windows Phone 10.0; Android 6.0.1",
    "Android": "Linux; Android 10; K",
    "ChromeOS": "X11; CrOS x86_64 14541.0.0",
    "macOS": "Macintosh; Intel Mac OS X 10_15_7",
    "iOS": "iPhone; CPU iPhone OS 18_0 like Mac OS X",
    "Linux": "X11; Linux x86_64",
}
# Browsers that sites must tell apart, written after Chrome's own tokens or in the place of Safari's version. WeChat and
# Alipay are here because pages in them pay and share through the host app.
_CHROMIUM_BRANDS = {
    "Edg": "Edg/{}.0.0.0",
    "EdgA": "EdgA/{}.0.0.0",
    "OPR": "OPR/{}.0.0.0",
    "YaBrowser": "YaBrowser/{}.0.0.0",
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
_HOST_APPS = {"MicroMessenger": "MicroMessenger/{}.0", "AlipayClient": "AlipayClient/{}.0"}
_FIRST_BLINK_CHROME = 28


class Traits(msgspec.Struct, frozen=True, kw_only=True):
    """What a reduced user agent may still say."""

    versions: Mapping[str, int]
    """Major versions by product."""
    platform: str
    mobile: bool
    tablet: bool
    gecko_version: int | None
    ios_version: int | None
    robot: str | None

    def version(self, *products: str, default: int) -> int:
        """The major version of the first of these products that is named."""
        return next((self.versions[name] for name in products if name in self.versions), default)

    def tokens(self, forms: Mapping[str, str]) -> list[str]:
        """Those of `forms` whose product is named, with its version."""
        return [form.format(self.versions[name]) for name, form in forms.items() if name in self.versions]

    @property
    def system(self) -> str:
        """The platform as a user agent writes it."""
        return _PLATFORMS[self.platform]

    @property
    def remark(self) -> str:
        """What a robot adds to a comment."""
        return f"; compatible; {self.robot}/1.0" if self.robot else ""


def write_reduced(engine: str, traits: Traits) -> str:
    """The reduced user agent of a browser with this engine."""
    return _FORMS[engine](traits)


def _blink(traits: Traits) -> str:
    chrome = traits.version("Chrome", "Chromium", "HeadlessChrome", default=_FIRST_BLINK_CHROME)
    return _chrome(traits, max(chrome, _FIRST_BLINK_CHROME))


def _chrome(traits: Traits, version: int) -> str:
    system = _PLATFORMS["Linux"] if traits.platform == "iOS" else traits.system
    words = [f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko{traits.remark})"]
    words += traits.tokens({"SamsungBrowser": "SamsungBrowser/{}.0"})
    words.append(f"Chrome/{version}.0.0.0")
    if traits.mobile:
        words.append("Mobile")
    words.append("Safari/537.36")
    words += traits.tokens(_CHROMIUM_BRANDS) + traits.tokens(_HOST_APPS)
    return " ".join(words)


def _webkit(traits: Traits) -> str:
    if traits.platform == "iOS":
        return _ios(traits)
    chrome = traits.versions.get("Chrome")
    if chrome is not None and chrome < _FIRST_BLINK_CHROME:
        return _chrome(traits, chrome)
    words = [f"Mozilla/5.0 ({traits.system}) AppleWebKit/605.1.15 (KHTML, like Gecko{traits.remark})"]
    words += traits.tokens({"Version": "Version/{}.0"})
    if traits.mobile:
        words.append("Mobile")
    words.append("Safari/605.1.15")
    return " ".join(words)


def _ios(traits: Traits) -> str:
    device = "iPad; CPU OS" if traits.tablet else "iPhone; CPU iPhone OS"
    system = f"{device} {traits.ios_version or 10}_0 like Mac OS X"
    words = [f"Mozilla/5.0 ({system}) AppleWebKit/605.1.15 (KHTML, like Gecko{traits.remark})"]
    words += traits.tokens(_IOS_BRANDS)[:1]
    words.append("Mobile/15E148 Safari/604.1")
    words += traits.tokens(_HOST_APPS)
    return " ".join(words)


def _gecko(traits: Traits) -> str:
    version = traits.version("Firefox", default=traits.gecko_version or 1)
    revision = f"rv:{version}.0{traits.remark}"
    if "KAIOS" in traits.versions:
        kai = f"KAIOS/{traits.versions['KAIOS']}.0"
        return f"Mozilla/5.0 (Mobile; {revision}) Gecko/{version}.0 Firefox/{version}.0 {kai}"
    if traits.platform == "Android":
        kind = "Mobile" if traits.mobile else "Tablet"
        return f"Mozilla/5.0 (Android 10; {kind}; {revision}) Gecko/{version}.0 Firefox/{version}.0"
    system = "Macintosh; Intel Mac OS X 10.15" if traits.platform == "macOS" else traits.system
    return f"Mozilla/5.0 ({system}; {revision}) Gecko/20100101 Firefox/{version}.0"


def _trident(traits: Traits) -> str:
    if traits.platform == "Windows Phone":
        system = "Mobile; Windows Phone 8.1; Android 4.0; ARM"
        return f"Mozilla/5.0 ({system}; Trident/7.0; Touch; rv:11.0; IEMobile/11.0{traits.remark}) like Gecko"
    version = traits.versions.get("MSIE")
    if version is None:
        return f"Mozilla/5.0 (Windows NT 10.0; Win64; x64; Trident/7.0; rv:11.0{traits.remark}) like Gecko"
    return f"Mozilla/5.0 (compatible; MSIE {version}.0; Windows NT 10.0; Win64; x64; Trident/5.0{traits.remark})"


def _edge_html(traits: Traits) -> str:
    version = traits.version("Edge", default=18)
    mobile = " Mobile" if traits.mobile else ""
    return (
        f"Mozilla/5.0 ({traits.system}) AppleWebKit/537.36 (KHTML, like Gecko{traits.remark}) "
        f"Chrome/64.0.0.0{mobile} Safari/537.36 Edge/{version}.0"
    )


def _presto(traits: Traits) -> str:
    if "Mini" in traits.versions:
        mini = f"Opera Mini/{traits.versions['Mini']}.0"
        return f"Opera/9.80 (Android; {mini}{traits.remark}) Presto/2.12 Version/12.0"
    version = traits.version("Version", "Opera", default=12)
    return f"Opera/9.80 ({traits.system}{traits.remark}) Presto/2.12 Version/{version}.0"


def _goanna(traits: Traits) -> str:
    version = traits.version("PaleMoon", "Basilisk", default=28)
    return f"Mozilla/5.0 ({traits.system}{traits.remark}) Goanna/4.0 PaleMoon/{version}.0"


def _khtml(traits: Traits) -> str:
    version = traits.version("Konqueror", "KHTML", default=4)
    return f"Mozilla/5.0 (compatible; Konqueror/{version}.0; Linux{traits.remark}) KHTML/{version}.0 (like Gecko)"


def _tasman(traits: Traits) -> str:
    return f"Mozilla/4.0 (compatible; MSIE 5.0; Mac_PowerPC{traits.remark})"


def _plain(product: str) -> Callable[[Traits], str]:
    return lambda traits: f"Mozilla/5.0 ({traits.system}{traits.remark}) {product}"


_FORMS: Mapping[str, Callable[[Traits], str]] = {
    "Blink": _blink,
    "WebKit": _webkit,
    "Gecko": _gecko,
    "Trident": _trident,
    "EdgeHTML": _edge_html,
    "Presto": _presto,
    "Goanna": _goanna,
    "KHTML": _khtml,
    "Tasman": _tasman,
    "Servo": _plain("Servo/1.0"),
    "LibWeb": _plain("LibWeb/1.0"),
    "Flow": _plain("Flow/5.0"),
    "NetFront": _plain("NetFront/3.0"),
    "Dillo": _plain("Dillo/3.0"),
}
