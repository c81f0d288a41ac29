"""Dates of cookies, read as forgivingly as browsers do."""

import time
from calendar import timegm

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_middleware.gates.cookie_dates import parse_cookie_date

MOMENT = timegm((2031, 6, 9, 10, 18, 14))


@pytest.mark.parametrize(
    "text",
    [
        "Mon, 09 Jun 2031 10:18:14 GMT",
        "Mon, 09-Jun-2031 10:18:14 GMT",
        "Monday, 09-Jun-31 10:18:14 GMT",
        "Mon Jun  9 10:18:14 2031",
        "9 jun 2031 10:18:14",
        "2031 june 9 10:18:14",
        "10:18:14 9 JUNE 31",
        "09 Jun 2031 10:18:14",
        "junk Mon, 09 Jun 2031 10:18:14 +0200",
        "Mon, 09 Jun 2031 10:18:14 10:00:00",
        "x" * 500 + " 9 Jun 2031 10:18:14",
        "9th Jun 2031 10:18:14",
    ],
)
def test_every_common_way_to_write_a_moment_is_read(text: str) -> None:
    assert parse_cookie_date(text.encode()) == MOMENT


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "-1",
        "Mon, 09 Jun 2031",
        "Mon, 32 Jun 2031 10:18:14 GMT",
        "Mon, 31 Jun 2031 10:18:14 GMT",
        "Mon, 09 Jun 1600 10:18:14 GMT",
        "Mon, 09 Jun 2031 24:00:00 GMT",
        "Mon, 09 Jun 2031 10:60:00 GMT",
        "Mon, 09 Jun 20311 10:18:14 GMT",
        "Mon, 09 Foo 2031 10:18:14 GMT",
        "Mon, 00 Jun 2031 10:18:14 GMT",
        "10:18 09 Jun 2031",
    ],
)
def test_what_is_no_moment_is_none(text: str) -> None:
    assert parse_cookie_date(text.encode()) is None


@pytest.mark.parametrize(("written", "year"), [("70", 1970), ("99", 1999), ("00", 2000), ("69", 2069), ("1601", 1601)])
def test_years_of_two_digits_are_near(written: str, year: int) -> None:
    assert parse_cookie_date(f"1 Jan {written} 00:00:00".encode()) == timegm((year, 1, 1, 0, 0, 0))


@given(st.binary(max_size=1024))
def test_no_bytes_are_an_exception(text: bytes) -> None:
    parse_cookie_date(text)


@given(st.integers(0, 4_102_444_800))
def test_what_this_machine_writes_is_read_back(moment: int) -> None:
    written = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(moment))
    assert parse_cookie_date(written.encode()) == moment


def test_a_long_text_is_read_in_no_time() -> None:
    start = time.process_time()
    for text in (b"1" * 1_000_000, b"1 " * 500_000, b"Jan" * 300_000, b"1:1:" * 250_000):
        parse_cookie_date(text)
    assert time.process_time() - start < 1.0
