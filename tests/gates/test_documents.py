"""Which responses get the banner, and what their headers say afterwards."""

import asyncio
import contextvars
import gzip
import logging
from collections.abc import Iterable
from typing import Any

import pytest

from consent_middleware import ConsentMiddleware
from consent_middleware.asgi import Header, Message, Receive, Scope, Send
from consent_middleware.telemetry import RESTRICT_FEATURES
from tests.driving import (
    HTML,
    MARK,
    NAVIGATION,
    OPENING,
    PAGE,
    Answer,
    App,
    call,
    get,
    mounted,
    page,
    scope_of,
    token,
    visit_page,
)

MANUAL = 'unclassified = "allow"\nentry = "manual"'
EVERYTHING = token(MANUAL, "preference", "analytics", "marketing", "network", "device")

PLAIN = 'csp = "off"\nguard = false'
"""Without what else there is for a page: a policy of ours in its headers, a script before all others."""
BUILT_IN = mounted(App(), PLAIN)
"""Made once: it has its templates rendered."""


def navigate(app: App, policy: str | None = None, *, headers: Iterable[Header] = (), **options: Any) -> Answer:
    middleware = mounted(app, policy) if policy is not None else BUILT_IN
    middleware.app = app
    answer = visit_page(middleware, headers=headers, **options)
    assert answer.error is None
    return answer


def test_a_page_gets_the_banner_at_the_start_of_its_body() -> None:
    answer = navigate(page())
    before, after = PAGE.split(b"<body>")
    assert answer.body.startswith(before + b"<body>")
    assert answer.body.endswith(after)
    assert answer.body.count(MARK) == 1


def test_the_start_of_a_response_is_never_held_back() -> None:
    sent: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [HTML]})
        sent.append("start")
        await send({"type": "http.response.body", "body": b"<!doctype html><ht", "more_body": True})
        sent.append("half a tag")
        await send({"type": "http.response.body", "body": b"ml><body>x"})

    answer = call(mounted(app), scope_of(headers=NAVIGATION))
    assert [message["type"] for message in answer.messages] == ["http.response.start"] + 2 * ["http.response.body"]
    assert answer.messages[1]["body"] == b"<!doctype html>"
    assert answer.messages[1]["more_body"] is True


@pytest.mark.parametrize(
    "chunks",
    [[bytes([byte]) for byte in PAGE], [PAGE, b""], [b"", PAGE], [PAGE[:40], b"", PAGE[40:]]],
    ids=["bytes", "closing", "opening", "empty between"],
)
def test_a_streamed_page_gets_the_same_banner(chunks: list[bytes]) -> None:
    assert navigate(page(body=chunks)).body == navigate(page()).body


def test_memoryviews_and_absent_bodies_are_bodies() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [HTML]})
        await send({"type": "http.response.body", "body": memoryview(PAGE), "more_body": True})
        await send({"type": "http.response.body", "more_body": True})
        await send({"type": "http.response.body", "body": bytearray(b"!")})

    answer = call(mounted(app, PLAIN), scope_of(headers=NAVIGATION))
    assert answer.error is None
    assert answer.body == navigate(page()).body + b"!"


@pytest.mark.parametrize(
    "content_type",
    [
        b"application/json",
        b"text/plain",
        b"text/html-sandboxed",
        b"text/htmlx; charset=utf-8",
        b"text/event-stream",
        b"text/vnd.turbo-stream.html",
        b"text/html; charset=utf-16",
        b"text/html; charset=UTF-16LE",
        b"text/html;charset=iso-2022-jp",
        b"text/html; charset=utf-7",
        b"text/html; charset=utf-32",
    ],
)
def test_what_is_no_html_that_can_be_written_into_stays_as_it_is(content_type: bytes) -> None:
    app = App(headers=[(b"content-type", content_type), (b"content-length", b"%d" % len(PAGE))], body=PAGE)
    answer = navigate(app)
    assert answer.body == PAGE
    assert answer.value(b"content-length") == b"%d" % len(PAGE)


