"""An answer with something taken out is told apart by caches, whichever way it is encoded and whoever asked for it."""

import gzip

import brotli
import pytest
import zstandard

from consent_middleware import get_consent
from consent_middleware.asgi import Header, Message, Receive, Scope, Send
from consent_middleware.gates.findings import Finding
from tests.driving import MARK, NAVIGATION, SAME_ORIGIN, App, call, get, mounted, page, scope_of, token, visit_page

POLICY = """
entry = "manual"
[[services]]
id = "counter"
purpose = "analytics"
hosts = ["count.example"]
"""
PAGE = b'<!doctype html><html><head></head><body><p>Hello<img src="//count.example/p.gif"></body></html>'
NOTHING = token(POLICY)
EVERYTHING = token(POLICY, "preference", "analytics", "marketing", "network", "device")
FETCH: tuple[Header, ...] = (*SAME_ORIGIN, (b"sec-fetch-mode", b"cors"), (b"sec-fetch-dest", b"empty"))


def app(*headers: Header, body: bytes = PAGE, status: int = 200) -> App:
    return page(headers=headers, body=body, status=status)


def test_a_fragment_and_a_frame_are_gated_like_a_page() -> None:
    for destination in (b"empty", b"iframe", b"object"):
        answer = get(mounted(app(), POLICY), headers=[(b"sec-fetch-dest", destination)], cookie=NOTHING)
        assert b"count.example" not in answer.body
        assert b'<template data-privacy-gated="counter"' in answer.body


def test_a_gated_answer_says_what_it_depends_on_and_nothing_about_the_apps_own_body() -> None:
    facts = [(b"content-length", b"96"), (b"last-modified", b"x"), (b"accept-ranges", b"bytes"), (b"digest", b"x")]
    caching = [(b"etag", b'"a"'), (b"cache-control", b"public, max-age=60"), (b"vary", b"Accept")]
    answer = get(mounted(app(*facts, *caching), POLICY), headers=FETCH, cookie=NOTHING)
    assert {name for name, _ in answer.headers} == {b"content-type", b"etag", b"cache-control", b"vary"}
    assert answer.value(b"vary") == b"Accept, Cookie, Sec-GPC"
    assert answer.value(b"cache-control") == b"private, max-age=60"
    assert (answer.value(b"etag") or b"").startswith(b'"a--privacy-')


def test_head_says_the_same_as_get() -> None:
    headers = [(b"content-length", b"96"), (b"etag", b'"a"')]
    answers = [get(mounted(app(*headers), POLICY), method=method, cookie=NOTHING) for method in ("GET", "HEAD")]
    assert answers[0].headers == answers[1].headers


def test_a_validator_of_another_visitor_does_not_bring_a_page_back() -> None:
    for headers in (NAVIGATION, FETCH):
        site = app((b"etag", b'"a"'))
        etags = [
            get(mounted(site, POLICY), headers=headers, cookie=cookie).value(b"etag") or b""
            for cookie in (NOTHING, EVERYTHING)
        ]
        assert etags[0] != etags[1]
        get(mounted(site, POLICY), headers=[*headers, (b"if-none-match", etags[1])], cookie=NOTHING)
        assert site.saw(b"if-none-match") is None
        get(mounted(site, POLICY), headers=[*headers, (b"if-none-match", etags[0])], cookie=NOTHING)
        assert site.saw(b"if-none-match") == b'"a"'


def test_a_304_keeps_the_name_of_its_variant() -> None:
    etag = get(mounted(app((b"etag", b'"a"')), POLICY), headers=FETCH, cookie=NOTHING).value(b"etag") or b""
    unchanged = App(status=304, headers=[(b"etag", b'"a"')], body=b"")
    answer = get(mounted(unchanged, POLICY), headers=[*FETCH, (b"if-none-match", etag)], cookie=NOTHING)
    assert answer.value(b"etag") == etag


