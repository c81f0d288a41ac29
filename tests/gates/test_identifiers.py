"""Identifiers of the app's own wait for their purpose, like any cookie."""

import logging

import pytest

from consent_middleware.asgi import Header, Receive, Scope, Send
from consent_middleware.gates.findings import Finding
from tests.driving import App, call, mounted, scope_of, token

POLICY = """
[[telemetry]]
field = "cid"
purpose = "analytics"
cookie = "cid"
header = "X-Client-ID"

[[telemetry]]
field = "sid"
purpose = "authentication"
cookie = "sid"
header = "X-Session-ID"
"""
HEADERS = [(b"x-client-id", b"c-1"), (b"X-Session-ID", b"s-1")]
COOKIES = "cid=c-2; sid=s-2"


def test_before_consent_the_app_sees_only_the_necessary_one() -> None:
    app = App("cid=c-3", "sid=s-3")
    answer = call(mounted(app, POLICY), scope_of(headers=HEADERS, cookie=COOKIES))
    assert (app.saw(b"x-client-id"), app.saw(b"x-session-id")) == (None, b"s-1")
    assert app.cookies == [b"sid=s-2"]
    assert answer.names_set == ["sid"]


def test_once_its_purpose_is_allowed_both_directions_are_open() -> None:
    app = App("cid=c-3", "sid=s-3")
    choice = token(POLICY, "analytics")
    answer = call(mounted(app, POLICY), scope_of(headers=HEADERS, cookie=f"{COOKIES}; {choice}"))
    assert (app.saw(b"x-client-id"), app.saw(b"x-session-id")) == (b"c-1", b"s-1")
    assert app.cookies == [f"{COOKIES}; {choice}".encode()]
    assert answer.names_set == ["cid", "sid"]


def test_a_refusal_expires_its_cookie() -> None:
    app = App()
    answer = call(
        mounted(app, POLICY),
        scope_of(headers=[(b"sec-fetch-dest", b"document")], cookie=f"{COOKIES}; {token(POLICY)}"),
    )
    assert answer.names_expired == ["cid"] * len(answer.names_expired) != []


def test_a_websocket_is_no_way_around() -> None:
    app = App()
    call(mounted(app, POLICY), scope_of(kind="websocket", scheme="ws", headers=HEADERS, cookie=COOKIES))
    assert (app.saw(b"x-client-id"), app.cookies) == (None, [b"sid=s-2"])


def test_a_policy_overrides_the_table_of_headers() -> None:
    policy = """
[masks]
providers = ["netlify"]
mask = ["X-IP"]
keep = ["Via", "User-Agent"]
drop = ["X-Visitor-Hash"]
"""
    headers = [
        (b"x-city", b"Hangzhou"),
        (b"x-ip", b"203.0.113.77"),
        (b"clientid", b"of the app"),
        (b"via", b"1.1 corporate"),
        (b"user-agent", b"Curious/1.2.3"),
        (b"x-visitor-hash", b"abc"),
    ]
    app = App()
    call(mounted(app, policy), scope_of(headers=headers))
    assert app.seen[1:] == [
        (b"x-ip", b"203.0.113.0"),
        (b"clientid", b"of the app"),
        (b"via", b"1.1 corporate"),
        (b"user-agent", b"Curious/1.2.3"),
    ]
    call(mounted(app, policy), scope_of(headers=headers, cookie=token(policy, "network", "device")))
    assert app.saw(b"x-city") == b"Hangzhou"
    assert app.saw(b"x-visitor-hash") is None


CARRIED = """
[[telemetry]]
field = "cid"
purpose = "analytics"
query = "cid"
form = "client"
"""
FORM = [(b"content-type", b"application/x-www-form-urlencoded")]
PARTS = [(b"content-type", b"multipart/form-data; boundary=x")]
PART = b'--x\r\nContent-Disposition: form-data; name="client"\r\n\r\n7\r\n--x--\r\n'


class Reader(App):
    """An app that reads its body."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.body = (await receive())["body"]
        await super().__call__(scope, receive, send)


@pytest.mark.parametrize("mode", ["enforce", "observe"])
@pytest.mark.parametrize(
    ("path", "headers", "body", "names"),
    [
        ("/?cid=7", [], b"", ["cid"]),
        ("/?a=1&cid=7", FORM, b"a=1&client=7", ["cid", "client"]),
        ("/", PARTS, PART, ["client"]),
        ("/?acid=7&x=cid=7", FORM, b"clients=7&x=client", []),
        ("/", [(b"content-type", b"application/json")], b"client=7", []),
        ("/", FORM, b"a=" + b"a" * 65_536 + b"&client=7", []),
    ],
)
def test_in_an_address_or_a_form_it_is_reported_and_left_alone(
    path: str, headers: list[Header], body: bytes, names: list[str], mode: str
) -> None:
    findings: list[Finding] = []
    app = Reader()
    middleware = mounted(app, CARRIED, mode=mode, report=findings.append)
    scope = scope_of(path, method="POST", headers=headers)
    assert call(middleware, scope, body).error is None
    assert [found.name for found in findings if found.action == "notice"] == names
    assert app.body == body
    assert app.scope["query_string"] == path.partition("?")[2].encode()


def test_what_is_allowed_is_not_reported() -> None:
    findings: list[Finding] = []
    middleware = mounted(App(), CARRIED, report=findings.append)
    call(middleware, scope_of("/?cid=7", cookie=token(CARRIED, "analytics")))
    assert findings == []


def test_without_a_listener_it_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    middleware = mounted(App(), CARRIED)
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            call(middleware, scope_of("/?cid=visitor-7"))
    assert caplog.text.count("notice 'cid' (analytics)") == 1
    assert "visitor-7" not in caplog.text


def test_a_hidden_header_is_reported_in_observe_mode_and_shown() -> None:
    findings: list[Finding] = []
    app = App()
    call(mounted(app, POLICY, mode="observe", report=findings.append), scope_of(headers=HEADERS))
    assert app.saw(b"x-client-id") == b"c-1"
    assert [(found.action, found.name, found.purpose) for found in findings] == [
        ("mask", "client", "network"),
        ("hide", "x-client-id", "analytics"),
    ]
