"""Reads a user-agent string as `user-agents` does, by ua-parser's fast path.

Imported on first use only: together with ua-parser it takes over 100 ms. `user_agents.parse()` itself always takes
ua-parser's legacy path, twenty times slower than its Rust back end.
"""

from functools import lru_cache

import ua_parser
from user_agents.parsers import Browser, Device, OperatingSystem, UserAgent

from ..caches import BoundedCache

# Our own, for `ua_parser.parse()` spends a quarter of its time on a cache of its own.
_parser = ua_parser.Parser(ua_parser.BestAvailableResolver(ua_parser.load_lazy_builtins()))
_NO_VERSION: tuple[tuple[int | str, ...], str] = ((), "")


class ParsedUserAgent(UserAgent):  # type: ignore[misc]  # user-agents has no types
    """The same object that `user_agents.parse()` returns."""

    def __init__(self, text: str) -> None:
        result = _parser.parse(text)
        browser, system, device = result.user_agent, result.os, result.device
        self.ua_string = text
        self.browser = (
            Browser(browser.family, *_version(browser.major, browser.minor, browser.patch))
            if browser
            else Browser("Other", *_NO_VERSION)
        )
        self.os = (
            OperatingSystem(system.family, *_version(system.major, system.minor, system.patch))
            if system
            else OperatingSystem("Other", *_NO_VERSION)
        )
        self.device = Device(device.family, device.brand, device.model) if device else Device("Other", None, None)


@lru_cache(maxsize=2048)
def _version(*parts: str | None) -> tuple[tuple[int | str, ...], str]:
    version = tuple([int(part) if part.isdecimal() else part for part in parts if part is not None])
    return version, ".".join(map(str, version))


# A flood of user agents that are sent once never gets into the second, and so cannot push out what visitors share.
_seen_once: BoundedCache[str, ParsedUserAgent] = BoundedCache(1024)
_seen_again: BoundedCache[str, ParsedUserAgent] = BoundedCache(2048)


def parse_user_agent(text: str) -> ParsedUserAgent:
    """The parsed form of a user agent; of one that was asked for before, the same object."""
    parsed = _seen_again.get(text)
    if parsed is not None:
        return parsed
    parsed = _seen_once.pop(text, None)
    if parsed is None:
        parsed = ParsedUserAgent(text)
        _seen_once.put(text, parsed)
    else:
        _seen_again.put(text, parsed)
    return parsed
