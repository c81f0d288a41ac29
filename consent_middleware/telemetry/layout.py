"""Names the layout engine behind a user-agent string."""

import re

_LONGEST_USER_AGENT = 512
_FIRST_BLINK_CHROME = 28

# LG's televisions spell it with a zero, so that sites do not offer them their Chrome apps.
_CHROME = re.compile(r"chr[o0]m(?:e|ium)[/_](\d{1,4})")
_EDGE_HTML = re.compile(r"\bedge/\d")
_OPERA = re.compile(r"\bopera(?:[/ ]?(?:\d|mini|mobi)|\Z)")
_FLOW = re.compile(r"\b(?:ekioh)?flow/\d")
# Puffin lays pages out on its own servers, except on iPads and iPhones (IT, IP).
_PUFFIN_IOS = re.compile(r"puffin/[\d.]+i[pt]\b")
# UC Browser on phones without a web view: its servers lay pages out, with a Gecko of theirs.
_UC_PROXY = re.compile(r"ucweb|uc ?browser")

# What names none of the five families. The first that is found says it.
_RARE = (
    ("Flow", _FLOW),
    ("KHTML", re.compile(r"konqueror/|\A(?!.*like mac os x).*khtml")),
    ("Servo", re.compile(r"servo/")),
    ("LibWeb", re.compile(r"libweb|ladybird/")),
    ("Dillo", re.compile(r"dillo/")),
    ("NetFront", re.compile(r"netfront|ave-?front|browser/nf\d|browser/netfont|playstation 3;|\bpsp \(playstation")),
    ("Gecko", re.compile(r"(?:firefox|thunderbird|seamonkey)/")),
    # JUC is UC Browser in an Android web view.
    ("WebKit", re.compile(r"\Ajuc\b|cfnetwork/|nintendo 3ds")),
    ("Gecko", _UC_PROXY),
    # Apps and the systems' own HTTP clients say only where they run. The projects that name engines count them as the
    # web view of that system; S60, BlackBerry OS since 6 and Samsung's Dolfin are WebKit as well.
    ("WebKit", re.compile(r"\bi(?:phone|pad|pod|tunes|cab)|\bios (?:version )?\d|dalvik/|\blinux; (?:u; )?android")),
    ("WebKit", re.compile(r"series60|\bs60/|blackberry ?\d+/[67]\.|dolfin/")),
    ("Trident", re.compile(r"microsoft (?:office|outlook)|windows-rss-platform")),
)


def layout_engine(user_agent: str, brands: str | None = None) -> str | None:
    """The engine that lays the page out, or `None` where no engine does (a feed reader, a library).

    `brands` is the value of `Sec-CH-UA`; it settles what a frozen or borrowed user agent hides.
    """
    if brands and '"Chromium"' in brands:
        return "Blink"
    ua = user_agent[:_LONGEST_USER_AGENT].lower()
    if "webkit" in ua and "presto/" not in ua:
        return _webkit_family(ua)
    if "presto/" in ua or ("opera" in ua and _OPERA.search(ua)):
        return "Blink" if _is_blink(ua) else "Presto"
    if "trident/" in ua or "msie " in ua:
        return _trident_family(ua)
    if "gecko" in ua or "goanna/" in ua:
        return _gecko_family(ua)
    return _rare(ua)


def _webkit_family(ua: str) -> str:
    if "trident/" in ua:
        return "Trident"  # IE 11 on phones names every other engine too
    if "edge/" in ua and "browser/" not in ua and _EDGE_HTML.search(ua):
        return "EdgeHTML"  # QQBrowser and Coc Coc borrow its name for sites that ask for it
    if "ladybird/" in ua:
        return "LibWeb"
    if "like mac os x" in ua:
        return "WebKit"  # every browser on iOS is WebKit, whatever it is called
    if _is_blink(ua):
        return "WebKit" if "puffin/" in ua and _PUFFIN_IOS.search(ua) else "Blink"
    if "opera" in ua and _OPERA.search(ua):
        return "Presto"
    return "Gecko" if ")uc applewebkit(" in ua else "WebKit"


def _is_blink(ua: str) -> bool:
    chrome = _CHROME.search(ua)
    return chrome is not None and int(chrome[1]) >= _FIRST_BLINK_CHROME


def _trident_family(ua: str) -> str:
    if "msie 4.01" in ua and _UC_PROXY.search(ua):
        return "Gecko"
    return "Tasman" if "mac_powerpc" in ua and "msie 5" in ua else "Trident"


def _gecko_family(ua: str) -> str | None:
    if "goanna/" in ua:
        return "Goanna"
    if "servo/" in ua:
        return "Servo"
    if "libweb" in ua or "ladybird/" in ua:
        return "LibWeb"
    if "flow/" in ua and _FLOW.search(ua):
        return "Flow"
    if "gecko/" in ua or "like gecko" not in ua:
        return "Gecko"
    return _rare(ua)


def _rare(ua: str) -> str | None:
    if _is_blink(ua):
        return "Blink"
    return next((engine for engine, pattern in _RARE if pattern.search(ua)), None)
