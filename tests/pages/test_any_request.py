"""Whatever is sent to our own pages is answered, stays on this origin and in no cache, and changes nothing for another site."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from hypothesis import given
from hypothesis import strategies as st

from consent_middleware.asgi import Header
from tests.driving import SAME_ORIGIN, call, mounted, page, scope_of, token

POLICY = """
delivery = "fragment"
origins = ["https://partner.example"]
[site]
languages = ["en", "zh-Hans"]
minimum_age = 14
[children]
ask = true
guardian = "form"
[[notices]]
id = "news"
from = 2026-01-01
text = "Something is new."
[[services]]
id = "counter"
purpose = "analytics"
hosts = ["count.example"]
"""
SITE = mounted(page(), POLICY, overview_token="a token for the team of a test")
PATHS = [
    "preferences",
    "choice",
    "cookies",
    "events",
    "reports",
    "fragment",
    "page",
    "data",
    "data/erase",
    "guardian",
    "receipt/x",
]
PATHS += [
    "overview",
    "overview/sign-out",
    "metrics",
    "notice",
    "data/requests",
    "static/x",
    "",
    "\x00",
    "..",
    "é",
    "/choice",
]
WORDS = [
    "accept-all",
    "reject-all",
    "save",
    "always-allow",
    "guardian",
    "analytics",
    "counter",
    "yes",
    "over",
    "under",
    "listed",
]
NEXTS = [
    "//evil.example",
    "/\\evil.example",
    "/%5cevil.example",
    "/a\r\nset-cookie: a=1",
    "/page?a=b",
    "\t//evil.example",
]
WORDS += [*NEXTS, "", "\x00", "\ud800", "notice:news", "x" * 300]
FIELDS = [
    "action",
    "purpose",
    "service",
    "services",
    "listed",
    "next",
    "lang",
    "layer",
    "token",
    "age",
    "guardian",
    "told",
    "notice",
]
FIELDS += ["page", "query", "path", "clicks", "purposes"]
FORM: Header = (b"content-type", b"application/x-www-form-urlencoded")
JSON: Header = (b"content-type", b"application/json")


@dataclass
class Sent:
    path: str
    method: str
    headers: list[Header]
    body: bytes


def form(fields: Mapping[str, str]) -> bytes:
    return urlencode(fields, errors="replace").encode()


odd_headers = st.lists(
    st.sampled_from(
        [
            *SAME_ORIGIN,
            (b"sec-fetch-site", b"cross-site"),
            (b"sec-fetch-dest", b"document"),
            (b"origin", b"https://partner.example"),
            (b"origin", b"https://evil.example"),
            (b"origin", b"null"),
            (b"origin", b"http://[\xff"),
            (b"content-type", b"text/plain"),
            (b"content-length", b"\xb2"),
            (b"content-length", b"99999999999999999999"),
            (b"accept", b"application/json"),
            (b"accept-language", b"zh-TW,\xff;q=x"),
            (b"authorization", b"Bearer \xff"),
            (b"if-none-match", b"*"),
            (b"sec-gpc", b"1"),
            FORM,
            JSON,
        ]
    ),
    max_size=5,
)
fields = st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(WORDS), max_size=6)
odd = st.recursive(
    st.one_of(st.none(), st.integers(), st.sampled_from(WORDS)), lambda inner: st.lists(inner, max_size=3), max_leaves=5
)
anything = st.builds(
    Sent,
    path=st.sampled_from(PATHS),
    method=st.sampled_from(["GET", "POST", "POST", "HEAD", "OPTIONS", "DELETE"]),
    headers=odd_headers,
    body=st.one_of(
        fields.map(form),
        st.dictionaries(st.sampled_from(FIELDS), odd, max_size=5).map(lambda said: json.dumps(said).encode()),
        st.sampled_from([b"", b"[", b"[" * 9000, b"\xff\x00", b"a=1&" * 5000]),
    ),
)
choices = st.builds(
    lambda path, site, action, place: Sent(
        path,
        "POST",
        [FORM, (b"sec-fetch-site", site)],
        form({"action": action, "next": place, "notice": "notice:news"}),
    ),
    st.sampled_from(["choice", "notice", "data/erase"]),
    st.sampled_from([b"same-origin", b"cross-site", b"same-site", b"none"]),
    st.sampled_from(["reject-all", "save"]),
    st.sampled_from(NEXTS),
)


@given(
    sent=st.one_of(choices, anything),
    query=st.one_of(fields.map(form), st.sampled_from([b"", b"%&=\xff;" * 9])),
    cookie=st.sampled_from(["", token(POLICY), token(POLICY, "analytics"), "privacy=a.b.c", "privacy_team=x"]),
    root_path=st.sampled_from(["", "/shop", "//evil.example", '/"><']),
)
def test_it_is_answered_here_and_for_us_alone(sent: Sent, query: bytes, cookie: str, root_path: str) -> None:
    path = f"{root_path}/-/privacy/{sent.path}"
    scope = scope_of("/", method=sent.method, headers=sent.headers, cookie=cookie, root_path=root_path)
    answer = call(SITE, {**scope, "path": path, "raw_path": None, "query_string": query}, sent.body)
    assert answer.error is None
    assert answer.status < 500
    assert answer.value(b"cache-control") == b"no-store"
    assert not [pair for pair in answer.headers if any(sign in b"".join(pair) for sign in (b"\r", b"\n", b"\x00"))]
    place = answer.value(b"location") or b"/"
    assert place.startswith(b"/")
    assert not place.lower().startswith((b"//", b"/\\", b"/%5c"))
    assert b"evil" not in (answer.value(b"access-control-allow-origin") or b"")
    sites = {value for name, value in sent.headers if name == b"sec-fetch-site"}
    if sent.method != "POST" or (
        sites - {b"same-origin"} and (b"origin", b"https://partner.example") not in sent.headers
    ):
        assert answer.set_cookies == []
