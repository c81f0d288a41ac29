"""Which Set-Cookie headers reach the browser, and in what shape."""

import logging
import re
import time
import tomllib
from email.utils import formatdate, parsedate_to_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_middleware import Policy
from consent_middleware.asgi import Message, Receive, Scope, Send
from consent_middleware.gates.findings import Finding
from consent_middleware.gates.set_cookie import SetCookie, default_path
from tests.driving import App, call, drive, get, mounted, scope_of, token

CAP = 400 * 86_400


def sent(*set_cookies: str | bytes, policy: str | None = None, **options: Any) -> list[bytes]:
    """The Set-Cookie lines that reach the browser."""
    answer = get(mounted(App(*set_cookies), policy), **options)
    assert answer.error is None
    return answer.set_cookies


def test_a_refused_and_an_unclassified_cookie_are_not_set_and_a_necessary_one_is() -> None:
    assert sent("_ga=1", "zzz=2", "sessionid=3; HttpOnly") == [b"sessionid=3; HttpOnly"]


def test_a_nameless_cookie_is_judged_by_the_name_under_which_it_comes_back() -> None:
    lines = ["=_ga=1; HttpOnly", " = _ga=1; HttpOnly", "=sessionid=3", "==_ga=1; HttpOnly", "=; HttpOnly"]
    assert sent(*lines) == [line.encode() for line in lines[2:]]
    assert sent("=_ga=1", cookie=token(None, "analytics")) == [b"=_ga=1"]


def test_an_allowed_cookie_is_set() -> None:
    assert sent("_ga=1", "_fbp=2", cookie=token(None, "analytics")) == [b"_ga=1"]


@pytest.mark.parametrize("status", [200, 204, 206, 301, 302, 303, 304, 307, 400, 401, 404, 418, 500, 503])
def test_set_cookie_is_judged_on_every_status(status: int) -> None:
    app = App("_ga=1", "sessionid=2", status=status, headers=[(b"location", b"/")])
    assert get(mounted(app)).set_cookies == [b"sessionid=2"]


def test_set_cookie_is_judged_when_a_websocket_is_accepted() -> None:
    answer = call(mounted(App("_ga=1", "sessionid=2", headers=[])), scope_of(kind="websocket", scheme="ws"))
    assert answer.messages[0] == {"type": "websocket.accept", "headers": [(b"set-cookie", b"sessionid=2")]}


def test_set_cookie_is_judged_when_a_websocket_is_denied() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"set-cookie", b"_ga=1"), (b"set-cookie", b"sessionid=2")]
        await send({"type": "websocket.http.response.start", "status": 403, "headers": headers})
        await send({"type": "websocket.http.response.body", "body": b"no"})

    answer = call(mounted(app), scope_of(kind="websocket", scheme="ws"))
    assert answer.set_cookies == [b"sessionid=2"]
    assert answer.messages[1] == {"type": "websocket.http.response.body", "body": b"no"}


def test_set_cookie_is_judged_in_trailers() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [], "trailers": True})
        await send({"type": "http.response.body", "body": b""})
        trailers = [(b"set-cookie", b"_ga=1"), (b"server-digest", b"x")]
        await send({"type": "http.response.trailers", "headers": trailers, "more_trailers": False})

    answer = call(mounted(app), scope_of())
    assert answer.messages[0]["trailers"] is True
    assert answer.messages[2] == {
        "type": "http.response.trailers",
        "headers": [(b"server-digest", b"x")],
        "more_trailers": False,
    }


@pytest.mark.parametrize("name", [b"set-cookie", b"Set-Cookie", b"SET-COOKIE"])
def test_header_names_in_any_case_are_judged(name: bytes) -> None:
    app = App(headers=[(name, b"_ga=1"), (name, b"sessionid=2")])
    assert get(mounted(app)).headers == [(name, b"sessionid=2")]


@pytest.mark.parametrize("make", [tuple, iter, list, lambda pairs: [list(pair) for pair in pairs]])
def test_headers_of_any_iterable_kind_are_judged(make: type) -> None:
    for cookies in ([(b"set-cookie", b"_ga=1"), (b"set-cookie", b"sessionid=2")], [(b"set-cookie", b"sessionid=2")]):

        async def app(scope: Scope, receive: Receive, send: Send, cookies: object = cookies) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": make(cookies)})
            await send({"type": "http.response.body"})

        assert call(mounted(app), scope_of()).headers == [(b"set-cookie", b"sessionid=2")]


