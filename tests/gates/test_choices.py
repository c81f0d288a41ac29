"""A choice that the app records itself takes effect in the same response."""

import logging
from collections.abc import Iterable
from pathlib import Path

import pytest

from consent_middleware import ConfigurationError, ConsentMiddleware, get_consent, record_choice
from consent_middleware.asgi import Receive, Scope, Send
from consent_middleware.consent import Visit
from consent_middleware.errors import LedgerError, LedgerUnavailable
from consent_middleware.recording import Choices
from tests.driving import KEY, OPENING, App, call, get, mounted, scope_of, serving, token


class Choosing(App):
    """An app that records one choice after another before it answers."""

    choices: Iterable[tuple[str, ...]] = ((),)
    allowed: bool | None = None

    async def act(self) -> None:
        for allow in self.choices:
            record_choice(self.scope, allow=allow)
        self.allowed = get_consent(self.scope).allows("analytics")


def choosing(*choices: tuple[str, ...], set_cookies: Iterable[str] = ("_ga=1; Path=/",)) -> Choosing:
    app = Choosing(*set_cookies)
    app.choices = choices
    return app


def test_a_grant_takes_effect_in_the_same_request() -> None:
    app = choosing(("analytics",))
    answer = get(mounted(app))
    assert app.allowed is True
    assert answer.names_set == ["_ga", "privacy"]


def test_a_choice_takes_effect_in_a_middleware_further_out_too() -> None:
    app = choosing(("analytics", "device"))
    app.headers.append((b"accept-ch", b"Sec-CH-UA-Model"))
    for before in ("", f"_ga=0; {token()}"):
        answer = get(mounted(mounted(app)), cookie=before, headers=OPENING)
        assert answer.names_set == ["_ga", "privacy"]
        assert "_ga" not in answer.names_expired
        assert answer.value(b"accept-ch") == b"Sec-CH-UA-Model"
    # What it took away is expired also where the middleware further in was not shown it.
    refused = get(mounted(mounted(choosing(()))), cookie="_ga=0", headers=OPENING)
    assert (refused.names_set, refused.names_expired[:1]) == (["privacy"], ["_ga"])


def test_a_choice_made_between_two_middlewares_takes_effect_in_the_inner_one_too() -> None:
    app = App("_ga=1")
    inner = mounted(app)

    async def between(scope: Scope, receive: Receive, send: Send) -> None:
        record_choice(scope, allow={"analytics"})
        await inner(scope, receive, send)

    assert get(mounted(between)).names_set == ["_ga", "privacy"]
    assert get_consent(app.scope).allows("analytics")


@pytest.mark.parametrize(
    "outer",
    [{"secret_key": "another key"}, {"policy": '[purposes.analytics]\ntitle = "Something else"\nbasis = "consent"\n'}],
)
def test_a_choice_says_nothing_to_a_middleware_that_could_not_read_it_from_the_next_request(
    outer: dict[str, str],
) -> None:
    assert get(mounted(mounted(choosing(("analytics",))), **outer)).names_set == ["privacy"]


def test_the_token_of_a_grant_is_a_choice_in_the_next_request() -> None:
    middleware = mounted(choosing(("analytics",)))
    granted = get(middleware)
    assert granted.token is not None
    app = App()
    middleware.app = app
    get(middleware, cookie="_ga=1; _fbp=2; {}={}".format(*granted.token))
    consent = get_consent(app.scope)
    assert consent.choice_made
    assert (consent.allows("analytics"), consent.allows("marketing")) == (True, False)
    assert app.cookies[0].startswith(b"_ga=1; privacy=")


def test_a_grant_is_idempotent() -> None:
    answer = get(mounted(choosing(("analytics",), ("analytics",))))
    assert answer.names_set == ["_ga", "privacy"]


def test_the_last_of_several_choices_counts() -> None:
    app = choosing(("analytics",), ())
    answer = get(mounted(app))
    assert app.allowed is False
    assert answer.names_set == ["privacy"]


def test_a_withdrawal_takes_effect_in_the_same_request_and_is_idempotent() -> None:
    app = choosing((), ())
    answer = get(mounted(app), cookie=f"_ga=1; {token(None, 'analytics')}")
    assert app.allowed is False
    assert answer.names_set == ["privacy"]
    assert answer.names_expired.count("_ga") >= 1


