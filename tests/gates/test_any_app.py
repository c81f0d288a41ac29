"""Whatever a browser asks and an app sends: the server gets the same messages as without us, less what was refused."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_middleware.asgi import ASGIApp, Header, Message, Receive, Scope, Send
from tests.driving import App, drive, mounted, name, scope_of
from tests.gates.exchanges import GRANT, NECESSARY, REFUSED, Kind, handshakes, kinds, requests, scripts

SERVICE = '[[services]]\nid = "counter"\npurpose = "analytics"\nhosts = ["count.example"]\n'
POLICIES = (
    "",
    SERVICE,
    f'delivery = "fragment"\ncsp = "enforce"\n{SERVICE}',
    'entry = "manual"\ncsp = "off"\nguard = false\n',
)


class Breaks(Exception):
    """What an app raises in the middle of its answer."""


class Scripted:
    """Sends what it is told to, with headers of one kind of iterable."""

    def __init__(self, script: Sequence[Message], kind: Kind) -> None:
        self.script, self.kind = script, kind
        self.seen: list[Header] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.seen = [(bytes(key).lower(), bytes(value)) for key, value in scope.get("headers") or ()]
        for message in self.script:
            if message["type"] == "breaks":
                raise Breaks
            if "headers" in message and message["type"] != "new":
                message = {**message, "headers": self.kind(list(message["headers"]))}
            await send(message)


def scope_for(request: Mapping[str, Any], kind: str) -> Scope:
    scope = scope_of(kind=kind, **{**request, "path": "/"})
    del scope["is_raw_known"]
    path = request["path"]
    scope["path"] = path.partition("?")[0]
    if request["is_raw_known"]:
        scope["raw_path"] = scope["path"].encode("utf-8", "surrogateescape")
    else:
        del scope["raw_path"]
    scope["query_string"] = path.partition("?")[2].encode()
    if scope["extensions"] is None:
        del scope["extensions"]
    return scope


def run(
    wrap: Callable[[ASGIApp], ASGIApp], app: Scripted, request: Mapping[str, Any], protocol: str
) -> tuple[list[Message], str, list[bytes]]:
    """Return what the server got, what was raised, and which cookies the app saw."""
    answer = drive(wrap(app), scope_for(request, protocol))
    seen = [crumb.strip() for key, value in app.seen if key == b"cookie" for crumb in value.split(b";")]
    messages: list[Message] = [{**m, "headers": pairs(m)} if "headers" in m else {**m} for m in answer.messages]
    return messages, type(answer.error).__name__, seen


def pairs(message: Message) -> list[Header]:
    return [(bytes(key), bytes(value)) for key, value in message.get("headers") or ()]


def cookies_of(messages: Iterable[Message]) -> list[bytes]:
    judged = ("http.response.start", "websocket.accept", "websocket.http.response.start", "http.response.trailers")
    return [value for m in messages if m["type"] in judged for key, value in pairs(m) if key.lower() == b"set-cookie"]


def without(messages: Iterable[Message], *keys: str) -> list[Message]:
    return [{key: value for key, value in message.items() if key not in keys} for message in messages]


MIDDLEWARES = [mounted(App(), policy) for policy in POLICIES]
OUTER = mounted(App())


def once(app: ASGIApp, number: int) -> ASGIApp:
    MIDDLEWARES[number].app = app
    return MIDDLEWARES[number]


def twice(app: ASGIApp, number: int) -> ASGIApp:
    OUTER.app = once(app, number)
    return OUTER


@pytest.mark.parametrize("wrapped", [once, twice])
@given(
    policy=st.integers(0, len(POLICIES) - 1),
    exchange=st.one_of(st.tuples(st.just("http"), scripts), st.tuples(st.just("websocket"), handshakes)),
    kind=kinds,
    browser=requests,
)
def test_the_server_gets_the_messages_of_the_app_less_what_is_refused(
    wrapped: Callable[[ASGIApp, int], ASGIApp],
    policy: int,
    exchange: tuple[str, list[Message]],
    kind: Kind,
    browser: Mapping[str, Any],
) -> None:
    protocol, script = exchange
    before = [dict(message) for message in script]
    theirs, their_error, their_cookies = run(lambda app: app, Scripted(script, kind), browser, protocol)
    ours, our_error, our_cookies = run(lambda app: wrapped(app, policy), Scripted(script, kind), browser, protocol)
    assert script == before
    assert our_error == their_error
    assert without(ours, "headers", "body", "links") == without(theirs, "headers", "body", "links")
    types = [value for message in theirs for key, value in pairs(message) if key.lower() == b"content-type"]
    if not any(b"html" in each for each in types):
        assert without(ours, "headers", "links") == without(theirs, "headers", "links")

    sent = cookies_of(ours)
    for line in cookies_of(theirs):
        if name(line) in NECESSARY:
            assert any(other.startswith(line.partition(b";")[0]) for other in sent)
    for crumb in their_cookies:
        if crumb.partition(b"=")[0].decode("latin-1") in NECESSARY:
            assert crumb in our_cookies
    if GRANT.encode() not in their_cookies:
        assert not [crumb for crumb in our_cookies if crumb.startswith(b"_ga=")]
        assert not [line for line in sent if name(line).strip() in REFUSED and b"max-age=0" not in line.lower()]