@pytest.mark.parametrize("content_type", [b"text/html", b"TEXT/HTML ; charset=gb18030", b"text/html;charset=Shift_JIS"])
def test_html_in_any_charset_that_holds_ascii_gets_an_ascii_banner(content_type: bytes) -> None:
    answer = navigate(App(headers=[(b"Content-Type", content_type)], body=PAGE))
    assert MARK in answer.body
    assert answer.body.isascii()


def test_a_response_without_a_type_stays_as_it_is() -> None:
    answer = navigate(App(headers=[(b"etag", b'"x"')], body=PAGE))
    assert (answer.body, answer.headers) == (PAGE, [(b"etag", b'"x"')])


@pytest.mark.parametrize(
    "header",
    [
        (b"cache-control", b"max-age=5, No-Transform"),
        (b"content-disposition", b'attachment; filename="a.html"'),
        (b"content-disposition", b" ATTACHMENT"),
        (b"content-encoding", b"compress"),
        (b"content-encoding", b"gzip, gzip"),
        (b"Content-Encoding", b"dcb"),
    ],
)
def test_what_may_not_or_cannot_be_changed_stays_as_it_is(header: Header) -> None:
    app = page(headers=[header, (b"content-length", b"%d" % len(PAGE)), (b"etag", b'"x"')])
    answer = navigate(app)
    assert answer.body == PAGE
    assert answer.headers == [*app.headers, (b"vary", b"Cookie, Sec-GPC"), RESTRICT_FEATURES]


def test_an_encoding_that_cannot_be_opened_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    middleware = mounted(page(headers=[(b"content-encoding", b"x-unheard-of")]))
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            visit_page(middleware)
    assert caplog.text.count("x-unheard-of") == 1


@pytest.mark.parametrize("status", [204, 205, 206, 304])
def test_the_body_of_a_status_that_has_none_or_a_part_is_left_alone(status: int) -> None:
    app = App(status=status, headers=[HTML, (b"content-range", b"bytes 0-4/99")], body=PAGE)
    assert navigate(app).body == PAGE


@pytest.mark.parametrize("status", [200, 201, 203, 400, 401, 403, 404, 410, 500, 503])
def test_error_pages_get_the_banner_too(status: int) -> None:
    answer = navigate(page(status=status))
    assert answer.status == status
    assert MARK in answer.body


@pytest.mark.parametrize(
    ("headers", "is_page"),
    [
        ([(b"sec-fetch-dest", b"document")], True),
        ([(b"sec-fetch-dest", b"document"), (b"sec-fetch-mode", b"navigate")], True),
        ([(b"sec-fetch-dest", b"empty"), (b"sec-fetch-mode", b"navigate")], True),
        ([(b"sec-fetch-dest", b"empty"), (b"sec-fetch-mode", b"cors")], False),
        ([(b"sec-fetch-dest", b"empty"), (b"sec-fetch-mode", b"cors"), (b"accept", b"text/html")], False),
        ([(b"sec-fetch-dest", b"iframe"), (b"sec-fetch-mode", b"navigate")], False),
        ([(b"sec-fetch-dest", b"frame"), (b"sec-fetch-mode", b"navigate")], False),
        ([(b"sec-fetch-dest", b"object"), (b"sec-fetch-mode", b"navigate")], False),
        ([(b"upgrade-insecure-requests", b"1")], True),
        ([(b"accept", b"text/html,application/xhtml+xml,*/*;q=0.8")], True),
        ([(b"accept", b"*/*")], False),
        ([], False),
        ([(b"accept", b"text/html"), (b"x-requested-with", b"XMLHttpRequest")], False),
        ([(b"accept", b"text/html"), (b"hx-request", b"true")], False),
        ([(b"accept", b"text/html"), (b"turbo-frame", b"cart")], False),
        ([(b"accept", b"text/html"), (b"x-pjax", b"true")], False),
        ([(b"accept", b"text/html"), (b"x-inertia", b"true")], False),
        ([(b"accept", b"text/html"), (b"sec-fetch-mode", b"cors")], False),
    ],
)
def test_only_what_a_person_opens_gets_the_banner(headers: list[Header], is_page: bool) -> None:
    answer = get(mounted(page()), headers=headers)
    assert (MARK in answer.body) is is_page
    assert answer.error is None


def test_a_fragment_that_is_opened_as_a_page_stays_as_it_is() -> None:
    assert navigate(page(body=b"<p>a fragment</p>")).body == b"<p>a fragment</p>"


