"""The short way through the gates comes to the same as the long one."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent_middleware import ConsentMiddleware, get_consent
from consent_middleware.asgi import Header, Receive, Scope, Send
from consent_middleware.consent import SCOPE_KEY
from consent_middleware.gates.html.answer import HtmlGates
from consent_middleware.gates.whole_documents import Places, WholeDocuments
from tests.driving import HTML, NAVIGATION, OPENING, SAME_ORIGIN, Answer, App, drive, mounted, page, scope_of, token

POLICY = """
[site]
name = "A %s shop, 100 %b"
languages = ["en", "zh-Hans"]
[[services]]
id = "counter"
purpose = "analytics"
hosts = ["count.example"]
[[cookies]]
name = "seen_by"
purpose = "analytics"
"""
LONG_WAY: Header = (b"if-range", b"x")
"""What pages never get is taken off, and nothing else comes of it."""
SITES = [
    mounted(App(), POLICY.replace("[site]", f"{more}\n[site]", 1)) for more in ("", 'csp = "enforce"', 'csp = "off"')
]
COOKIES = [
    "",
    "_ga=GA1.2.3.4",
    token(POLICY),
    token(POLICY, "preference", "analytics", "marketing", "network", "device"),
    token(POLICY, "device"),
]
HEADS = [
    b"<!doctype html><html><head><title>Shop</title></head><body>",
    b"\xef\xbb\xbf<!DOCTYPE html>\n<html lang=en>\n<head>\n<meta charset=utf-8><script>a<b</script>\n</head><body class=x>",
    b"<!doctype html><!-- a comment --><html><head></head><body>",
    b"<!doctype html><p>",
    b"<p>a fragment",
    b"<html><head><template><body></template></head><body>",
    b"\xff\xfe<\x00",
    b"",
]
BODIES = [
    b"<p>Hello</p>",
    b'<img src="//count.example/p.gif">',
    b'<img src="//COUNT.EXAMPLE/p.gif">',
    b'<img src="//count&#46;example/p.gif">',
    b'<p data-privacy-gated="analytics">x</p>',
    b'<p DATA-privacy-Gated="analytics">x</p>',
    b"<script>load('count.example')</script>",
    b"<script>/* <!-- <script> */",
    b"<noscript><img src=//count.example></noscript>",
    b"Version 1.2.example.com. The end.",
    b"</body></html>",
    b"\x1b(B",
    b"&count.example",
    b"<svg><style><img src=//count.example></style></svg>",
]
documents = st.builds(
    lambda head, parts: head + b"".join(parts), st.sampled_from(HEADS), st.lists(st.sampled_from(BODIES))
)
more_headers = st.lists(
    st.sampled_from(
        [
            (b"content-length", b"10"),
            (b"last-modified", b"Thu, 01 Jan 2026 00:00:00 GMT"),
            (b"x-other", b"1"),
            (b"Link", b"<//count.example/a.js>; rel=preload; as=script"),
            (b"cache-control", b"public, max-age=60"),
            (b"etag", b'"a"'),
            (b"set-cookie", b"seen_by=1"),
            (b"Accept-CH", b"Sec-CH-UA-Model"),
            (b"content-security-policy", b"default-src 'self' 'nonce-abc'"),
            (b"permissions-policy", b"camera=()"),
        ]
    ),
    max_size=2,
)


def answer_of(site: ConsentMiddleware, app: App, path: str, *more: Header, cookie: str, method: str = "GET") -> Answer:
    site.app = app
    return drive(site, scope_of(path, headers=[*NAVIGATION, *more], cookie=cookie, method=method))


def assert_same(site: ConsentMiddleware, document: bytes, path: str, cookie: str, cut: int, **options: Any) -> None:
    """Compare the short way, taken twice, with a body in two pieces and with the long way."""
    chunks = ([document], [document], [document[:cut], document[cut:]])
    short, again, in_two = (answer_of(site, page(body=body, **options), path, cookie=cookie) for body in chunks)
    long = answer_of(site, page(body=document, **options), path, LONG_WAY, cookie=cookie)
    assert long.error is None
    for answer in (short, again, in_two):
        assert (answer.headers, answer.body) == (long.headers, long.body)


@pytest.mark.parametrize("body", BODIES)
def test_a_third_party_is_taken_out_whichever_way_a_page_took(body: bytes) -> None:
    assert_same(SITES[0], HEADS[0] + body, "/", "", len(HEADS[0]) + 9)


@settings(max_examples=300)
@given(
    st.sampled_from(SITES),
    documents,
    st.sampled_from(COOKIES),
    st.sampled_from(["/", "/q?a=1&b=<x>"]),
    st.integers(0, 120),
)
def test_a_page_is_the_same_whichever_way_it_took(
    site: ConsentMiddleware, document: bytes, cookie: str, path: str, cut: int
) -> None:
    assert_same(site, document, path, cookie, cut)


@settings(max_examples=300)
@given(
    st.sampled_from(SITES),
    more_headers,
    st.sampled_from(COOKIES),
    st.sampled_from(["/", "/a/b.html", "/%2f", "/-/x"]),
    st.sampled_from([b"text/html", b"Text/HTML; charset=utf-8", b"text/html; charset=utf-16", b"text/plain"]),
    st.sampled_from([200, 404, 204, 206, 304, 500]),
    st.sampled_from(["GET", "HEAD", "POST"]),
)
def test_so_it_is_whatever_the_answer_says_of_itself(
    site: ConsentMiddleware, headers: list[Header], cookie: str, path: str, kind: bytes, status: int, method: str
) -> None:
    document = HEADS[0] + BODIES[1]
    short, long = (
        answer_of(
            site,
            App(headers=[(b"content-type", kind), *headers], status=status, body=document),
            path,
            *more,
            cookie=cookie,
            method=method,
        )
        for more in ((), (LONG_WAY,))
    )
    assert short.error is None
    assert (short.headers, short.body) == (long.headers, long.body)


def test_a_browser_that_still_sends_hints_is_asked_to_forget_them() -> None:
    site = mounted(page(), POLICY + '[masks]\nkeep = ["sec-ch-ua-model"]')
    hint = (b"sec-ch-ua-model", b'"Pixel"')
    answer = drive(site, scope_of(headers=[*NAVIGATION, hint], cookie=COOKIES[2]))
    assert answer.values(b"accept-ch") == [b""]


def test_most_pages_take_the_short_way() -> None:
    scope = scope_of(headers=[*NAVIGATION, *SAME_ORIGIN], cookie="session=1")
    drive(mounted(page(), POLICY), scope)
    assert scope[SCOPE_KEY].plain_page is not None


@pytest.mark.parametrize("header", [LONG_WAY, (b"if-none-match", b'"a"'), (b"accept-language", b"fr")])
def test_a_request_that_says_more_takes_the_long_way(header: Header) -> None:
    scope = scope_of(headers=[*NAVIGATION, header])
    drive(mounted(page(), POLICY), scope)
    assert scope[SCOPE_KEY].plain_page is None


def test_an_app_that_asks_for_the_consent_gets_the_same_page() -> None:
    class Asking(App):
        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            get_consent(scope).allows("analytics")
            await super().__call__(scope, receive, send)

    site = mounted(App(), POLICY)
    document = HEADS[0] + BODIES[1]
    answers = [answer_of(site, app(headers=[HTML], body=document), "/", cookie="") for app in (App, Asking)]
    assert (answers[0].headers, answers[0].body) == (answers[1].headers, answers[1].body)


def test_a_browser_without_fetch_metadata_gets_a_form_with_a_token() -> None:
    headers = [each for each in NAVIGATION if each not in OPENING]
    answer = drive(mounted(page(), POLICY), scope_of(headers=[*headers, (b"accept", b"text/html")]))
    assert b'name="token"' in answer.body


def test_a_document_that_came_twice_is_not_read_a_third_time() -> None:
    documents = WholeDocuments(SITES[0]._parts.gates.html_gates.parties)
    document = HEADS[0] + b"<p>Hello"
    found = [documents.places(bytes(bytearray(document))) for _ in range(3)]
    assert [(each.head, each.body) for each in found if each is not None] == [(27, len(HEADS[0]))] * 3
    assert found[1] is found[2]
    assert documents.places(document[:-1] + b"a") is not found[2]


def test_a_page_that_comes_again_and_again_is_filled_for_each_visitor_and_address() -> None:
    site = mounted(App(headers=[HTML], body=HEADS[0] + b"<p>Hello"), POLICY)
    asked = [("/", b"en"), ("/", b"zh"), ("/a", b"en"), ("/b", b"zh")]
    answers: dict[tuple[str, bytes], set[bytes]] = {}
    for path, language in asked * 4:
        headers = [*OPENING, (b"accept-encoding", b"gzip"), (b"accept-language", language)]
        answers.setdefault((path, language), set()).add(drive(site, scope_of(path, headers=headers)).body)
    bodies = [answers[each] for each in asked]
    assert [len(each) for each in bodies] == [1] * len(asked)
    assert len(set.union(*bodies)) == len(asked)


def test_a_document_that_came_once_does_not_stay_in_memory() -> None:
    documents = WholeDocuments(SITES[0]._parts.gates.html_gates.parties)
    documents.places(HEADS[0] + b"<p>Hello, Ann")
    documents.places(HEADS[0] + b"<p>Hello, Bob")
    assert not any(isinstance(each, Places) for each in dict.values(documents._seen))


def test_a_document_that_comes_again_after_many_of_its_length_is_remembered_all_the_same() -> None:
    documents = WholeDocuments(SITES[0]._parts.gates.html_gates.parties)
    for number in range(100):
        documents.places(HEADS[0] + b"<p>Hello %03d" % number)
    found = [documents.places(HEADS[0] + b"<p>Hello, you") for _ in range(40)]
    assert found[-1] is found[-2]


def test_what_is_read_once_holds_no_third_party() -> None:
    documents = WholeDocuments(SITES[0]._parts.gates.html_gates.parties)
    document = HEADS[0] + BODIES[1]
    assert [documents.places(document) for _ in range(3)] == [None] * 3


def test_a_page_of_somebody_who_allows_everything_is_not_read() -> None:
    site = mounted(App(), POLICY)
    assert isinstance(site._parts.gates.html_gates, HtmlGates)
    document = HEADS[0] + BODIES[1]
    assert document[len(HEADS[0]) :] in answer_of(site, App(headers=[HTML], body=document), "/", cookie=COOKIES[3]).body