@pytest.mark.parametrize("mode", ["enforce", "observe"])
def test_headers_of_an_iterator_without_cookies_reach_the_server(mode: str) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": iter([(b"x-a", b"1")])})
        await send({"type": "http.response.body"})

    assert call(mounted(app, mode=mode), scope_of()).headers == [(b"x-a", b"1")]


def test_a_message_without_headers_stays_as_it_is() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body"})

    assert call(mounted(app), scope_of()).messages[0] == {"type": "http.response.start", "status": 200}


def test_the_apps_own_messages_and_header_lists_are_never_changed() -> None:
    headers = [(b"set-cookie", b"_ga=1"), (b"set-cookie", b"sessionid=2")]
    message: Message = {"type": "http.response.start", "status": 200, "headers": headers}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(message)
        await send({"type": "http.response.body", "body": b""})

    call(mounted(app), scope_of())
    assert message == {"type": "http.response.start", "status": 200, "headers": headers}
    assert len(headers) == 2


@pytest.mark.parametrize(
    "message",
    [
        {"type": "http.response.early_hint", "links": [b"</a.css>; rel=preload"]},
        {"type": "http.response.push", "path": "/a", "headers": [(b"set-cookie", b"_ga=1")]},
        {"type": "http.response.debug", "info": {"template": "x"}},
        {"type": "http.response.zerocopysend", "file": object()},
        {"type": "something.new", "headers": [(b"set-cookie", b"_ga=1")]},
    ],
)
def test_messages_of_other_kinds_pass_as_they_are(message: Message) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(message)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})

    assert call(mounted(app), scope_of()).messages[0] is message


@pytest.mark.parametrize(
    "line",
    [
        "_ga=; Max-Age=0",
        "_ga=; max-age=-1; Path=/x",
        "_ga=deleted; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
        "_ga=; expires=Thu, 01-Jan-70 00:00:01 GMT; Max-Age=foo",
        "zzz=; EXPIRES=Wed Jan  2 1980 00:00:00; HttpOnly",
        "zzz=; Max-Age=100; Max-Age=0",
        "_ga=; Max-Age=0; Expires=Wed, 01 Jan 2099 00:00:00 GMT",
        "_ga=; Max-Age=0; Max-Age=nonsense",
    ],
)
def test_a_deletion_always_passes_byte_for_byte(line: str) -> None:
    assert sent(line) == [line.encode()]


@pytest.mark.parametrize(
    "line",
    [
        "_ga=1; Max-Age=10; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
        "_ga=1; Max-Age=0; Max-Age=10",
        "_ga=1; Max-Age=00000000000000000000000000000000000010",
        "_ga=1; Max-Age=; Expires=Wed, 01 Jan 2099 00:00:00 GMT",
        "_ga=1; Expires=0",
        "_ga=1; Expires=Thu, 01 Jan 1970 25:00:00 GMT",
        "_ga=1; Expires=Thu, 31 Feb 1970 00:00:00 GMT",
        "_ga=1; Max-Age=+0",
        "_ga=1; Max-Age=0x",
        "_ga=; Max-Age=" + "0" * 1100,
    ],
)
def test_what_only_looks_like_a_deletion_does_not_pass(line: str) -> None:
    assert sent(line) == []


def lifetime(line: bytes) -> float:
    found = SetCookie.parse(line).lifetime
    assert found is not None
    return found


SHORT = '[[cookies]]\nname = "sid"\npurpose = "authentication"\nlifetime = "2 hours"\n'


@pytest.mark.parametrize(
    "date", [formatdate(time.time() + 9e8, usegmt=True), "Fri, 01-Jan-2099 00:00:00 GMT"], ids=["new form", "old form"]
)
def test_a_lifetime_is_clamped_to_the_declared_one(date: str) -> None:
    assert sent("sid=1; Max-Age=7201", policy=SHORT) == [b"sid=1; Max-Age=7200"]
    assert sent("sid=1; Max-Age=99999; Path=/", policy=SHORT) == [b"sid=1; Max-Age=7200; Path=/"]
    (line,) = sent(f"sid=1; Expires={date};Secure", policy=SHORT)
    assert re.fullmatch(rb"sid=1; Expires=[^;]+ GMT;Secure", line)
    expires = parsedate_to_datetime(line.partition(b"Expires=")[2].partition(b";")[0].decode())
    assert abs(expires.timestamp() - time.time() - 7200) < 5