def test_headers_that_described_the_body_go_when_it_changes() -> None:
    facts = [
        (b"Content-Length", b"9"),
        (b"content-md5", b"x"),
        (b"digest", b"x"),
        (b"content-digest", b"x"),
        (b"repr-digest", b"x"),
        (b"accept-ranges", b"bytes"),
        (b"last-modified", b"Thu, 01 Jan 2026 00:00:00 GMT"),
    ]
    answer = navigate(page(headers=[*facts, (b"x-other", b"1")]))
    assert answer.headers == [
        HTML,
        (b"x-other", b"1"),
        (b"vary", b"Cookie, Sec-GPC"),
        RESTRICT_FEATURES,
        (b"cache-control", b"private"),
    ]


def test_a_head_says_what_a_get_says_and_has_no_body() -> None:
    headers = [(b"content-length", b"%d" % len(PAGE)), (b"etag", b'"x"')]
    for more, body in (([], PAGE), ([(b"content-encoding", b"gzip")], gzip.compress(PAGE))):
        answers = [
            navigate(page(headers=[*headers, *more], body=content), method=method)
            for method, content in (("GET", body), ("HEAD", b""))
        ]
        assert answers[0].headers == answers[1].headers
        assert answers[1].body == b""


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ([], [b"private"]),
        ([b"public, max-age=60"], [b"private, max-age=60"]),
        ([b"Public", b"S-MaxAge=5, must-revalidate"], [b"private, must-revalidate"]),
        ([b"private, max-age=9"], [b"private, max-age=9"]),
        ([b"no-store"], [b"no-store"]),
        ([b"no-cache"], [b"private, no-cache"]),
    ],
)
def test_a_page_with_the_banner_is_private(written: list[bytes], expected: list[bytes]) -> None:
    headers = [(b"cache-control", value) for value in written]
    headers += [(b"cdn-cache-control", b"max-age=60"), (b"surrogate-control", b"max-age=60")]
    answer = navigate(page(headers=headers))
    assert answer.values(b"cache-control") == expected
    assert answer.value(b"cdn-cache-control") is answer.value(b"surrogate-control") is None


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ([], [b"Cookie, Sec-GPC"]),
        ([b"Accept-Encoding"], [b"Accept-Encoding, Cookie, Sec-GPC"]),
        ([b"cookie,SEC-GPC"], [b"cookie,SEC-GPC"]),
        ([b"*"], [b"*"]),
        ([b"Accept", b"Cookie"], [b"Accept, Sec-GPC", b"Cookie"]),
        ([b""], [b"Cookie, Sec-GPC"]),
    ],
)
def test_vary_is_merged_and_never_repeated(written: list[bytes], expected: list[bytes]) -> None:
    assert navigate(page(headers=[(b"vary", value) for value in written])).values(b"vary") == expected


def tagged(etag: bytes, **options: Any) -> bytes:
    answer = navigate(page(headers=[(b"etag", etag)]), **options)
    tag = answer.value(b"etag")
    assert tag is not None
    return tag


def test_a_page_with_the_banner_has_an_entity_tag_of_its_own() -> None:
    assert tagged(b'"abc"').startswith(b'"abc--privacy-')
    assert tagged(b'W/"abc"').startswith(b'W/"abc--privacy-')
    assert tagged(b'"abc"') == tagged(b'"abc"')
    assert tagged(b'"abc"') != tagged(b'"abc"', cookie=token())
    assert tagged(b"malformed") == b"malformed"


def test_the_app_compares_its_own_tag_and_a_304_names_the_variant() -> None:
    tag = tagged(b'W/"a,b"')
    app = App(status=304, headers=[(b"etag", b'W/"a,b"'), (b"cache-control", b"max-age=9")], body=b"")
    answer = navigate(app, headers=[(b"if-none-match", b'"x", ' + tag)])
    assert app.saw(b"if-none-match") == b'W/"a,b"'
    assert answer.status == 304
    assert answer.value(b"etag") == tag
    assert answer.value(b"vary") == b"Cookie, Sec-GPC"
    assert answer.value(b"cache-control") == b"private, max-age=9"


