"""Names the layout engine behind a user-agent string."""

import re

_LONGEST_USER_AGENT = 512

_CHROME = re.compile(r"(?:Chrome|Chromium|HeadlessChrome)/(\d{1,4})")
_EDGE_HTML = re.compile(r"\bEdge/1[2-9]\.")
_OPERA = re.compile(r"\bOpera[/ ](\d{1,3})")
_FLOW = re.compile(r"\bFlow/\d|\bEkioh")
_NET_FRONT = re.compile(r"\bNetFront|\bNetfront")
_APPLE_MOBILE = ("(iPhone", "(iPad", "(iPod", "like Mac OS X")
_FIRST_BLINK_CHROME = 28


def layout_engine(user_agent: str, brands: str | None = None) -> str | None:
    """The engine that lays the page out, or `None` where no engine does (a feed reader, a library).

    `brands` is the value of `Sec-CH-UA`; it settles what a frozen or borrowed user agent hides.
    """
    if brands and '"Chromium"' in brands:
        return "Blink"
    ua = user_agent[:_LONGEST_USER_AGENT]
    if "Trident/" in ua:
        return "Trident"
    if "Edge/1" in ua and _EDGE_HTML.search(ua):
        return "EdgeHTML"
    if "Presto/" in ua:
        return "Presto"
    if "Goanna/" in ua:
        return "Goanna"
    if "Servo/" in ua:
        return "Servo"
    if "LibWeb+LibJS" in ua:
        return "LibWeb"
    if _FLOW.search(ua):
        return "Flow"
    if "AppleWebKit" in ua or "Chrome/" in ua:
        return _webkit_descendant(ua)
    if "Opera" in ua and _OPERA.search(ua):
        return "Presto"
    if "MSIE " in ua:
        return "Trident"
    if "Gecko/" in ua or ("Gecko" in ua and "like Gecko" not in ua):
        return "Gecko"
    if "KHTML" in ua or "Konqueror/" in ua:
        return "KHTML"
    if _NET_FRONT.search(ua):
        return "NetFront"
    return None


def _webkit_descendant(ua: str) -> str:
    if "like Mac OS X" in ua and any(device in ua for device in _APPLE_MOBILE):
        return "WebKit"  # every browser on iOS is WebKit, whatever it is called
    chrome = _CHROME.search(ua)
    if chrome and int(chrome[1]) >= _FIRST_BLINK_CHROME:
        return "Blink"
    return "WebKit"
