"""The date of an Expires attribute, read by the forgiving algorithm of browsers (RFC 6265bis, section 5.1.1)."""

import calendar
import re

_TOKENS = re.compile(rb"[^\x09\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+")
_TIME = re.compile(rb"(\d{1,2}):(\d{1,2}):(\d{1,2})(?!\d)")
_DAY = re.compile(rb"(\d{1,2})(?!\d)")
_YEAR = re.compile(rb"(\d{2,4})(?!\d)")
_MONTHS = {name: number for number, name in enumerate(b"jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}


def parse_cookie_date(text: bytes) -> int | None:
    """Return seconds since the epoch, or ``None`` where browsers would ignore the attribute."""
    clock: tuple[int, int, int] | None = None
    day = month = year = None
    for token in _TOKENS.findall(text):
        if clock is None and (match := _TIME.match(token)):
            clock = (int(match[1]), int(match[2]), int(match[3]))
        elif day is None and (match := _DAY.match(token)):
            day = int(match[1])
        elif month is None and token[:3].lower() in _MONTHS:
            month = _MONTHS[token[:3].lower()]
        elif year is None and (match := _YEAR.match(token)):
            year = int(match[1])
    if clock is None or day is None or month is None or year is None:
        return None
    if year < 100:
        year += 1900 if year >= 70 else 2000
    if year < 1601 or not 1 <= day <= calendar.monthrange(min(year, 9999), month)[1]:
        return None
    hour, minute, second = clock
    if hour > 23 or minute > 59 or second > 59:
        return None
    return calendar.timegm((year, month, day, hour, minute, second))
