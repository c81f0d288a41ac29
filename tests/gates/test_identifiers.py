"""Identifiers of the app's own wait for their purpose, like any cookie."""

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
