"""Mounting the middleware, and the story of one request."""

import asyncio
import logging
import threading
from pathlib import Path
from typing import Any

import pytest

import consent_middleware
from consent_middleware import ConfigurationError, ConsentMiddleware, PolicyError, get_consent, get_telemetry
from consent_middleware.asgi import ASGIApp, Message, Receive, Scope, Send
from tests.driving import (
    HOST,
    KEY,
    MARK,
    PAGE,
    App,
    call,
    drive,
    get,
    live_through,
    mounted,
    page,
    scope_of,
    serving,
    tell,
    token,
    visit_page,
)

CHROME = b"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.7339.81 Safari/537.36"


@pytest.mark.parametrize("key", [None, "", [], [""], ["a", ""], ["a", None]])
def test_without_a_key_the_error_says_how_to_make_one(key: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"secret_key is missing[\s\S]*secrets\.token_urlsafe"):
        ConsentMiddleware(App(), secret_key=key)


@pytest.mark.parametrize(
    ("key", "kind"), [(b"hush", "bytes"), (7, "int"), (["a", b"hush"], "bytes"), ({"hush"}, "set")]
)
def test_a_key_that_is_no_string_is_named_by_its_kind_alone(key: Any, kind: str) -> None:
    with pytest.raises(ConfigurationError, match=f"or several of them, not {kind}:") as raised:
        ConsentMiddleware(App(), secret_key=key)
    assert "hush" not in str(raised.value)


@pytest.mark.parametrize(
    "prefix", ["", "privacy", "/privacy/", "/", "//privacy", "/é", "/a b", "/a?b", "/a%2fb", "/..", "/a/./b", "/a\n"]
)
def test_a_prefix_that_cannot_work_is_an_error(prefix: str) -> None:
    with pytest.raises(ConfigurationError, match="prefix starts with a slash"):
        mounted(App(), prefix=prefix)


@pytest.mark.parametrize("prefix", ["/-/privacy", "/.well-known/privacy", "/a/b...c/~"])
def test_a_prefix_that_browsers_send_as_it_is_works(prefix: str) -> None:
    assert get(mounted(App(), prefix=prefix), f"{prefix}/preferences").status == 200


@pytest.mark.parametrize("mode", ["enforce", "observe"])
@pytest.mark.parametrize("argument", ["report", "language_of", "disclosed"])
def test_no_request_fails_for_what_was_passed_in(argument: str, mode: str, caplog: pytest.LogCaptureFixture) -> None:
    class Disclosing(App):
        async def act(self) -> None:
            get_telemetry(self.scope).disclose("ip", purpose="security", reason="a test")

    def fail(*arguments: object) -> None:
        raise RuntimeError("out of order")

    site = mounted(
        Disclosing("_ga=1", "sessionid=2", headers=[(b"content-type", b"text/html")], body=PAGE),
        '[site]\nlanguages = ["en", "de"]\n',
        mode=mode,
        **{argument: fail},
    )
    answer = visit_page(site, cookie="_ga=1")
    assert (answer.error, answer.names_set[-1]) == (None, "sessionid")
    assert f"passed as {argument}= failed" in caplog.text or (argument, mode) == ("language_of", "observe")


def test_a_mode_that_is_unknown_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match='"enforce" or "observe"'):
        mounted(App(), mode="report")


def test_a_policy_that_is_wrong_is_an_error_when_it_is_mounted(tmp_path: Path) -> None:
    with pytest.raises(PolicyError):
        ConsentMiddleware(App(), policy=tmp_path / "none.toml", secret_key=KEY)


def test_every_public_name_is_there() -> None:
    for each in consent_middleware.__all__:
        assert hasattr(consent_middleware, each)


def test_keys_can_be_rotated() -> None:
    old = token(None, "analytics", secret_key="old")
    for keys, counts in ((["new", "old"], True), (["new"], False), ("old", True)):
        app = App()
        get(mounted(app, secret_key=keys), cookie=old)
        assert get_consent(app.scope).choice_made is counts


@pytest.mark.parametrize("kind", ["lifespan", "something.else"])
def test_what_is_no_request_passes_untouched(kind: str) -> None:
    seen: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)
        scope["state"]["key"] = "value"

    async def nothing(*arguments: object) -> Any:
        return {"type": "nothing"}

    scope: Scope = {"type": kind, "asgi": {"version": "3.0"}, "state": {}}
    asyncio.run(mounted(app)(scope, nothing, nothing))
    assert seen[0] is scope
    assert scope == {"type": kind, "asgi": {"version": "3.0"}, "state": {"key": "value"}}