def test_the_validator_of_what_is_no_html_stays() -> None:
    site = App(headers=[(b"content-type", b"application/json"), (b"etag", b'"a"')], body=b"{}")
    answer = get(mounted(site, POLICY), headers=[*FETCH, (b"if-none-match", b'"a"')], cookie=NOTHING)
    assert site.saw(b"if-none-match") == b'"a"'
    assert answer.headers == site.headers


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_an_encoded_answer_is_opened_and_closed_again(coding: str) -> None:
    packed = {"gzip": gzip.compress, "br": brotli.compress, "zstd": zstandard.compress}[coding](PAGE)
    answer = get(
        mounted(app((b"content-encoding", coding.encode()), body=packed), POLICY), headers=FETCH, cookie=NOTHING
    )
    unpack = {"gzip": gzip.decompress, "br": brotli.decompress, "zstd": _unzstd}[coding]
    assert b"count.example" not in unpack(answer.body)
    assert b"Hello" in unpack(answer.body)


def _unzstd(data: bytes) -> bytes:
    return zstandard.ZstdDecompressor().decompressobj().decompress(data)


@pytest.mark.parametrize(
    ("types", "is_gated"),
    [
        ([b"text/plain", b"text/html"], True),
        ([b"text/html", b"*/*"], True),
        ([b"text/plain, text/html;charset=utf-8"], True),
        ([b'text/html;a="b,c"'], True),
        ([b"text/html", b"text/plain"], False),
        ([b"text/html, text/html-sandboxed"], False),
    ],
)
@pytest.mark.parametrize("headers", [FETCH, NAVIGATION])
def test_of_several_types_the_last_counts_as_in_browsers(
    types: list[bytes], is_gated: bool, headers: tuple[Header, ...]
) -> None:
    site = App(headers=[(b"content-type", each) for each in types], body=PAGE)
    assert (b"count.example" not in get(mounted(site, POLICY), headers=headers, cookie=NOTHING).body) is is_gated


def test_of_several_codings_none_is_taken_for_all() -> None:
    packed = brotli.compress(gzip.compress(PAGE))
    site = app((b"content-encoding", b"gzip"), (b"content-encoding", b"br"), body=packed)
    answer = get(mounted(site, POLICY), cookie=NOTHING)
    assert (answer.error, answer.body) == (None, packed)


def test_links_in_the_headers_of_a_page_with_a_banner_lead_to_nobody_who_is_refused() -> None:
    link = (b"link", b"<https://count.example/a.js>; rel=preload; as=script")
    answer = get(mounted(app(link), POLICY.replace("manual", "auto")), headers=NAVIGATION)
    assert MARK in answer.body
    assert answer.values(b"link") == []


def test_links_in_headers_and_early_hints_lead_to_nobody_who_is_refused() -> None:
    link = b'<https://count.example/a.js>; rel=preload; as=script, </own.css>; rel="preload", <//count.example>; rel=author'
    kept = b'</own.css>; rel="preload", <//count.example>; rel=author'
    assert get(mounted(app((b"link", link)), POLICY), cookie=NOTHING).values(b"link") == [kept]
    assert get(mounted(app((b"link", link)), POLICY), cookie=EVERYTHING).values(b"link") == [link]

    async def hinting(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.early_hint", "links": [link, b"<//count.example>; rel=preconnect"]})
        await app()(scope, receive, send)

    hints: Message = call(mounted(hinting, POLICY), scope_of(cookie=NOTHING)).messages[0]
    assert hints["links"] == [kept]


REPORTS = b'own="/r", theirs="https://count.example/r"; a=1, x="https://x.example/, r"'
GROUP = b'{"group":"g","max_age":9,"endpoints":[{"url":"/r"},{"url":"https:\\/\\/%s\\/r"}]}'


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        (b"Reporting-Endpoints", REPORTS, [b'own="/r", x="https://x.example/, r"']),
        (b"reporting-endpoints", b'default="//COUNT.example"', []),
        (b"speculation-rules", b'"/own.json", "https://count.example/rules.json"', [b'"/own.json"']),
        (b"report-to", GROUP % b"count.example", []),
        (b"report-to", GROUP % b"x.example", [GROUP % b"x.example"]),
    ],
)
@pytest.mark.parametrize("headers", [(), NAVIGATION])
def test_a_page_reports_to_nobody_who_is_refused(
    name: bytes, value: bytes, kept: list[bytes], headers: tuple[Header, ...]
) -> None:
    middleware = mounted(app((name, value)), 'csp = "off"\n' + POLICY.replace("manual", "auto"))
    assert get(middleware, headers=headers, cookie=EVERYTHING).values(name.lower()) == [value]
    assert get(middleware, headers=headers).values(name.lower()) == kept


