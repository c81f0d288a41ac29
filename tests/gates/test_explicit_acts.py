"""A preference cookie may be set where the visitor has just asked for it."""

import time
from typing import Any

import pytest

from consent_middleware import record_choice
from tests.driving import NAVIGATION, SAME_ORIGIN, App, call, get, mounted, page, scope_of, token

POLICY = """
[[cookies]]
name = "lang"
purpose = "preference"
lifetime = "6 months"
explicit_act = true
[[cookies]]
name = "tz"
purpose = "preference"
explicit_act = ["POST /settings", "GET /zone"]
"""
LANG = "lang=de; Max-Age=600; Path=/; Expires=Fri, 01 Jan 2099 00:00:00 GMT"
REFUSED = token(POLICY)


def sent(app: App, path: str = "/", **options: Any) -> list[bytes]:
    answer = get(mounted(app, POLICY), path, **options)
    assert answer.error is None
    return answer.set_cookies


def test_a_same_origin_post_sets_it_for_the_session() -> None:
    assert sent(App(LANG), method="POST", headers=SAME_ORIGIN) == [b"lang=de; Path=/"]


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("GET", [(b"sec-fetch-site", b"same-origin")]),
        ("POST", [(b"sec-fetch-site", b"cross-site")]),
        ("POST", [(b"sec-fetch-site", b"same-site")]),
        ("POST", [(b"sec-fetch-site", b"none")]),
        ("POST", [(b"sec-fetch-site", b"cross-site"), (b"origin", b"http://www.shop.example")]),
        ("POST", [(b"origin", b"https://evil.example")]),
        ("POST", [(b"origin", b"null")]),
        ("POST", []),
    ],
)
def test_anything_else_does_not(method: str, headers: list[tuple[bytes, bytes]]) -> None:
    assert sent(App(LANG), method=method, headers=headers) == []


@pytest.mark.parametrize("scheme", [b"http", b"https"])
def test_an_old_browser_shows_by_its_origin_that_it_comes_from_the_site(scheme: bytes) -> None:
    headers = [(b"origin", scheme + b"://www.shop.example")]
    assert sent(App(LANG), method="POST", headers=headers) == [b"lang=de; Path=/"]


def test_the_act_may_be_one_request_of_the_policy() -> None:
    assert sent(App("tz=1"), "/settings?x=1", method="POST", headers=SAME_ORIGIN) == [b"tz=1"]
    assert sent(App("tz=1"), "/zone", method="GET", headers=SAME_ORIGIN) == [b"tz=1"]
    assert sent(App("tz=1"), "/other", method="POST", headers=SAME_ORIGIN) == []
    assert sent(App("tz=1"), "/settings", method="GET", headers=SAME_ORIGIN) == []


def test_a_preference_without_the_exemption_is_not_set_by_any_act() -> None:
    assert sent(App("theme=dark"), method="POST", headers=SAME_ORIGIN) == []


def test_with_consent_it_keeps_its_lifetime() -> None:
    choice = token(POLICY, "preference")
    assert sent(App("lang=de; Max-Age=600"), method="POST", headers=SAME_ORIGIN, cookie=choice) == [
        b"lang=de; Max-Age=600"
    ]


def test_before_any_choice_it_passes_the_request_gate() -> None:
    app = App()
    get(mounted(app, POLICY), cookie="lang=de; theme=dark; tz=1")
    assert app.cookies == [b"lang=de; tz=1"]


def test_after_a_refusal_it_is_hidden_and_expired() -> None:
    app = page()
    answer = get(mounted(app, POLICY), cookie=f"lang=de; {REFUSED}", headers=NAVIGATION)
    assert app.cookies == [REFUSED.encode()]
    assert "lang" in answer.names_expired


def test_an_act_after_a_refusal_is_remembered_by_the_token() -> None:
    app = App(LANG)
    middleware = mounted(app, POLICY)
    answer = get(middleware, method="POST", headers=SAME_ORIGIN, cookie=REFUSED)
    assert answer.names_set == ["lang", "privacy"]
    assert answer.token is not None
    choice = "{}={}".format(*answer.token)
    later = page()
    middleware.app = later
    again = get(middleware, cookie=f"lang=de; tz=1; {choice}", headers=NAVIGATION)
    assert later.cookies == [f"lang=de; {choice}".encode()]
    assert set(again.names_expired) == {"tz"}


def test_the_marked_token_lives_no_longer_than_the_choice() -> None:
    old = token(POLICY, chosen_at=int(time.time()) - 100 * 86_400)
    answer = get(mounted(App(LANG), POLICY), method="POST", headers=SAME_ORIGIN, cookie=old)
    (line,) = [line for line in answer.set_cookies if line.startswith(b"privacy=")]
    max_age = int(line.partition(b"Max-Age=")[2].partition(b";")[0])
    assert 79 * 86_400 < max_age <= 80 * 86_400


@pytest.mark.parametrize("cookie", [f"lang=en; {REFUSED}", REFUSED], ids=["kept", "new"])
def test_the_answer_to_the_act_does_not_expire_what_it_sets(cookie: str) -> None:
    headers = [*NAVIGATION, *SAME_ORIGIN]
    app = page(LANG)
    answer = get(mounted(app, POLICY), method="POST", headers=headers, cookie=cookie)
    assert answer.names_set == ["lang", "privacy"]
    assert "lang" not in answer.names_expired


def test_an_act_beside_a_choice_sends_one_token_that_remembers_both() -> None:
    class Choosing(App):
        async def act(self) -> None:
            record_choice(self.scope, allow=())

    middleware = mounted(Choosing(LANG), POLICY)
    answer = get(middleware, method="POST", headers=SAME_ORIGIN, cookie="lang=en; _ga=1")
    assert answer.names_set == ["lang", "privacy"]
    assert "lang" not in answer.names_expired
    app = App()
    middleware.app = app
    get(middleware, cookie="lang=de; {}={}".format(*answer.token or ("", "")))
    assert app.cookies[0].startswith(b"lang=de; privacy=")


def test_only_a_later_refusal_expires_it() -> None:
    middleware = mounted(App(LANG), POLICY)
    answer = get(middleware, method="POST", headers=SAME_ORIGIN, cookie=REFUSED)
    choice = "{}={}".format(*answer.token or ("", ""))

    class Choosing(App):
        allow: tuple[str, ...] = ()

        async def act(self) -> None:
            record_choice(self.scope, allow=self.allow)

    middleware.app = Choosing()
    refused = get(middleware, cookie=f"lang=de; {choice}")
    assert "lang" in refused.names_expired
    app = page()
    middleware.app = app
    get(middleware, cookie="lang=de; {}={}".format(*refused.token or ("", "")))
    assert all(b"lang=" not in cookie for cookie in app.cookies)


def test_an_act_on_a_websocket_is_none() -> None:
    answer = call(mounted(App(LANG, headers=[]), POLICY), scope_of(kind="websocket", scheme="ws", headers=SAME_ORIGIN))
    assert answer.set_cookies == []


def test_the_exemption_holds_under_a_name_prefix() -> None:
    app = App("__Host-lang=de; Secure; Path=/; Max-Age=5")
    lines = sent(app, method="POST", headers=SAME_ORIGIN, scheme="https")
    assert lines == [b"__Host-lang=de; Secure; Path=/"]
