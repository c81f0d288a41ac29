"""Lifetimes as a policy writes them: ``"session"``, ``"30 days"``, ``"13 months"``."""

import re
from dataclasses import dataclass

# A month counts 30 days and a year 365, so that "13 months" never exceeds what a regulator means by it.
UNITS = {
    "second": 1,
    "minute": 60,
    "hour": 3600,
    "day": 86_400,
    "week": 604_800,
    "month": 2_592_000,
    "year": 31_536_000,
}
SECONDS_CAP = 34_560_000
"""400 days, the longest lifetime a browser grants a cookie (RFC 6265bis, section 5.5)."""

_WRITTEN = re.compile(r"\s*(\d{1,9})\s+(second|minute|hour|day|week|month|year)s?\s*")


@dataclass(frozen=True, slots=True)
class Lifetime:
    """A duration in whole seconds; ``None`` lasts as long as the browser session."""

    text: str
    seconds: int | None

    @classmethod
    def parse(cls, text: str) -> "Lifetime":
        """Read ``text``; ValueError, with the way out, when it is not a lifetime."""
        if text.strip() == "session":
            return SESSION
        match = _WRITTEN.fullmatch(text)
        if match is None or not int(match[1]):
            raise ValueError('write "session" or a number and a unit, such as "30 minutes", "12 hours" or "13 months"')
        return cls(text.strip(), int(match[1]) * UNITS[match[2]])

    @property
    def count_and_unit(self) -> tuple[int, str] | None:
        """``(13, "month")`` for ``"13 months"``, ``None`` for a session; what a page needs to say it in words."""
        match = _WRITTEN.fullmatch(self.text)
        return (int(match[1]), match[2]) if match else None


SESSION = Lifetime("session", None)
