"""Reads a user-agent string as `user-agents` does, by ua-parser's fast path.

Imported on first use only: together with ua-parser it takes over 100 ms. `user_agents.parse()` itself always takes
ua-parser's legacy path, twenty times slower than `ua_parser.parse()` with the Rust back end.
"""

import ua_parser
from user_agents.parsers import UserAgent, parse_browser, parse_device, parse_operating_system


class ParsedUserAgent(UserAgent):  # type: ignore[misc]  # user-agents has no types
    """The same object that `user_agents.parse()` returns."""

    def __init__(self, text: str) -> None:
        result = ua_parser.parse(text)
        browser, system, device = result.user_agent, result.os, result.device
        self.ua_string = text
        self.browser = (
            parse_browser(browser.family, browser.major, browser.minor, browser.patch)
            if browser
            else parse_browser("Other")
        )
        self.os = (
            parse_operating_system(system.family, system.major, system.minor, system.patch)
            if system
            else parse_operating_system("Other")
        )
        self.device = (
            parse_device(device.family, device.brand, device.model) if device else parse_device("Other", None, None)
        )
