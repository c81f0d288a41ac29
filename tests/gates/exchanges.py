"""Requests as browsers, tools and sloppy servers make them, and answers as apps send them, good or bad, for property tests."""

from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st

from consent_middleware.asgi import Header, Message
from tests.driving import PAGE, token

NECESSARY, REFUSED = ("sessionid", "csrftoken"), ("_ga", "_fbp", "__Secure-_ga", "lang")
GRANT = token(None, "analytics", "device")
COOKIES = ("", token(), GRANT, "privacy=garbage", "_ga=1; sessionid=2;csrftoken=3; =x; zzz")


Kind = Callable[[list[Header]], Any]


class Name(bytes):
    """A subclass, as some frameworks make."""


set_cookies = st.builds(
    lambda name, value, attributes: f"{name}={value}{attributes}".encode("latin-1"),
    st.sampled_from([*NECESSARY, *REFUSED, "zzz", ""]),
    st.sampled_from(["1", '"a, b"', "", "GA1.2.3", "\xe4\x00", "a=b"]),
    st.sampled_from(
        ["", "; Path=/", "; Max-Age=0", "; Max-Age=99; HttpOnly", ";;secure; Domain=.shop.example", "; Expires=x"]
    ),
)
names = st.sampled_from([b"set-cookie", b"Set-Cookie", Name(b"SET-COOKIE")])
headers = st.one_of(
    st.tuples(names, set_cookies),
    st.sampled_from(
        [
            (b"content-type", b"text/html; charset=utf-8"),
            (b"Content-Type", b"text/html"),
            (b"content-type", b"text/html; charset=utf-16"),
            (b"content-type", b"application/xhtml+xml"),
            (b"content-type", b"text/event-stream"),
            (b"content-type", b"application/pdf"),
            (b"content-type", b""),
            (b"content-length", b"7"),
            (b"Content-Length", b"7"),
            (b"content-encoding", b"br, gzip"),
            (b"etag", b'W/"1"'),
            (b"vary", b"*"),
            (b"cache-control", b"public, max-age=9"),
            (b"link", b"<https://count.example/a.js>; rel=preload, </b>; rel=next"),
            (b"accept-ch", b"DPR"),
            (b"location", b"/"),
            (b"x-\xff", b"\x00"),
            (b"", b""),
        ]
    ),
)
kinds = st.sampled_from([list, tuple, iter, lambda pairs: [list(pair) for pair in pairs]])
bodies = st.sampled_from(
    [b"", b"x", PAGE, PAGE[:50], PAGE[50:], memoryview(PAGE), b"<img src=//count.example/p>", None]
)


def start(kind: str) -> st.SearchStrategy[Message]:
    statuses = st.sampled_from([100, 103, 200, 204, 205, 206, 302, 304, 404, 500])
    return st.fixed_dictionaries(
        {"type": st.just(kind), "status": statuses, "headers": st.lists(headers, max_size=7)},
        optional={"trailers": st.just(True)},
    )


body = st.fixed_dictionaries(
    {"type": st.just("http.response.body")}, optional={"body": bodies, "more_body": st.booleans(), "x": st.just(1)}
)
others = st.one_of(
    st.fixed_dictionaries({"type": st.just("http.response.trailers"), "headers": st.lists(headers, max_size=3)}),
    st.sampled_from(
        [
            {
                "type": "http.response.early_hint",
                "links": [b"</a.css>; rel=preload", b"<//count.example/a>; rel=preload"],
            },
            {"type": "http.response.early_hint"},
            {"type": "http.response.push", "path": "/a", "headers": [(b"cookie", b"_ga=1")]},
            {"type": "http.response.debug", "info": {}},
            {"type": "http.response.pathsend", "path": "/a"},
            {"type": "http.response.zerocopysend", "file": 1, "count": 5},
            {"type": "websocket.send", "text": "x"},
            {"type": "new", "headers": [(b"set-cookie", b"_ga=1")]},
            {"type": "breaks"},
        ]
    ),
)
scripts = st.builds(
    lambda first, begin, rest: [*first, begin, *rest],
    st.lists(others, max_size=2),
    start("http.response.start"),
    st.lists(st.one_of(body, body, others, start("http.response.start")), max_size=5),
)
handshakes = st.lists(
    st.one_of(
        start("websocket.http.response.start"),
        st.fixed_dictionaries(
            {"type": st.just("websocket.accept")}, optional={"headers": st.lists(headers, max_size=4)}
        ),
        st.sampled_from(
            [
                {"type": "websocket.http.response.body", "body": b"no"},
                {"type": "websocket.close", "code": 1000},
                {"type": "breaks"},
            ]
        ),
    ),
    max_size=4,
)
asked = st.lists(
    st.sampled_from(
        [
            (b"sec-fetch-dest", b"document"),
            (b"sec-fetch-dest", b"iframe"),
            (b"sec-fetch-mode", b"navigate"),
            (b"accept-encoding", b"gzip, br"),
            (b"accept-language", b"en"),
            (b"accept", b"text/html"),
            (b"if-none-match", b'"1--privacy-x"'),
            (b"if-modified-since", b"x"),
            (b"range", b"bytes=0-"),
            (b"privacy-activation", b"analytics"),
            (b"sec-gpc", b"1"),
            (b"user-agent", b"Mozilla/5.0"),
            (b"x-forwarded-for", b"203.0.113.9"),
            (b"referer", b"https://a.example/b?c"),
            (b"Cookie", b"_ga=1; sessionid=9"),
            (b"\xff", b"\x00"),
        ]
    ),
    max_size=8,
)
requests: st.SearchStrategy[Mapping[str, Any]] = st.builds(
    dict,
    path=st.sampled_from(["/", "/a/b?c=d", "", "*", "//-/privacy", "/\udcff", "/-/privacyx", "/shop/x"]),
    is_raw_known=st.booleans(),
    method=st.sampled_from(["GET", "HEAD", "POST", "OPTIONS", "get", "PURGE"]),
    headers=asked,
    cookie=st.lists(st.sampled_from(COOKIES).map(str.encode), max_size=3),
    client=st.sampled_from([("203.0.113.77", 1), None, ["::1", 0], ("/run/a.sock", None)]),
    root_path=st.sampled_from(["", "/shop", "/a"]),
    extensions=st.sampled_from([None, {}, {"http.response.pathsend": {}}]),
    scheme=st.sampled_from(["http", "https"]),
)
