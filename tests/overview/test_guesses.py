"""Whoever guesses the overview's token waits longer and longer; whoever has it gets in."""

import time
from typing import Any

import pytest

from consent_middleware import ConsentMiddleware
from consent_middleware.asgi import Header
from consent_middleware.overview.guesses import Guesses
from tests.driving import SAME_ORIGIN, Answer, App, call, get, mounted, scope_of

TOKEN = "a token that is long enough"
OVERVIEW = "/-/privacy/overview"
METRICS = "/-/privacy/metrics"
FORM: Header = (b"content-type", b"application/x-www-form-urlencoded")
STRANGER = "203.0.113.9"
TEAM = "198.51.100.7"


@pytest.fixture
def middleware() -> ConsentMiddleware:
    return mounted(App(), overview_token=TOKEN)


def sign_in(app: ConsentMiddleware, presented: str, client: str, **options: Any) -> Answer:
    scope = scope_of(OVERVIEW, method="POST", headers=[FORM, *SAME_ORIGIN], client=(client, 1), **options)
    return call(app, scope, f"token={presented.replace(' ', '+')}".encode())


def scrape(app: ConsentMiddleware, presented: str, client: str) -> Answer:
    return get(app, METRICS, headers=[(b"authorization", f"Bearer {presented}".encode())], client=(client, 1))


def guess_from_everywhere(app: ConsentMiddleware) -> None:
    for number in range(60):
        sign_in(app, "wrong", f"9.9.{number}.1")


def test_a_network_waits_after_five_wrong_tokens_and_the_right_one_is_not_looked_at(
    middleware: ConsentMiddleware,
) -> None:
    assert [sign_in(middleware, "wrong", f"203.0.113.{number}").status for number in range(5)] == [401] * 5
    for presented in ("wrong", TOKEN):
        answer = sign_in(middleware, presented, STRANGER)
        assert answer.status == 429
        assert 0 < int(answer.value(b"retry-after") or 0) <= 60
        assert answer.set_cookies == []
        assert "Too many tokens were wrong." in answer.body.decode()
    assert sign_in(middleware, TOKEN, TEAM).status == 303


def test_a_token_in_a_header_is_a_guess_like_one_in_the_form(middleware: ConsentMiddleware) -> None:
    assert [scrape(middleware, "wrong", STRANGER).status for _ in range(4)] == [401] * 4
    answer = scrape(middleware, "wrong", STRANGER)
    assert answer.status == 429
    assert int(answer.value(b"retry-after") or 0) > 0
    assert scrape(middleware, TOKEN, STRANGER).status == 429
    assert sign_in(middleware, TOKEN, STRANGER).status == 429
    assert get(middleware, OVERVIEW, client=(STRANGER, 1)).status == 401


def test_the_right_token_is_never_counted(middleware: ConsentMiddleware) -> None:
    assert {scrape(middleware, TOKEN, TEAM).status for _ in range(20)} == {200}
    assert {sign_in(middleware, TOKEN, TEAM).status for _ in range(20)} == {303}


def test_an_attack_from_many_networks_is_slowed_down_as_a_whole(middleware: ConsentMiddleware) -> None:
    guess_from_everywhere(middleware)
    answer = sign_in(middleware, TOKEN, STRANGER)
    assert (answer.status, answer.value(b"retry-after")) == (429, b"2")


def test_it_keeps_out_no_network_that_has_the_token(middleware: ConsentMiddleware) -> None:
    assert scrape(middleware, TOKEN, TEAM).status == 200
    guess_from_everywhere(middleware)
    assert scrape(middleware, TOKEN, TEAM).status == 200
    assert sign_in(middleware, TOKEN, TEAM).status == 303


def test_a_browser_that_was_signed_in_waits_for_no_stranger_in_its_network(
    middleware: ConsentMiddleware, monkeypatch: pytest.MonkeyPatch
) -> None:
    cookie = sign_in(middleware, TOKEN, TEAM).set_cookies[0].partition(b";")[0]
    late = time.time() + 86_400
    monkeypatch.setattr(time, "time", lambda: late)
    assert get(middleware, OVERVIEW, client=(TEAM, 1), cookie=cookie).status == 401
    for _ in range(5):
        sign_in(middleware, "wrong", TEAM)
    assert sign_in(middleware, TOKEN, TEAM).status == 429
    assert sign_in(middleware, TOKEN, TEAM, cookie=cookie).status == 303
    # What it guesses itself is counted too.
    statuses = [sign_in(middleware, "wrong", TEAM, cookie=cookie).status for _ in range(11)]
    assert statuses == [401] * 10 + [429]
    later = late + 31 * 86_400
    monkeypatch.setattr(time, "time", lambda: later)
    assert sign_in(middleware, TOKEN, TEAM, cookie=cookie).status == 429


def test_waiting_is_over_after_a_minute_whatever_was_sent_meanwhile() -> None:
    now = 1000.0
    guesses = Guesses(clock=lambda: now)
    scope = scope_of(client=(STRANGER, 1))
    for _ in range(5):
        guesses.see(scope, is_known=False, is_right=False)
    assert guesses.wait(scope, is_known=False) == 60
    now += 59
    assert guesses.wait(scope, is_known=False) == 1
    now += 1
    assert guesses.wait(scope, is_known=False) == 0
