import time

import pytest

from consent_middleware.consent import NO_CHOICE, Consent
from consent_middleware.pages.form_token import FormTokens, needs_token

AGENT = (b"user-agent", b"Mozilla/5.0 (X11; Linux x86_64; rv:78.0) Gecko/20100101 Firefox/78.0")
SCOPE = {"type": "http", "client": ("192.0.2.7", 5000), "headers": [AGENT]}
TOKENS = FormTokens(["new"])


def test_a_token_is_accepted_from_the_visitor_it_was_made_for() -> None:
    assert TOKENS.accepts(TOKENS.make(SCOPE, NO_CHOICE), SCOPE, NO_CHOICE)


@pytest.mark.parametrize(
    "other",
    [
        {"client": ("198.51.100.7", 5000)},
        {"client": None},
        {"headers": [(b"user-agent", b"curl/8.0")]},
    ],
)
def test_a_token_is_refused_from_another_network_or_browser(other: dict[str, object]) -> None:
    assert not TOKENS.accepts(TOKENS.make(SCOPE, NO_CHOICE), {**SCOPE, **other}, NO_CHOICE)


def test_a_token_belongs_to_one_visitor_once_there_is_a_choice() -> None:
    one, two = (Consent(choice_made=True, id=name * 16) for name in "ab")
    token = TOKENS.make(SCOPE, one)
    assert TOKENS.accepts(token, SCOPE, one)
    assert not TOKENS.accepts(token, SCOPE, two)
    assert not TOKENS.accepts(token, SCOPE, NO_CHOICE)


def test_a_token_outlives_the_masking_of_what_it_is_bound_to() -> None:
    chrome = b"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%b Safari/537.36"
    raw = {**SCOPE, "headers": [(b"user-agent", chrome % b"120.0.6099.71")]}
    masked = {**SCOPE, "client": ("192.0.2.0", 0), "headers": [(b"user-agent", chrome % b"120.0.0.0")]}
    assert TOKENS.make(raw, NO_CHOICE) == TOKENS.make(masked, NO_CHOICE)


def test_an_older_key_still_verifies() -> None:
    assert FormTokens(["newer", "new"]).accepts(TOKENS.make(SCOPE, NO_CHOICE), SCOPE, NO_CHOICE)
    assert not FormTokens(["newer"]).accepts(TOKENS.make(SCOPE, NO_CHOICE), SCOPE, NO_CHOICE)


def test_a_token_is_good_for_a_day_but_not_for_two(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000 * 86_400.0 + 86_399
    monkeypatch.setattr(time, "time", lambda: now)
    token = TOKENS.make(SCOPE, NO_CHOICE)
    now += 86_400
    assert TOKENS.accepts(token, SCOPE, NO_CHOICE)
    now += 86_400
    assert not TOKENS.accepts(token, SCOPE, NO_CHOICE)


@pytest.mark.parametrize("token", ["", "x", "é" * 32, "0" * 32, "0" * 100_000])
def test_a_made_up_token_is_refused(token: str) -> None:
    assert not TOKENS.accepts(token, SCOPE, NO_CHOICE)


def test_only_a_browser_without_fetch_metadata_needs_a_token() -> None:
    assert needs_token(SCOPE)
    assert not needs_token({"headers": [(b"sec-fetch-site", b"none")]})


def test_a_server_may_name_the_client_in_a_list() -> None:
    listed = {**SCOPE, "client": ["192.0.2.7", 5000]}
    assert TOKENS.make(listed, NO_CHOICE) == TOKENS.make(SCOPE, NO_CHOICE)


def test_another_port_of_the_same_visitor_makes_no_other_token() -> None:
    other = {**SCOPE, "client": ("192.0.2.7", 5001)}
    assert TOKENS.make(other, NO_CHOICE) == TOKENS.make(SCOPE, NO_CHOICE)