def test_lifespan_messages_pass_in_both_directions(tmp_path: Path) -> None:
    for ledger in (None, f"sqlite:///{tmp_path / 'consent.db'}"):
        middleware = mounted(App(), ledger=ledger)
        assert tell(middleware, "lifespan.startup") == [{"type": "lifespan.startup.complete"}]
        assert tell(middleware, "lifespan.shutdown") == [{"type": "lifespan.shutdown.complete"}]


def test_an_app_that_fails_to_start_lets_the_ledger_go(tmp_path: Path) -> None:

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no"})

    before = threading.active_count()
    middleware = mounted(app, ledger=f"sqlite:///{tmp_path / 'consent.db'}")
    assert tell(middleware, "lifespan.startup") == [{"type": "lifespan.startup.failed", "message": "no"}]
    assert threading.active_count() <= before + 1


def no_ledger_is_open() -> bool:
    return not any(thread.name == "consent-ledger" for thread in threading.enumerate())


async def without_lifespan(scope: Scope, receive: Receive, send: Send) -> None:
    """What an app does that is no framework's, or Django's."""
    if scope["type"] == "lifespan":
        raise ValueError("What is a lifespan?")


async def silent_about_lifespan(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        return


def test_an_app_without_lifespan_is_served() -> None:
    middleware = mounted(without_lifespan)
    with pytest.raises(ValueError, match="is a lifespan"):
        tell(middleware, "lifespan.startup")
    assert get(middleware).error is None


@pytest.mark.parametrize("app", [without_lifespan, silent_about_lifespan])
def test_the_ledger_of_an_app_without_lifespan_starts_and_stops_with_the_server(app: ASGIApp, tmp_path: Path) -> None:
    middleware = mounted(app, ledger=f"sqlite:///{tmp_path / 'consent.db'}", mode="observe")
    assert middleware.inventory is not None
    middleware.inventory.count("hide", "analytics", "_ga")

    told = live_through(middleware)
    assert told == [{"type": "lifespan.startup.complete"}, {"type": "lifespan.shutdown.complete"}]
    assert no_ledger_is_open()
    assert middleware.inventory.take().is_empty, "what waited to be written was not written"


@pytest.mark.parametrize("stage", ["startup", "shutdown"])
def test_an_app_that_fails_in_its_lifespan_fails_as_without_us(stage: str, tmp_path: Path) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == f"lifespan.{stage}":
                raise OSError("no room")
            await send({"type": f"{message['type']}.complete"})

    with pytest.raises(OSError, match="no room"):
        live_through(mounted(app, ledger=f"sqlite:///{tmp_path / 'consent.db'}"))
    assert no_ledger_is_open()


def test_a_ledger_that_does_not_open_is_logged_and_requests_are_served(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "consent.db").write_text("This is no database. " * 1000)
    middleware = mounted(App("sessionid=1"), ledger=f"sqlite:///{tmp_path / 'consent.db'}")
    with caplog.at_level(logging.ERROR), serving(middleware):
        assert get(middleware).names_set == ["sessionid"]
    assert "The ledger does not answer" in caplog.text


@pytest.mark.parametrize(
    ("client", "seen"),
    [
        (("203.0.113.77", 50123), ("203.0.113.0", 0)),
        (["203.0.113.77", 50123], ("203.0.113.0", 0)),
        (("2001:db8:1:2:3::9", 1), ("2001:db8:1::", 0)),
        (None, None),
    ],
)
def test_the_client_is_masked_in_the_servers_own_scope(client: object, seen: object) -> None:
    scope = scope_of(client=client)
    call(mounted(App()), scope)
    assert scope["client"] == seen
    allowed = scope_of(client=client, cookie=token(None, "network"))
    call(mounted(App()), allowed)
    assert allowed["client"] == client


@pytest.mark.parametrize(
    "client", [("/run/app.sock", 0), ("/run/app.sock", None), ("", 0), ("unix:", None), ("x",), ()]
)
def test_a_client_that_is_no_address_breaks_nothing(client: object) -> None:
    assert get(mounted(App()), client=client).error is None


def test_telemetry_is_masked_until_it_is_allowed() -> None:
    app = App()
    headers = [(b"user-agent", CHROME), (b"sec-ch-ua-model", b'"Pixel"'), (b"x-forwarded-for", b"198.51.100.9")]
    get(mounted(app), headers=headers)
    assert app.saw(b"user-agent") == CHROME.replace(b"140.0.7339.81", b"140.0.0.0")
    assert app.saw(b"sec-ch-ua-model") is None
    assert b"198.51.100.9" not in (app.saw(b"x-forwarded-for") or b"")
    get(mounted(app), headers=headers, cookie=token(None, "network", "device"))
    assert [app.saw(name) for name, _ in headers] == [value for _, value in headers]


def test_hints_that_ask_for_more_are_dropped_until_device_is_allowed() -> None:
    app = App(headers=[(b"accept-ch", b"Sec-CH-UA-Model"), (b"Critical-CH", b"DPR"), (b"x-a", b"1")])
    assert get(mounted(app)).headers == [(b"x-a", b"1")]
    assert get(mounted(app), cookie=token(None, "device")).headers == app.headers


def test_our_pages_are_below_the_mount_point_and_the_apps_own_elsewhere() -> None:
    app = page(body=b"the app's own")
    middleware = mounted(app)
    assert b"the app's own" not in get(middleware, "/-/privacy/preferences").body
    assert b"the app's own" not in get(middleware, "/shop/-/privacy/preferences", root_path="/shop").body
    for path in ("/x/-/privacy/preferences", "/-/privacyx", "/-/priv"):
        assert get(middleware, path).body == b"the app's own"


def test_the_prefix_can_be_changed() -> None:
    app = page(body=b"the app's own")
    middleware = mounted(app, prefix="/settings/data")
    assert get(middleware, "/-/privacy/preferences").body == b"the app's own"
    assert get(middleware, "/settings/data/preferences").body != b"the app's own"
    assert b"/settings/data/choice" in visit_page(mounted(page(), prefix="/settings/data")).body


def test_a_choice_on_our_page_sets_the_token_and_expires_what_it_refuses() -> None:
    middleware = mounted(page())
    headers = [
        (b"content-type", b"application/x-www-form-urlencoded"),
        (b"sec-fetch-site", b"same-origin"),
        (b"sec-fetch-dest", b"document"),
    ]
    scope = scope_of("/-/privacy/choice", method="POST", headers=headers, cookie="_ga=1; sessionid=2")
    answer = call(middleware, scope, b"action=reject-all&next=/")
    assert answer.status == 303
    assert answer.names_set == ["privacy"]
    assert set(answer.names_expired) == {"_ga"}
    accepted = call(middleware, scope_of("/-/privacy/choice", method="POST", headers=headers), b"action=accept-all")
    app = page("_ga=1")
    middleware.app = app
    later = visit_page(middleware, cookie="_ga=1; {}={}".format(*accepted.token or ("", "")))
    assert later.names_set == ["_ga"]
    assert app.cookies[0].startswith(b"_ga=1; privacy=")


def test_what_the_app_adds_to_the_scope_is_there_for_outer_middlewares() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        scope["route"], scope["path_params"] = "the route", {"id": 1}
        await send({"type": "http.response.start", "status": 204})
        await send({"type": "http.response.body"})

    scope = scope_of()
    call(mounted(app), scope)
    assert (scope["route"], scope["path_params"]) == ("the route", {"id": 1})


def test_many_visitors_at_once_do_not_see_each_others_choices() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        before = get_consent(scope).allows("analytics")
        await asyncio.sleep(0)
        assert get_consent(scope).allows("analytics") is before
        await send({"type": "http.response.start", "status": 200, "headers": [(b"set-cookie", b"_ga=1")]})
        await send({"type": "http.response.body", "body": b"yes" if before else b"no"})

    middleware = mounted(app)

    async def one(allow: bool) -> None:
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": b""}

        async def send(message: Message) -> None:
            sent.append(message)

        cookie = token(None, "analytics") if allow else ""
        await middleware(scope_of(cookie=cookie), receive, send)
        assert sent[1]["body"] == (b"yes" if allow else b"no")
        assert ((b"set-cookie", b"_ga=1") in sent[0]["headers"]) is allow

    async def everyone() -> None:
        await asyncio.gather(*(one(bool(number % 2)) for number in range(60)))

    asyncio.run(everyone())


def test_losing_the_caches_changes_no_decision() -> None:
    app = App("_ga=1")
    middleware = mounted(app)
    choice = token(None, "analytics")
    for number in range(3000):
        get_quick(middleware, f"sessionid={number}; _ga=1; {choice if number % 2 else ''}")
        assert (b"_ga=1" in app.cookies[0]) is bool(number % 2)


def get_quick(middleware: ConsentMiddleware, cookie: str) -> None:

    assert drive(middleware, scope_of(cookie=cookie)).error is None


def test_the_site_is_https_where_its_policy_says_so_whatever_the_proxy_says() -> None:
    policy = f'[site]\nurl = "https://{HOST}"\n'
    app = App()
    get(mounted(app, policy), scheme="http", cookie=token(policy, "analytics"))
    assert get_consent(app.scope).choice_made
    get(mounted(app, policy), scheme="http", cookie=token(policy, "analytics", is_secure=False))
    assert not get_consent(app.scope).choice_made


def test_a_page_without_anything_to_enforce_still_offers_the_choice() -> None:
    assert MARK in visit_page(mounted(page())).body
    everything = token(None, "preference", "analytics", "marketing", "network", "device")
    assert b'data-privacy-ui="entry"' in visit_page(mounted(page()), cookie=everything).body