@pytest.mark.parametrize("cookie", ["", token()], ids=["none", "refused"])
def test_the_tag_of_another_variant_or_of_none_does_not_reach_the_app(cookie: str) -> None:
    other = tagged(b'"abc"', cookie=token() if not cookie else "")
    app = page()
    navigate(app, headers=[(b"if-none-match", other + b', "abc", W/"abc"')], cookie=cookie)
    assert app.saw(b"if-none-match") is None


ETAG: Header = (b"etag", b'"file"')
MODIFIED: Header = (b"last-modified", b"Thu, 01 Jan 2026 00:00:00 GMT")
IF_NONE_MATCH: Header = (b"if-none-match", ETAG[1])
IF_MODIFIED_SINCE: Header = (b"if-modified-since", MODIFIED[1])


@pytest.mark.parametrize(
    ("validators", "conditions"),
    [
        ([ETAG], [IF_NONE_MATCH]),
        ([MODIFIED], [IF_MODIFIED_SINCE]),
        ([ETAG, MODIFIED], [IF_NONE_MATCH, IF_MODIFIED_SINCE]),
    ],
)
@pytest.mark.parametrize("policy", [PLAIN, 'delivery = "fragment"'])
def test_a_file_that_is_opened_as_a_page_is_sent_once(
    validators: list[Header], conditions: list[Header], policy: str
) -> None:
    file = App(headers=[(b"content-type", b"application/pdf"), *validators], body=b"%PDF")
    middleware = mounted(file, policy)
    opened = visit_page(middleware, "/file?page=1")
    assert (opened.headers, opened.body) == (file.headers, b"%PDF")
    unchanged = App(status=304, headers=validators, body=b"")
    middleware.app = unchanged
    again = visit_page(middleware, "/file?page=1", headers=conditions)
    assert {pair for pair in unchanged.seen if pair[0].startswith(b"if-")} == set(conditions)
    assert (again.status, again.headers) == (304, unchanged.headers)
    # What stands there now is a page.
    middleware.app = page(headers=validators)
    gated = visit_page(middleware, "/file?page=1", headers=conditions).body
    assert gated == visit_page(mounted(page(), policy), "/file?page=1").body != PAGE


@pytest.mark.parametrize(
    ("path", "conditions"),
    [
        ("/other", [IF_NONE_MATCH, IF_MODIFIED_SINCE]),
        ("/file?page=2", [IF_NONE_MATCH, IF_MODIFIED_SINCE]),
        ("/file", [IF_NONE_MATCH]),
        ("/file", [IF_MODIFIED_SINCE]),
        ("/file", [(b"if-none-match", b'"file", "page"'), IF_MODIFIED_SINCE]),
        ("/file", [IF_NONE_MATCH, (b"if-modified-since", b"Thu, 01 Jan 2026 00:00:01 GMT")]),
    ],
)
def test_no_other_validator_reaches_the_app(path: str, conditions: list[Header]) -> None:
    middleware = mounted(App(headers=[(b"content-type", b"image/png"), ETAG, MODIFIED]))
    visit_page(middleware, "/file")
    app = page(headers=[ETAG, MODIFIED])
    middleware.app = app
    assert MARK in visit_page(middleware, path, headers=conditions).body
    assert not [name for name, _ in app.seen if name.startswith(b"if-")]


def test_the_validators_of_a_page_are_not_remembered_as_those_of_a_file() -> None:
    middleware = mounted(page(headers=[ETAG, (b"content-disposition", b"attachment")]))
    visit_page(middleware)
    app = page(headers=[ETAG])
    middleware.app = app
    visit_page(middleware, headers=[IF_NONE_MATCH])
    assert app.saw(b"if-none-match") is None


def test_any_tag_is_any_tag() -> None:
    app = page()
    navigate(app, headers=[(b"if-none-match", b"*")])
    assert app.saw(b"if-none-match") == b"*"


def test_dates_and_ranges_of_the_apps_own_file_do_not_reach_it_for_a_page() -> None:
    conditions = [
        (b"if-modified-since", b"Thu, 01 Jan 2026 00:00:00 GMT"),
        (b"range", b"bytes=0-4"),
        (b"if-range", b'"abc"'),
    ]
    kept = [(b"if-match", b'"abc"'), (b"if-unmodified-since", b"x"), (b"last-event-id", b"7")]
    app = page()
    navigate(app, headers=[*conditions, *kept])
    assert {name for name, _ in app.seen} >= {name for name, _ in kept}
    assert not {name for name, _ in app.seen} & {name for name, _ in conditions}