@pytest.mark.parametrize("line", ["sid=1", "sid=1; Max-Age=7200", "sid=1; max-age=60; SameSite=None; X=y; ;"])
def test_a_lifetime_within_the_declared_one_stays_byte_for_byte(line: str) -> None:
    assert sent(line, policy=SHORT) == [line.encode()]


def test_where_both_say_how_long_the_one_that_counts_is_clamped() -> None:
    (line,) = sent("sid=1; Expires=Fri, 01 Jan 2099 00:00:00 GMT; Max-Age=99999", policy=SHORT)
    assert lifetime(line) == 7200
    (line,) = sent("sid=1; Max-Age=99999; Max-Age=junk", policy=SHORT)
    assert b"Max-Age=7200" in line


@pytest.mark.parametrize("line", ["sessionid=1; Max-Age=999999999", "zzz=1; HttpOnly; Max-Age=999999999"])
def test_no_lifetime_is_longer_than_400_days(line: str) -> None:
    (clamped,) = sent(line)
    assert lifetime(clamped) == CAP


def test_a_huge_max_age_is_clamped_in_no_time() -> None:
    assert lifetime(sent("sessionid=1; Max-Age=" + "9" * 1000)[0]) == CAP


def test_the_declared_lifetime_holds_under_a_name_prefix_and_for_chunks() -> None:
    assert sent("__Host-sid=1; Max-Age=99999; Path=/; Secure", policy=SHORT) == [
        b"__Host-sid=1; Max-Age=7200; Path=/; Secure"
    ]
    assert sent("sid.0=1; Max-Age=99999", policy=SHORT) == [b"sid.0=1; Max-Age=7200"]


def test_a_session_cookie_stays_one() -> None:
    assert sent("sid=1", policy='[[cookies]]\nname = "sid"\npurpose = "security"\nlifetime = "session"\n') == [b"sid=1"]


def test_a_cookie_declared_for_the_session_keeps_no_lifetime() -> None:
    policy = '[[cookies]]\nname = "sid"\npurpose = "security"\nlifetime = "session"\n'
    assert sent("sid=1; Max-Age=60; Path=/; Expires=Fri, 01 Jan 2099 00:00:00 GMT", policy=policy) == [b"sid=1; Path=/"]


def test_an_unclassified_cookie_that_looks_like_a_login_is_set() -> None:
    assert sent("zzz=1; HttpOnly; Path=/") == [b"zzz=1; HttpOnly; Path=/"]


@pytest.mark.parametrize(
    "line",
    [
        "zzz=1",
        "zzz=1; HttpOnly; Domain=shop.example",
        "zzz=GA1.2.123456789.1700000000; HttpOnly",
        "zzz_track=1; HttpOnly",
    ],
)
def test_an_unclassified_cookie_that_could_be_a_tracker_is_not_set(line: str) -> None:
    assert sent(line) == []


def test_an_unclassified_cookie_is_set_where_the_policy_allows_that() -> None:
    assert sent("zzz=1", policy='unclassified = "allow"') == [b"zzz=1"]
    assert sent("zzz=1", policy='unclassified = "hide"') == []


def test_attributes_of_a_declared_cookie_are_only_raised() -> None:
    policy = '[[cookies]]\nname = "sid"\npurpose = "security"\nsecure = true\nhttp_only = true\nsame_site = "Lax"\n'
    assert sent("sid=1", policy=policy) == [b"sid=1; Secure; HttpOnly; SameSite=Lax"]
    assert sent("sid=1; samesite=NONE", policy=policy) == [b"sid=1; samesite=NONE; Secure; HttpOnly; SameSite=Lax"]
    strict = "sid=1; SameSite=Strict; HttpOnly; secure"
    assert sent(strict, policy=policy) == [strict.encode()]


