"""Where pages are the same for everybody, no visitor's choice is in one, and no cache has to tell visitors apart."""

import re
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_middleware import get_consent
from consent_middleware.asgi import Header, Receive, Scope, Send
from consent_middleware.pages.page_keys import PageKeys
from tests.driving import (
    KEY,
    NAVIGATION,
    SAME_ORIGIN,
    Answer,
    App,
    call,
    drive,
    get,
    mounted,
    page,
    scope_of,
    token,
    visit_page,
)

POLICY = """
delivery = "fragment"
[site]
languages = ["en", "de"]
[[services]]
id = "counter"
purpose = "analytics"
hosts = ["count.example"]
[[services]]
id = "shop"
purpose = "security"
hosts = ["shield.example"]
"""
ENFORCED = 'csp = "enforce"\n' + POLICY
PAGE = (
    b'<!doctype html><html><head><title>Shop</title><script src="//count.example/a.js"></script></head>'
    b'<body><p>Hello</p><iframe src="//count.example/v" title="A film"></iframe></body></html>'
)
NOTHING = token(POLICY)
EVERYTHING = token(POLICY, "preference", "analytics", "marketing", "network", "device")
OWN: tuple[Header, ...] = (*SAME_ORIGIN, (b"sec-fetch-mode", b"cors"), (b"sec-fetch-dest", b"empty"))
FRAGMENT, AGAIN = "/-/privacy/fragment", "/-/privacy/page"


def site(*headers: Header, body: bytes = PAGE, **options: object) -> App:
    return page(headers=headers, body=body, **options)


def key_of(answer: Answer) -> str:
    found: list[bytes] = re.findall(rb'data-privacy-page="([^"]*)"', answer.body)
    return found[0].decode()


def post(
    app: object, path: str, key: str, query: str = "", *, headers: tuple[Header, ...] = OWN, **options: object
) -> Answer:
    form = urlencode({"page": key, "query": query}).encode()
    scope = scope_of(path, method="POST", headers=headers, **options)  # type: ignore[arg-type]
    return call(app, scope, form)  # type: ignore[arg-type]


VISITORS: list[dict[str, object]] = [
    {},
    {"cookie": NOTHING},
    {"cookie": EVERYTHING},
    {"cookie": EVERYTHING, "headers": [(b"sec-gpc", b"1"), (b"accept-language", b"de")]},
    {"path": "/films?utm_source=a%22b", "headers": [(b"user-agent", b"Mozilla/5.0"), (b"accept-language", b"fr")]},
    {"client": ("198.51.100.9", 1), "cookie": "_ga=GA1.2.1.1; theme=dark"},
]


@pytest.mark.parametrize("policy", [POLICY, ENFORCED])
def test_everybody_gets_the_same_bytes_and_headers(policy: str) -> None:
    app = mounted(site((b"etag", b'"a"'), (b"cache-control", b"public, max-age=60")), policy)
    answers = [visit_page(app, **{"path": "/films", **visitor}) for visitor in VISITORS]  # type: ignore[arg-type]
    assert len({answer.body for answer in answers}) == 1
    assert len({tuple(answer.headers) for answer in answers}) == 1
    (answer, *_) = answers
    assert answer.value(b"cache-control") == b"public, max-age=60"
    assert answer.value(b"vary") is None
    assert b"count.example" not in answer.body
    assert b"utm_source" not in answer.body
    assert b"/static/fragment." in answer.body
    assert b'<noscript><p data-privacy-ui="entry"' in answer.body
    assert b'/-/privacy/preferences?next=/films"' in answer.body


@given(
    languages=st.sampled_from([b"en", b"de;q=0.9", b"*", b"\xff"]),
    cookie=st.sampled_from([b"", NOTHING.encode(), EVERYTHING.encode(), b"privacy=garbage", b"a=1; _ga=2"]),
    signal=st.booleans(),
    metadata=st.booleans(),
)
def test_whatever_a_browser_sends_changes_nothing(
    languages: bytes, cookie: bytes, signal: bool, metadata: bool
) -> None:
    app = mounted(site(), POLICY)
    headers = [(b"accept-language", languages), *([(b"sec-gpc", b"1")] if signal else [])]
    headers += NAVIGATION if metadata else [(b"upgrade-insecure-requests", b"1"), (b"accept", b"text/html")]
    answer = drive(app, scope_of(headers=headers, cookie=[cookie]))
    plain = drive(app, scope_of(headers=NAVIGATION))
    assert (answer.body, answer.headers) == (plain.body, plain.headers)