@pytest.mark.parametrize(
    "header",
    [(b"cache-control", b"no-transform"), (b"content-disposition", b"attachment"), (b"content-encoding", b"x-unknown")],
)
def test_headers_lead_to_nobody_who_is_refused_where_the_body_stays_as_it_is(header: tuple[bytes, bytes]) -> None:
    link = (b"link", b"<https://count.example/a.js>; rel=preload; as=script")
    answer = get(mounted(app(header, link), POLICY), cookie=NOTHING)
    assert answer.values(b"link") == []
    assert b"private" in b", ".join(answer.values(b"cache-control"))
    assert b"count.example" in answer.body


def test_a_page_asked_for_once_more_comes_in_one_template_with_numbers() -> None:
    headers = [*FETCH, (b"privacy-activation", b"")]
    answer = get(mounted(app(), POLICY), headers=headers, cookie=EVERYTHING)
    assert answer.body.startswith(b"<template data-privacy-page><!doctype html>")
    assert b'<img data-privacy-key="0" src="//count.example/p.gif">' in answer.body


def test_a_page_asked_for_once_more_is_kept_by_no_cache() -> None:
    kept = (b"cache-control", b"public, max-age=600")
    asked = [*FETCH, (b"privacy-activation", b"counter")]
    once = get(mounted(app(kept), POLICY), headers=asked, cookie=NOTHING)
    assert once.values(b"cache-control") == [b"no-store"]
    assert visit_page(mounted(app(kept), POLICY), cookie=NOTHING).values(b"cache-control") == [b"private, max-age=600"]


def test_what_is_allowed_once_is_allowed_in_that_answer_alone() -> None:
    site = mounted(app(), POLICY)
    once = get(site, headers=[*FETCH, (b"privacy-activation", b"counter")], cookie=NOTHING)
    assert b'<img data-privacy-key="0" src=' in once.body
    assert b"count.example" not in get(site, headers=FETCH, cookie=NOTHING).body


def test_a_page_that_navigates_cannot_ask_for_more_than_is_allowed() -> None:
    answer = visit_page(mounted(app(), POLICY), headers=[(b"privacy-activation", b"counter")], cookie=NOTHING)
    assert b"count.example" not in answer.body


def test_a_frame_leaves_a_way_to_allow_it() -> None:
    body = b'<p>a<iframe src="//count.example/v" title="A film &amp; more" width=560 height="315" class=v></iframe>'
    answer = visit_page(mounted(app(body=body), POLICY), path="/films?x=1", cookie=NOTHING)
    assert b'role="group" aria-label="A film &amp; more"' in answer.body
    assert b'<svg width="560" height="315" aria-hidden="true">' in answer.body
    assert b'name="service" value="counter"' in answer.body
    assert b'data-privacy-action="load-once"' in answer.body
    assert b'value="always-allow"' in answer.body
    assert b'name="next" value="/films?x=1"' in answer.body


def test_what_stands_for_a_frame_speaks_the_language_of_its_page() -> None:
    policy = POLICY + '[site]\nlanguages = ["en", "de", "fr"]\nlanguage_from = "path"\n'
    framed = app(body=b'<iframe src="//count.example/v"></iframe>')
    by_path = mounted(framed, policy)
    by_app = mounted(framed, policy, language_of=lambda scope: "fr" if get_consent(scope).choice_made else None)
    asked = {"headers": [(b"accept-language", b"fr")], "cookie": NOTHING}
    assert b"Einmal laden" in visit_page(by_path, path="/de/film", **asked).body  # type: ignore[arg-type]
    assert b"Charger cette fois" in visit_page(by_path, path="/film", **asked).body  # type: ignore[arg-type]
    assert b"Charger cette fois" in visit_page(by_app, path="/de/film", cookie=NOTHING).body


def test_observe_mode_tells_and_changes_nothing() -> None:
    findings: list[Finding] = []
    answer = get(
        mounted(app((b"content-length", b"96")), POLICY, mode="observe", report=findings.append), cookie=NOTHING
    )
    assert answer.body == PAGE
    assert [(f.action, f.name, f.purpose) for f in findings if f.action == "gate"] == [
        ("gate", "count.example", "counter")
    ]