def test_attributes_of_other_cookies_stay_as_the_app_wrote_them() -> None:
    lines = ["csrftoken=1; SameSite=None", "sessionid=2; samesite=lax ; HTTPONLY;Path=/ ", "sessionid = 3;;"]
    assert sent(*lines) == [line.encode() for line in lines]


def test_an_app_cannot_weaken_the_cookie_of_the_choice() -> None:
    assert sent("privacy=x; Path=/") == [b"privacy=x; Path=/; HttpOnly; SameSite=Lax"]


def test_an_unclassified_cookie_is_explained_once_with_the_lines_that_declare_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    middleware = mounted(App("cart_zzz=1", "zzz=1"))
    with caplog.at_level(logging.WARNING, "consent_middleware"):
        for _ in range(3):
            get(middleware)
    hints = [record.getMessage() for record in caplog.records if '"zzz"' in record.getMessage()]
    assert len(hints) == 1
    toml = hints[0][hints[0].index("[[cookies]]") :]
    assert Policy.parse(toml).find_cookie("zzz") is not None


def test_the_hint_is_toml_whatever_the_name_holds(caplog: pytest.LogCaptureFixture) -> None:
    get(mounted(App(b'z"\\\xe4=1')))
    (hint,) = [record.getMessage() for record in caplog.records]
    toml = tomllib.loads(hint[hint.index("[[cookies]]") :])
    assert toml["cookies"][0]["name"] == 'z"\\\xe4'


def test_a_refused_cookie_gets_no_hint(caplog: pytest.LogCaptureFixture) -> None:
    get(mounted(App("_ga=1", "_fbp=2")))
    assert caplog.records == []


def test_what_the_gate_did_is_reported_by_name_and_never_by_value() -> None:
    findings: list[Finding] = []
    policy = SHORT + '[[cookies]]\nname = "exp"\npurpose = "analytics"\n'
    app = App("exp=private", "sid=private; Max-Age=99999")
    get(mounted(app, policy, report=findings.append), cookie="exp=private")
    assert [(finding.action, finding.name, finding.purpose) for finding in findings] == [
        ("hide", "exp", "analytics"),
        ("drop", "exp", "analytics"),
        ("clamp", "sid", "authentication"),
    ]
    assert "private" not in repr(findings)


names = st.sampled_from([b"_ga", b"sessionid", b"zzz", b"", b"a b", b"__Host-_fbp", b"\xff"])
pieces = st.one_of(
    st.sampled_from(
        [b" Path=/", b"Secure", b" HttpOnly", b"Max-Age=5", b" Max-Age=99999999999", b"Expires=x", b"Domain=a.b", b""]
    ),
    st.binary(max_size=20).map(lambda piece: piece.replace(b";", b"")),
)
set_cookie_lines = st.builds(
    lambda name, value, rest: b";".join([name + b"=" + value.replace(b";", b""), *rest]),
    names,
    st.binary(max_size=10),
    st.lists(pieces, max_size=5),
)


@given(st.lists(st.one_of(set_cookie_lines, st.binary(max_size=40)), max_size=4))
def test_whatever_an_app_sets_nothing_breaks_and_sessions_are_set(lines: list[bytes]) -> None:
    answer = drive(mounted(App(*lines), 'entry = "manual"'), scope_of())
    assert answer.error is None
    for line in answer.set_cookies:
        assert SetCookie.parse(line).name not in (b"_ga", b"__Host-_fbp") or SetCookie.parse(line).is_deletion
    for line in lines:
        if SetCookie.parse(line).name == b"sessionid":
            assert any(kept.split(b";")[0] == line.split(b";")[0] for kept in answer.set_cookies)


@given(set_cookie_lines)
def test_reading_a_set_cookie_loses_no_byte(line: bytes) -> None:
    assert bytes(SetCookie.parse(line)) == line


@pytest.mark.parametrize(
    ("request_path", "path"), [("/", "/"), ("/a", "/"), ("/a/", "/a"), ("/a/b/c", "/a/b"), ("", "/"), ("a/b", "/")]
)
def test_the_default_path_is_the_requests_up_to_its_last_slash(request_path: str, path: str) -> None:
    assert default_path(request_path) == path