def test_validators_agree_between_visitors() -> None:
    app = site((b"etag", b'"a"'))
    etag = visit_page(mounted(app, POLICY), cookie=EVERYTHING).value(b"etag") or b""
    assert b"--privacy-" in etag
    visit_page(mounted(app, POLICY), headers=[(b"if-none-match", etag)], cookie=NOTHING)
    assert app.saw(b"if-none-match") == b'"a"'
    unchanged = App(status=304, headers=[(b"etag", b'"a"')], body=b"")
    answer = visit_page(mounted(unchanged, POLICY), headers=[(b"if-none-match", etag)])
    assert (answer.status, answer.value(b"etag"), answer.value(b"cache-control")) == (304, etag, None)


def test_head_says_the_same_as_get() -> None:
    app = mounted(site((b"etag", b'"a"'), (b"content-length", b"9")), POLICY)
    assert visit_page(app).headers == visit_page(app, method="HEAD").headers


def test_an_app_that_asks_for_the_choice_has_a_page_of_one_visitors() -> None:
    class Asking(App):
        async def act(self) -> None:
            get_consent(self.scope)

    app = Asking(headers=[(b"content-type", b"text/html"), (b"cache-control", b"public, max-age=60")], body=PAGE)
    answer = visit_page(mounted(app, POLICY), cookie=EVERYTHING)
    assert answer.value(b"cache-control") == b"private, max-age=60"
    assert answer.value(b"vary") == b"Cookie, Sec-GPC"


def test_what_no_cache_keeps_apart_sets_nothing_that_needs_consent() -> None:
    lines = ("_ga=1; Path=/", "session=1; Path=/; HttpOnly")
    shared = site((b"cache-control", b"public, max-age=60"))
    shared.headers += [(b"set-cookie", line.encode()) for line in lines]
    assert visit_page(mounted(shared, POLICY), cookie=EVERYTHING).names_set == ["session"]
    own = page(*lines, body=PAGE)
    assert visit_page(mounted(own, POLICY), cookie=EVERYTHING).names_set == ["_ga", "session"]
    assert visit_page(mounted(own, POLICY)).names_set == ["session"]


def test_a_refused_cookie_is_expired_with_the_fragment_and_not_with_the_page() -> None:
    app = mounted(site(), POLICY)
    cookie = f"{NOTHING}; _ga=1"
    answer = visit_page(app, cookie=cookie)
    assert answer.set_cookies == []
    assert post(app, FRAGMENT, key_of(answer), cookie=cookie).names_expired[0] == "_ga"


def test_frames_and_fragments_of_scripts_are_one_visitors() -> None:
    app = mounted(site(), POLICY)
    answer = get(app, headers=OWN, cookie=EVERYTHING)
    assert b"count.example" in answer.body
    assert answer.value(b"vary") == b"Cookie, Sec-GPC"
    assert b"count.example" not in get(app, headers=OWN, cookie=NOTHING).body


def test_the_fragment_has_the_banner_and_the_state_in_the_visitors_language() -> None:
    app = mounted(site(), POLICY)
    key = key_of(visit_page(app, "/films?page=2"))
    german = (*OWN, (b"accept-language", b"de"))
    answer = post(app, FRAGMENT, key, "?page=2", headers=german)
    assert (answer.status, answer.value(b"cache-control")) == (200, b"no-store")
    assert b'id="privacy-consent-ui"' in answer.body
    assert b'lang="de"' in answer.body
    assert b'name="next" value="/films?page=2"' in answer.body
    assert b"data-privacy-activates" not in answer.body
    answer = post(app, FRAGMENT, key, cookie=EVERYTHING)
    assert b'id="privacy-consent-ui"' not in answer.body
    assert b'data-privacy-allowed="authentication security preference analytics' in answer.body
    assert b"data-privacy-activates" in answer.body


def test_a_page_asked_for_again_has_what_this_visitor_allows() -> None:
    inner = site((b"cache-control", b"public, max-age=60"), (b"cdn-cache-control", b"max-age=60"))
    app = mounted(inner, POLICY)
    key = key_of(visit_page(app, "/films?page=2"))
    answer = post(app, AGAIN, key, "?page=2", cookie=EVERYTHING)
    assert answer.body.startswith(b"<template data-privacy-page>")
    assert b'data-privacy-key="0" src="//count.example/a.js"' in answer.body
    assert answer.values(b"cache-control") == [b"no-store"]
    assert answer.value(b"cdn-cache-control") is None
    assert (inner.scope["method"], inner.scope["path"], inner.scope["query_string"]) == ("GET", "/films", b"page=2")
    assert inner.saw(b"content-type") is None
    assert b"count.example" not in post(app, AGAIN, key, cookie=NOTHING).body
    once = post(app, AGAIN, key, headers=(*OWN, (b"privacy-activation", b"counter")), cookie=NOTHING)
    assert b"count.example" in once.body


