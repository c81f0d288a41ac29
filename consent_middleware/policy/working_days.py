"""Counts working days by the public holidays of a country.

The calendars are those of the ``holidays`` library (extra ``rights``), with the weekends that a country works to make up for longer
holidays, as far as the library knows them. ``"none"`` needs no library: Saturdays and Sundays are free, and nothing else.
"""

import functools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holidays import HolidayBase

WEEKENDS_ONLY = "none"
_CALENDAR = re.compile(r"([A-Z]{2})(?:-([A-Z0-9]{1,3}))?")
_DAY = timedelta(days=1)
_SATURDAY = 5
_HABIT = range(2022, 2026)
"""Years whose worked weekends every release of the library knows: a country that had some in them announces some every year."""
_INSTALL = 'Install it: pip install "consent-middleware[rights]". Or count without public holidays: calendar = "none".'


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """The last day to answer. ``is_provisional``: public holidays before it are estimated, or not published yet."""

    day: date
    is_provisional: bool = False


def due_after(start: date, working_days: int, calendar: str) -> Due:
    """Return the day that is ``working_days`` after ``start``, which does not count itself. Raises LookupError for no calendar."""
    if calendar == WEEKENDS_ONLY:
        day = _nth(start, working_days, lambda day: day.weekday() < _SATURDAY)
        return Due(day=day)
    holidays = _holidays_of(calendar)
    day = _nth(start, working_days, holidays.is_working_day)
    return Due(day=day, is_provisional=_is_provisional(holidays, start, day))


def fault_of(calendar: str) -> tuple[str, str] | None:
    """Say what is wrong with a calendar, and the way out; ``None`` where it can be counted by."""
    if calendar == WEEKENDS_ONLY:
        return None
    try:
        _holidays_of(calendar)
    except ImportError:
        return "Public holidays are known to the library holidays, which is not installed.", _INSTALL
    except LookupError as error:
        return str(
            error
        ), 'Write a country such as "CN", with a part of it such as "DE-BY", or "none" for weekends only.'
    return None


@functools.lru_cache(maxsize=8)
def _holidays_of(calendar: str) -> "HolidayBase":
    match = _CALENDAR.fullmatch(calendar)
    if match is None:
        raise LookupError("This is not a country's two-letter code (ISO 3166).")
    # 85 ms and 14 MB: only where a policy asks for it.
    import holidays

    try:
        found = holidays.country_holidays(match[1], subdiv=match[2])
    except NotImplementedError as error:
        raise LookupError(f"The holidays library has no such calendar: {error}.") from error
    if "en_US" in found.supported_languages:
        found = holidays.country_holidays(match[1], subdiv=match[2], language="en_US")
    return found


def _nth(start: date, count: int, is_working_day: Callable[[date], bool]) -> date:
    day = start
    for _ in range(count):
        day += _DAY
        while not is_working_day(day):
            day += _DAY
    return day


def _is_provisional(holidays: "HolidayBase", start: date, end: date) -> bool:
    if any("estimated" in (holidays.get(day) or "") for day in _days(start, end)):
        return True
    moves_weekends = any(_worked_weekends(holidays, year) for year in _HABIT)
    return moves_weekends and not all(_worked_weekends(holidays, year) for year in range(start.year, end.year + 1))


def _worked_weekends(holidays: "HolidayBase", year: int) -> bool:
    """Whether the library knows of weekends that are worked in ``year``."""
    holidays.get(date(year, 1, 1))
    return any(day.year == year for day in holidays.weekend_workdays)


def _days(start: date, end: date) -> Iterator[date]:
    while start < end:
        start += _DAY
        yield start