def test_a_choice_after_the_response_has_started_counts_without_a_crash_and_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        record_choice(scope, allow={"analytics"})
        body = b"yes" if get_consent(scope).allows("analytics") else b"no"
        await send({"type": "http.response.body", "body": body})

    answer = call(mounted(app), scope_of())
    assert (answer.error, answer.body, answer.set_cookies) == (None, b"yes", [])
    assert "after the response had started" in caplog.text


def test_a_choice_keeps_the_visitors_id_and_a_first_one_makes_it() -> None:
    middleware = mounted(choosing(("analytics",)))
    first, second = get(middleware).token, get(middleware).token
    assert first is not None
    assert second is not None
    assert first[1][:16] != second[1][:16]
    again = get(middleware, cookie="{}={}".format(*first)).token
    assert again is not None
    assert again[1][:16] == first[1][:16]


def test_nothing_is_set_without_a_choice() -> None:
    app = App()
    assert get(mounted(app)).set_cookies == []
    assert get_consent(app.scope).id is None


def test_a_choice_may_be_recorded_while_a_websocket_is_accepted() -> None:
    class Accepting(Choosing):
        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            record_choice(scope, allow={"analytics"})
            await super().__call__(scope, receive, send)

    answer = call(mounted(Accepting("_ga=1")), scope_of(kind="websocket", scheme="ws"))
    assert answer.names_set == ["_ga", "privacy"]


def test_a_response_that_carries_a_token_is_private() -> None:
    app = choosing(("analytics",))
    app.headers.append((b"cache-control", b"public, max-age=600"))
    assert get(mounted(app)).value(b"cache-control") == b"private, max-age=600"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_choice_makes_browsers_forget_what_they_fetched_ahead_but_no_cookie(scheme: str) -> None:
    """Browsers heed that on https only, and complain of it elsewhere."""
    wanted = b'"prefetchCache", "prerenderCache"' if scheme == "https" else None
    assert get(mounted(choosing(())), scheme=scheme).value(b"clear-site-data") == wanted
    assert get(mounted(App("_ga=1")), scheme=scheme).value(b"clear-site-data") is None


def test_an_unknown_purpose_is_an_error_that_names_the_known_ones() -> None:
    answer = get(mounted(choosing(("analytic",))))
    assert isinstance(answer.error, ConfigurationError)
    assert "analytic. Known: authentication, security, preference, analytics" in str(answer.error)


def test_asking_without_a_middleware_is_an_error_that_names_the_way_out() -> None:
    with pytest.raises(ConfigurationError, match="Wrap the whole app"):
        get_consent(scope_of())


def test_with_everything_allowed_the_token_is_at_most_128_bytes() -> None:
    for is_secure in (False, True):
        answer = get(
            mounted(choosing(("analytics", "marketing", "preference", "network", "device"))),
            scheme="https" if is_secure else "http",
        )
        assert answer.token is not None
        assert len("=".join(answer.token)) <= 128


@pytest.mark.parametrize(
    ("policy", "scheme", "wanted"),
    [
        ("", "http", "privacy={}; Max-Age=15552000; Path=/; HttpOnly; SameSite=Lax"),
        ("", "https", "__Host-privacy={}; Max-Age=15552000; Path=/; Secure; HttpOnly; SameSite=Lax"),
        (
            '[site]\nurl = "https://www.shop.example"',
            "http",
            "__Host-privacy={}; Max-Age=15552000; Path=/; Secure; HttpOnly; SameSite=Lax",
        ),
        (
            '[site]\nurl = "http://www.shop.example"',
            "https",
            "privacy={}; Max-Age=15552000; Path=/; HttpOnly; SameSite=Lax",
        ),
        (
            'share = "shop.example"\nlifetime = "30 days"\n[site]\nurl = "https://www.shop.example"',
            "http",
            "__Secure-privacy={}; Max-Age=2592000; Path=/; Domain=shop.example; Secure; HttpOnly; SameSite=Lax",
        ),
        (
            'share = "shop.example"\n[site]\nurl = "http://www.shop.example"',
            "http",
            "privacy={}; Max-Age=15552000; Path=/; Domain=shop.example; HttpOnly; SameSite=Lax",
        ),
    ],
)
def test_the_cookie_of_the_choice_is_named_and_guarded_as_the_site_is(policy: str, scheme: str, wanted: str) -> None:
    answer = get(mounted(choosing(()), policy), scheme=scheme)
    assert answer.token is not None
    assert answer.set_cookies[0].decode() == wanted.format(answer.token[1])