def test_the_app_sees_a_masked_address_when_a_page_is_asked_for_again() -> None:
    inner = site()
    app = mounted(inner, POLICY)
    post(app, AGAIN, key_of(visit_page(app)), cookie=NOTHING)
    assert inner.scope["client"][0] == "203.0.113.0"
    assert b"203.0.113.77" not in repr(inner.scope).encode()


def test_nobody_gets_a_page_whose_path_they_did_not_get_from_us() -> None:
    inner = site()
    app = mounted(inner, POLICY)
    key = key_of(visit_page(app, "/films"))
    inner.scope = {}
    for wrong in ("", "/admin", key[:32] + "/admin", key + "x", "é" * 40, key[:31]):
        assert post(app, AGAIN, wrong).status == 404
    for headers in ((), ((b"sec-fetch-site", b"cross-site"),), ((b"origin", b"https://evil.example"),)):
        for path in (AGAIN, FRAGMENT):
            assert post(app, path, key, headers=headers).status == 403
    assert get(app, AGAIN).status == 405
    assert inner.scope == {}
    old = PageKeys(["another key"]).make(scope_of("/films"))
    assert post(app, AGAIN, old).status == 404
    rotated = mounted(inner, POLICY, secret_key=["a newer key", KEY])
    assert post(rotated, AGAIN, key).status == 200


def test_a_page_below_a_mount_is_asked_for_where_it_is() -> None:
    inner = site()
    app = mounted(inner, POLICY)
    for path in ("/shop/films", "/films"):
        answer = visit_page(app, path, root_path="/shop")
        key = key_of(answer)
        assert key.endswith("/shop/films")
        prefix = "/shop" if path.startswith("/shop") else ""
        again = post(app, prefix + AGAIN, key, root_path="/shop", cookie=EVERYTHING)
        assert again.body.startswith(b"<template data-privacy-page>")
        assert inner.scope["path"] == path


@pytest.mark.parametrize("path", ["/a%20b", "/%C3%A9t%C3%A9", "/a;b=1", "/x" * 900])
def test_a_page_with_an_odd_path_is_asked_for_by_the_same_path(path: str) -> None:
    from urllib.parse import unquote

    inner = site()
    app = mounted(inner, POLICY)
    scope = scope_of(path, headers=NAVIGATION)
    key = key_of(call(app, {**scope, "path": unquote(path)}))
    post(app, AGAIN, key)
    assert (inner.scope["path"], inner.scope["raw_path"]) == (unquote(path), path.encode())


def test_a_path_that_cannot_be_sent_back_has_no_key() -> None:
    for path in ("//evil.example/x", "/x" * 2000, "/a\\b"):
        assert key_of(visit_page(mounted(site(), POLICY), path)) == ""


def test_our_policy_lists_every_declared_host_until_the_fragment_narrows_it() -> None:
    app = mounted(site(), ENFORCED)
    answer = visit_page(app, cookie=NOTHING)
    assert b"count.example:*" in (answer.value(b"content-security-policy") or b"")
    for cookie, is_allowed in ((NOTHING, False), (EVERYTHING, True)):
        (narrowed,) = re.findall(
            rb'data-privacy-restriction="([^"]*)"', post(app, FRAGMENT, key_of(answer), cookie=cookie).body
        )
        assert (b"count.example:*" in narrowed) is is_allowed
        assert b"shield.example:*" in narrowed
        assert b"report" not in narrowed
    assert b"restriction" not in post(mounted(site(), POLICY), FRAGMENT, key_of(answer)).body


def test_early_hints_of_a_page_lead_to_nobody_who_needs_consent() -> None:
    async def hinting(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.early_hint", "links": [b"<//count.example>; rel=preconnect"]})
        await site()(scope, receive, send)

    answer = call(mounted(hinting, POLICY), scope_of(headers=NAVIGATION, cookie=EVERYTHING))
    assert answer.messages[0]["links"] == []


def test_a_page_whose_policy_excludes_us_has_a_link() -> None:
    body = visit_page(mounted(site((b"content-security-policy", b"default-src 'none'")), POLICY)).body
    assert b'<p data-privacy-ui="entry"' in body
    assert b"<noscript>" not in body
    assert b"/static/" not in body


def test_observe_mode_changes_nothing_here_either() -> None:
    assert visit_page(mounted(site(), POLICY, mode="observe", report=lambda _: None)).body == PAGE


def test_without_fragments_there_are_no_such_addresses() -> None:
    app = mounted(site())
    for path in (FRAGMENT, AGAIN):
        assert post(app, path, "").status == 404
