import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_middleware.telemetry import layout_engine
from tests.telemetry.user_agent_examples import ENGINES


@pytest.mark.parametrize(("user_agent", "engine"), ENGINES.items())
def test_each_browser_has_its_engine(user_agent: str, engine: str | None) -> None:
    assert layout_engine(user_agent) == engine


def test_client_hints_settle_a_borrowed_user_agent() -> None:
    safari = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Safari/605.1.15"
    assert layout_engine(safari) == "WebKit"
    assert layout_engine(safari, '"Chromium";v="131", "Not_A Brand";v="24"') == "Blink"
    assert layout_engine(safari, "") == "WebKit"


@given(st.text(max_size=2000))
def test_no_text_breaks_it(text: str) -> None:
    layout_engine(text)


def test_spelling_in_capitals_or_small_letters_does_not_matter() -> None:
    for user_agent, engine in ENGINES.items():
        assert layout_engine(user_agent.upper()) == layout_engine(user_agent.lower()) == engine


@pytest.mark.parametrize("piece", ["Chrome/", "khtml ", "opera/", "Mozilla/5.0 (", "1.", "edge/", "blackberry1/", "a"])
def test_an_endless_user_agent_costs_little(piece: str) -> None:
    hostile = piece * (8192 // len(piece))
    started = time.process_time()
    for _ in range(20):
        layout_engine(hostile)
    assert (time.process_time() - started) / 20 < 0.0005