def test_a_shared_choice_counts_on_a_sibling_host_and_look_alikes_do_not() -> None:
    policy = 'share = "shop.example"\n[site]\nurl = "https://www.shop.example"'
    choice = token(policy, "analytics")
    value = choice.partition("=")[2]
    for cookie, counts in ((choice, True), (f"privacy={value}", False), (f"__Host-privacy={value}", False)):
        app = App()
        get(mounted(app, policy), host="blog.shop.example", cookie=f"_ga=1; {cookie}")
        assert get_consent(app.scope).choice_made is counts


def test_a_planted_look_alike_does_not_hide_the_real_token() -> None:
    app = App()
    get(mounted(app), cookie=[b"privacy=planted; privacy=", f"privacy=x; {token(None, 'analytics')}".encode()])
    assert get_consent(app.scope).allows("analytics")


def broken(app: App, failure: type[LedgerError] = LedgerUnavailable) -> ConsentMiddleware:
    """A middleware whose ledger is down; everything else is real."""

    async def fail(choices: Choices, visit: Visit) -> None:
        raise failure("The database does not answer.")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Choices, "record", fail)
        return ConsentMiddleware(app, secret_key=KEY)


@pytest.mark.parametrize("failure", [LedgerUnavailable, LedgerError])
def test_an_acceptance_that_the_ledger_did_not_record_is_not_granted(failure: type[LedgerError]) -> None:
    for choices in ((("analytics",),), (("analytics",), ("analytics",))):
        answer = get(broken(choosing(*choices), failure))
        assert answer.error is None
        assert "_ga" not in answer.names_set


def test_an_acceptance_of_everything_that_was_not_recorded_leaves_no_token() -> None:
    every = ("analytics", "marketing", "preference", "network", "device")
    assert get(broken(choosing(every))).set_cookies == []


def test_a_refusal_takes_effect_although_the_ledger_did_not_record_it(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        answer = get(broken(choosing(())), cookie=f"_ga=1; {token(None, 'analytics')}")
    assert answer.names_set == ["privacy"]
    assert "_ga" in answer.names_expired
    assert "A refusal took effect" in caplog.text


def test_of_a_mixed_choice_that_was_not_recorded_only_the_refusal_takes_effect() -> None:
    app = choosing(("marketing",), set_cookies=("_ga=1", "_fbp=2"))
    middleware = broken(app)
    answer = get(middleware, cookie=f"_ga=1; {token(None, 'analytics')}")
    assert answer.names_set == ["privacy"]
    assert "_ga" in answer.names_expired
    later = App()
    middleware.app = later
    get(middleware, cookie="{}={}".format(*answer.token or ("", "")))
    consent = get_consent(later.scope)
    assert "analytics" in consent.refused
    assert not consent.allowed


def test_a_choice_is_in_the_ledger_before_the_answer_is_sent(tmp_path: Path) -> None:
    app = choosing(("analytics",))
    middleware = mounted(app, ledger=f"sqlite:///{tmp_path / 'consent.db'}")
    counts: list[int] = []

    async def counting(scope: Scope, receive: Receive, send: Send) -> None:
        async def counted(message: object) -> None:
            assert middleware.ledger is not None
            counts.append(await middleware.ledger.count())

        await middleware(scope, receive, counted)

    with serving(middleware):
        call(counting, scope_of())
    assert counts == [1, 1]


def test_reading_the_consent_makes_the_response_vary() -> None:
    class Asking(App):
        async def act(self) -> None:
            get_consent(self.scope)

    assert get(mounted(Asking())).value(b"vary") == b"Cookie, Sec-GPC"
    assert get(mounted(App())).value(b"vary") is None
    app = Asking(headers=[(b"Vary", b"Accept-Encoding, cookie")])
    assert get(mounted(app)).values(b"vary") == [b"Accept-Encoding, cookie, Sec-GPC"]
    app = Asking(headers=[(b"vary", b"*")])
    assert get(mounted(app)).values(b"vary") == [b"*"]
