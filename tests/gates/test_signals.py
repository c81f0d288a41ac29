"""What Global Privacy Control takes away, by the precedence that the policy chose."""

import time
from typing import Any

import pytest

from consent_middleware import get_consent, record_choice
from tests.driving import NAVIGATION, App, call, get, mounted, page, scope_of, token, visit_page

GPC = ((b"sec-gpc", b"1"),)
COOKIES = "_ga=1; _fbp=2; sessionid=3"
WITHOUT_MARKETING = b"_ga=1; sessionid=3"


def shown(policy: str, choice: str, headers: tuple[tuple[bytes, bytes], ...] = GPC, **options: Any) -> bytes:
    """The cookies that the app sees, without the token."""
    app = App()
    answer = get(mounted(app, policy), headers=headers, cookie=f"{COOKIES}; {choice}", **options)
    assert answer.error is None
    return app.cookies[0].removesuffix(f"; {choice}".encode())


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_visitor_with_the_signal_is_served_on_both_schemes(scheme: str) -> None:
    app = page("_ga=1", "sessionid=2")
    answer = visit_page(mounted(app), headers=GPC, scheme=scheme)
    assert answer.error is None
    assert answer.names_set == ["sessionid"]


def test_with_latest_the_signal_wins_over_an_older_choice() -> None:
    older = token('gpc = "latest"', "marketing", "analytics")
    assert shown('gpc = "latest"', older) == WITHOUT_MARKETING


def test_with_latest_a_choice_made_while_the_signal_was_on_stands() -> None:
    informed = token('gpc = "latest"', "marketing", "analytics", gpc=True)
    assert shown('gpc = "latest"', informed) == COOKIES.encode()


def test_with_signal_the_signal_always_wins() -> None:
    informed = token('gpc = "signal"', "marketing", "analytics", gpc=True)
    assert shown('gpc = "signal"', informed) == WITHOUT_MARKETING


def test_with_choice_a_stored_choice_wins_over_the_signal() -> None:
    older = token('gpc = "choice"', "marketing", "analytics")
    assert shown('gpc = "choice"', older) == COOKIES.encode()


def test_without_the_signal_the_choice_counts_again() -> None:
    policy, app = 'gpc = "latest"', App()
    middleware, choice = mounted(app, policy), token(policy, "marketing", "analytics")
    for headers, expected in ((GPC, WITHOUT_MARKETING), ((), COOKIES.encode()), (GPC, WITHOUT_MARKETING)):
        get(middleware, headers=headers, cookie=f"{COOKIES}; {choice}")
        assert app.cookies[0].removesuffix(f"; {choice}".encode()) == expected


@pytest.mark.parametrize("value", [b"0", b"true", b"1,1", b"1;x", b"", b"1 1", b"11", b"\xb9"])
def test_only_an_exact_one_is_the_signal(value: bytes) -> None:
    choice = token(None, "marketing", "analytics")
    assert shown("", choice, ((b"sec-gpc", value),)) == COOKIES.encode()


def test_of_several_fields_one_exact_one_suffices() -> None:
    choice = token(None, "marketing", "analytics")
    assert shown("", choice, ((b"sec-gpc", b"0"), (b"sec-gpc", b"1"))) == WITHOUT_MARKETING
    assert shown("", choice, ((b"sec-gpc", b"0"), (b"sec-gpc", b"0"))) == COOKIES.encode()


def test_the_signal_counts_for_any_method() -> None:
    choice = token(None, "marketing", "analytics")
    assert shown("", choice, method="POST") == WITHOUT_MARKETING


def test_the_signal_counts_on_websockets_and_reaches_the_app() -> None:
    app = App()
    call(mounted(app), scope_of(kind="websocket", scheme="ws", headers=GPC, cookie=COOKIES))
    assert app.saw(b"sec-gpc") == b"1"
    assert app.cookies == [b"sessionid=3"]


def test_the_signal_alone_hides_and_expires_nothing() -> None:
    choice = token(None, "marketing", "analytics")
    answer = visit_page(mounted(page()), headers=GPC, cookie=f"{COOKIES}; {choice}")
    assert answer.set_cookies == []


def test_the_signal_refuses_the_purposes_that_the_policy_says_it_refuses() -> None:
    policy = "[purposes.analytics]\nhonors_gpc = true\n[purposes.marketing]\nhonors_gpc = false\n"
    choice = token(policy, "marketing", "analytics")
    assert shown(policy, choice) == b"_fbp=2; sessionid=3"


def test_a_choice_recorded_under_the_signal_outlives_it_as_a_choice() -> None:
    class Granting(App):
        async def act(self) -> None:
            record_choice(self.scope, allow={"marketing"})

    app = Granting("_fbp=1; Path=/")
    middleware = mounted(app)
    granted = get(middleware, headers=GPC)
    assert "_fbp" in granted.names_set
    assert granted.token is not None
    get(middleware, headers=GPC, cookie="_fbp=1; {}={}".format(*granted.token))
    assert get_consent(app.scope).gpc
    assert b"_fbp=1" in app.cookies[0]


def test_a_page_that_depends_on_the_signal_says_so() -> None:
    answer = call(mounted(page()), scope_of(headers=[*NAVIGATION, *GPC]))
    assert answer.value(b"vary") == b"Cookie, Sec-GPC"


def test_a_token_says_whether_the_signal_was_on() -> None:
    now = int(time.time())
    assert token(None, gpc=True, chosen_at=now) != token(None, gpc=False, chosen_at=now)
