"""A test names the states its visitor begins in."""

import pytest

from consent_middleware.testing.states import NAMES, Start, starts


def test_without_states_all_of_them_are_meant() -> None:
    assert [start.state for start in starts()] == list(NAMES)


def test_every_combination_is_made_once() -> None:
    found = starts(gpc=[False, True], javascript=[True, False])
    assert len(found) == len(set(found)) == 16


def test_a_set_of_purposes_is_a_state() -> None:
    (start,) = starts([{"preference", "analytics"}], gpc=True)
    assert start == Start(state=frozenset({"preference", "analytics"}), gpc=True)
    assert str(start) == "only analytics preference, GPC"


def test_an_unknown_state_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(
        ValueError, match="no state is called 'acepted'; write one of nothing chosen, rejected, accepted"
    ):
        starts(["acepted"])