def test_a_subresource_keeps_its_conditions_and_ranges() -> None:
    conditions = [(b"if-none-match", b'"abc"'), (b"range", b"bytes=0-4"), (b"accept-encoding", b"br, zstd")]
    app = App(status=206, headers=[HTML, (b"etag", b'"abc"')], body=PAGE)
    answer = get(mounted(app), headers=conditions)
    assert all(pair in app.seen for pair in conditions)
    assert answer.headers == [*app.headers, (b"vary", b"Cookie, Sec-GPC")]


@pytest.mark.parametrize(
    ("accepted", "asked"),
    [
        (b"gzip, deflate, br, zstd", b"gzip"),
        (b"br", b"identity"),
        (b"*", b"identity"),
        (b"gzip;q=0, br", b"identity"),
        (b"GZIP;q=0.5", b"gzip"),
        (b"x-gzip", b"gzip"),
        (b"identity", b"identity"),
    ],
)
def test_the_app_is_asked_for_an_encoding_that_can_be_opened(accepted: bytes, asked: bytes) -> None:
    app = page()
    get(mounted(app), headers=[*OPENING, (b"accept-encoding", accepted)])
    assert app.saw(b"accept-encoding") == asked


def test_a_packed_page_is_opened_and_packed_again() -> None:
    app = page(headers=[(b"content-encoding", b"gzip")], body=[gzip.compress(PAGE)[:30], gzip.compress(PAGE)[30:]])
    answer = navigate(app)
    assert answer.value(b"content-encoding") == b"gzip"
    assert gzip.decompress(answer.body) == navigate(page()).body


def test_shortcuts_that_would_send_a_body_past_us_are_withdrawn_where_it_may_be_markup() -> None:
    extensions: dict[str, object] = {
        "http.response.pathsend": {},
        "http.response.zerocopysend": {},
        "http.response.trailers": {},
    }
    app = page()
    navigate(app, extensions=extensions)
    assert app.scope["extensions"] == {"http.response.trailers": {}}
    for destination, is_kept in ((b"iframe", False), (b"empty", False), (b"", False), (b"image", True)):
        for condition in ([], [(b"if-none-match", b'"a"')]):
            named = [(b"sec-fetch-dest", destination)] if destination else []
            get(mounted(app), headers=[*named, *condition], extensions=extensions)
            assert ("http.response.pathsend" in app.scope["extensions"]) is is_kept
    everything = token(None, "preference", "analytics", "marketing", "network", "device")
    get(mounted(app), extensions=extensions, cookie=everything)
    assert app.scope["extensions"] == extensions
    assert len(extensions) == 3


def test_where_there_is_nothing_to_ask_a_page_differs_in_vary_at_most() -> None:
    headers = [
        (b"content-length", b"%d" % len(PAGE)),
        (b"etag", b'"x"'),
        (b"last-modified", b"x"),
        (b"cache-control", b"public, max-age=60"),
        (b"accept-ch", b"DPR"),
    ]
    app = page("_ga=1; Path=/; Max-Age=99", "zzz=2", headers=headers)
    conditions = [(b"if-none-match", b'"x"'), (b"accept-encoding", b"br"), (b"range", b"bytes=0-4")]
    extensions: dict[str, object] = {"http.response.pathsend": {}}
    answer = navigate(app, MANUAL, headers=conditions, cookie=f"a=1; _ga=2; {EVERYTHING}", extensions=extensions)
    assert sorted(answer.headers) == sorted([*app.headers, (b"vary", b"Cookie, Sec-GPC")])
    assert answer.body == PAGE
    assert app.seen == scope_of(headers=[*NAVIGATION, *conditions], cookie=f"a=1; _ga=2; {EVERYTHING}")["headers"]
    assert app.scope["extensions"] is extensions
    assert app.scope["client"] == ("203.0.113.77", 50123)


