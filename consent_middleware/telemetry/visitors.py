"""Reads a user-agent string as `user-agents` does, by ua-parser's fast path.

Imported on first use only: together with ua-parser it takes over 100 ms. `user_agents.parse()` itself always takes
ua-parser's legacy path, twenty times slower than `ua_parser.parse()` with the Rust back end.
"""

import ua_parser
from user_agents.parsers import Browser, Device, OperatingSystem, UserAgent

_NO_VERSION: tuple[tuple[int | str, ...], str] = ((), "")


class ParsedUserAgent(UserAgent):  # type: ignore[misc]  # user-agents has no types
    """The same object that `user_agents.parse()` returns."""

    def __init__(self, text: str) -> None:
        result = ua_parser.parse(text)
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


def _version(*parts: str | None) -> tuple[tuple[int | str, ...], str]:
    version = tuple([int(part) if part.isdecimal() else part for part in parts if part is not None])
    return version, ".".join(map(str, version))
