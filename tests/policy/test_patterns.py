"""Names and patterns of cookies."""

import time
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_middleware.policy.patterns import NameTable

letters = st.text("ab.", max_size=8)


@given(st.text("ab.*?", min_size=1, max_size=6), letters)
def test_a_pattern_matches_what_shells_match(written: str, name: str) -> None:
    found = NameTable([(written, "found")]).find(name)
    assert (found is not None) == fnmatchcase(name, written)


def test_an_exact_name_wins_over_a_pattern_and_the_first_pattern_over_the_next() -> None:
    table = NameTable([("a*", 1), ("ab", 2), ("a?c", 3)])
    assert [table.find(name) for name in ("ab", "abc", "b")] == [2, 1, None]


def test_the_first_of_two_equal_names_counts() -> None:
    assert NameTable([("a", 1), ("a", 2)]).find("a") == 1


@pytest.mark.parametrize("pattern", ["*a*a*a*a*b", "a**?*?*b", "a?*a?*a?*b"])
def test_a_long_name_costs_a_pattern_with_many_stars_no_more_than_a_glance(pattern: str) -> None:
    start = time.process_time()
    assert NameTable([(pattern, 1)]).find("a" * 100_000) is None
    assert time.process_time() - start < 0.2
