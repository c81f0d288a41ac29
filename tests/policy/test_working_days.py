"""Days to answer are counted by a country's working days, weekends that are worked included."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_middleware.policy.working_days import due_after, fault_of


def test_weekends_and_public_holidays_do_not_count() -> None:
    # Friday; Saturday 26 December is a public holiday, Friday 25 too.
    assert due_after(date(2026, 12, 18), 6, "DE").day == date(2026, 12, 29)
    assert due_after(date(2026, 12, 18), 6, "none").day == date(2026, 12, 28)


def test_a_part_of_a_country_has_holidays_of_its_own() -> None:
    assert due_after(date(2027, 1, 5), 1, "DE").day == date(2027, 1, 6)
    assert due_after(date(2027, 1, 5), 1, "DE-BY").day == date(2027, 1, 7)


def test_a_weekend_that_china_works_counts() -> None:
    # The spring festival of 2026 is 15 to 23 February; Saturdays 14 and 28 are worked for it.
    assert due_after(date(2026, 2, 13), 1, "CN").day == date(2026, 2, 14)
    assert due_after(date(2026, 2, 14), 1, "CN").day == date(2026, 2, 24)
    assert due_after(date(2026, 2, 13), 6, "CN").day == date(2026, 2, 28)
    assert due_after(date(2026, 1, 30), 15, "CN").day == date(2026, 2, 27)


def test_a_day_past_the_published_calendar_is_provisional() -> None:
    assert not due_after(date(2026, 11, 2), 15, "CN").is_provisional
    # Far enough ahead that nobody has published it: whatever release of the library counts.
    assert due_after(date(2090, 1, 30), 15, "CN").is_provisional
    assert not due_after(date(2090, 1, 30), 15, "DE").is_provisional


def test_a_day_behind_an_estimated_holiday_is_provisional() -> None:
    eid = due_after(date(2090, 1, 1), 250, "AE")
    assert eid.is_provisional


@given(start=st.dates(date(2015, 1, 1), date(2060, 1, 1)), days=st.integers(1, 40))
def test_weekends_only_is_a_plain_count(start: date, days: int) -> None:
    end = due_after(start, days, "none").day
    between = (start + timedelta(days=offset) for offset in range(1, (end - start).days + 1))
    assert sum(day.weekday() < 5 for day in between) == days
    assert end.weekday() < 5


@given(start=st.dates(date(2019, 1, 1), date(2030, 1, 1)), days=st.integers(1, 40))
def test_more_working_days_end_later(start: date, days: int) -> None:
    assert start < due_after(start, days, "CN").day < due_after(start, days + 1, "CN").day


@pytest.mark.parametrize("calendar", ["CN", "DE-BY", "none"])
def test_a_known_calendar_has_no_fault(calendar: str) -> None:
    assert fault_of(calendar) is None


@pytest.mark.parametrize("calendar", ["", "cn", "China", "XX", "DE-ZZ", "CN-"])
def test_an_unknown_calendar_is_told_with_the_way_out(calendar: str) -> None:
    fault = fault_of(calendar)
    assert fault is not None
    assert '"none"' in fault[1]
    with pytest.raises(LookupError):
        due_after(date(2026, 1, 1), 1, calendar)
