"""Reads a user-agent string as `user-agents` does, by ua-parser's fast path.

Imported on first use only: together with ua-parser it takes over 100 ms. `user_agents.parse()` itself always takes
ua-parser's legacy path, twenty times slower than its Rust back end.
"""

from collections.abc import Callable
from typing import Protocol

import ua_parser
from user_agents.parsers import Browser, Device, OperatingSystem, UserAgent

from ..caches import BoundedCache


class Named(Protocol):
    """A browser or a system, as ua-parser finds it."""

    @property
    def family(self) -> str: ...
    @property
    def major(self) -> str | None: ...
    @property
    def minor(self) -> str | None: ...
    @property
    def patch(self) -> str | None: ...


class Made(Protocol):
    """A device, as ua-parser finds it."""

    @property
    def family(self) -> str: ...
    @property
    def brand(self) -> str | None: ...
    @property
    def model(self) -> str | None: ...


Finder = Callable[[str], tuple[Named | None, Named | None, Made | None]]


def _best_finder() -> Finder:
    """The fastest way to ask ua-parser for browser, system and device."""
    resolver = ua_parser.BestAvailableResolver(ua_parser.load_lazy_builtins())
    try:
        from ua_parser.regex import Resolver
    except ImportError:  # without ua-parser's Rust back end
        pass
    else:
        if isinstance(resolver, Resolver):
            # Straight from Rust: the frozen dataclasses in between cost nearly as much as the search itself.
            browser, system, device = resolver.ua.extract, resolver.os.extract, resolver.de.extract
            return lambda text: (browser(text), system(text), device(text))

    def find(text: str) -> tuple[Named | None, Named | None, Made | None]:
        found = resolver(text, ua_parser.Domain.ALL)
        return found.user_agent, found.os, found.device

    return find


_find = _best_finder()
_NO_VERSION: tuple[tuple[int | str, ...], str] = ((), "")


class ParsedUserAgent(UserAgent):  # type: ignore[misc]  # user-agents has no types
    """The same object that `user_agents.parse()` returns."""

    def __init__(self, text: str) -> None:
        browser, system, device = _find(text)
        self.ua_string = text
        self.browser = Browser(browser.family, *_version(browser)) if browser else Browser("Other", *_NO_VERSION)
        self.os = (
            OperatingSystem(system.family, *_version(system)) if system else OperatingSystem("Other", *_NO_VERSION)
        )
        self.device = Device(device.family, device.brand, device.model) if device else Device("Other", None, None)


def _version(found: Named) -> tuple[tuple[int | str, ...], str]:
    parts = [part for part in (found.major, found.minor, found.patch) if part is not None]
    return tuple([int(part) if part.isdecimal() else part for part in parts]), ".".join(parts)


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