def test_a_page_that_breaks_off_does_not_look_complete() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [HTML]})
        await send({"type": "http.response.body", "body": b"<!doctype html><html><he", "more_body": True})
        raise RuntimeError("The template is broken.")

    answer = call(mounted(app), scope_of(headers=NAVIGATION))
    assert isinstance(answer.error, RuntimeError)
    assert [message.get("more_body") for message in answer.messages[1:]] == [True]


@pytest.mark.parametrize("coding", [b"identity", b"gzip"])
def test_what_is_sent_after_the_end_is_between_the_app_and_the_server(coding: bytes) -> None:
    late: Message = {"type": "http.response.body", "body": b"late"}

    class Late(App):
        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            await super().__call__(scope, receive, send)
            await send(late)

    body = gzip.compress(PAGE) if coding == b"gzip" else PAGE
    answer = visit_page(mounted(Late(headers=[HTML, (b"content-encoding", coding)], body=body)))
    assert (answer.error, answer.messages[-1]) == (None, late)


def test_an_app_that_raises_before_it_answers_raises_through() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError("Nothing works.")

    answer = call(mounted(app), scope_of(headers=NAVIGATION))
    assert isinstance(answer.error, RuntimeError)
    assert answer.messages == []


def test_event_streams_are_neither_changed_nor_held_back() -> None:
    sent: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-cache")]
        messages: list[Message] = [{"type": "http.response.start", "status": 200, "headers": headers}]
        messages += [{"type": "http.response.body", "body": b"data: <body>\n\n", "more_body": True}] * 2
        for message in messages:
            await send(message)
            sent.append(message)

    answer = call(mounted(app), scope_of(headers=NAVIGATION))
    assert all(got is given for got, given in zip(answer.messages, sent, strict=True))


def test_a_page_under_a_strict_policy_gets_no_more_than_a_link() -> None:
    free = navigate(page()).body
    nonce = navigate(page(headers=[(b"content-security-policy", b"default-src 'nonce-abc'")])).body
    strict = navigate(page(headers=[(b"content-security-policy", b"default-src 'none'; form-action 'none'")])).body
    assert b"<form" in free
    assert b'nonce="abc"' in nonce
    assert b"<form" not in strict
    assert b"/-/privacy/preferences" in strict


def test_middlewares_may_be_mounted_twice_without_disabling_consent() -> None:
    app = page("_ga=1", "sessionid=2")
    twice = mounted(mounted(app, PLAIN), PLAIN)
    answer = visit_page(twice, cookie="_ga=1; sessionid=2")
    assert app.cookies == [b"sessionid=2"]
    assert answer.names_set == ["sessionid"]
    assert answer.body.count(MARK) == 1
    assert answer.body == navigate(page()).body
    refused = visit_page(twice, cookie=f"_ga=1; {token()}")
    assert "_ga" in refused.names_expired


def test_a_mounted_sub_app_affects_only_its_own_path() -> None:
    inner = mounted(page("_ga=1", "sessionid=2"))

    async def site(scope: Scope, receive: Receive, send: Send) -> None:
        await (inner if scope["path"].startswith("/shop") else page("_ga=1"))(scope, receive, send)

    assert visit_page(ConsentMiddleware(App(), secret_key="k")).error is None
    outside, inside = (call(site, scope_of(path, headers=NAVIGATION)) for path in ("/", "/shop"))
    assert (outside.names_set, MARK in outside.body) == (["_ga"], False)
    assert (inside.names_set, MARK in inside.body) == (["sessionid"], True)


def test_work_after_the_response_and_context_variables_go_on_as_without_us() -> None:

    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="unset")
    done: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        variable.set("by the app")
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})
        await asyncio.sleep(0)
        done.append((await receive())["type"])
        done.append((await receive())["type"])

    async def server() -> None:
        assert (await asyncio.gather(exchange()))[0] is None

    async def exchange() -> None:
        requests = iter(["http.request", "http.disconnect"])

        async def receive() -> Message:
            return {"type": next(requests)}

        async def send(message: Message) -> None:
            done.append(variable.get())

        await mounted(app)(scope_of(), receive, send)
        done.append(variable.get())

    asyncio.run(server())
    assert done == ["by the app", "by the app", "http.request", "http.disconnect", "by the app"]
