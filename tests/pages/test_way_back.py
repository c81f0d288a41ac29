from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_middleware.pages.way_back import LONGEST_PAGE, page_of, safe_next

OFF_SITE = [
    "//evil.net",
    "/\\evil.net",
    "\\\\evil.net",
    "https://evil.net",
    "javascript:alert(1)",
    "evil.net",
    "",
    "/\t/evil.net",
    "/\n/evil.net",
    "\t//evil.net",
    " //evil.net",
    "/a\\b",
    "/\x00",
    "/%5cevil.net",
    "/%5Cevil.net",
    "/%2fevil.net",
    "/a b",
    "/a\r\nset-cookie: x=1",
]


@pytest.mark.parametrize("value", OFF_SITE)
def test_a_next_that_might_lead_off_this_origin_is_not_followed(value: str) -> None:
    assert safe_next(value) is None


@pytest.mark.parametrize(
    "value", ["/", "/a", "/a?b=c&d=%2F", "/a//b", "/caf%C3%A9#top", "/-/privacy/preferences?next=/a%3Fb"]
)
def test_a_path_of_this_origin_is_followed_as_it_is(value: str) -> None:
    assert safe_next(value) == value


def test_letters_beyond_ascii_are_percent_encoded() -> None:
    assert safe_next("/café?q=日") == "/caf%C3%A9?q=%E6%97%A5"


def test_a_next_that_is_too_long_is_not_followed() -> None:
    assert safe_next("/" + "a" * 9000) is None
    assert safe_next("/" + "日" * 2000) is None


@given(st.text(max_size=60) | st.text(alphabet="/\\.%5c2f:@?# \t\nab", max_size=20).map(lambda text: "/" + text))
def test_what_is_followed_stays_on_the_origin(value: str) -> None:
    followed = safe_next(value)
    if followed is not None:
        assert followed.isascii()
        assert followed.isprintable()
        assert urlsplit(urljoin("https://a.example/x", followed)).netloc == "a.example"


def scope(path: str, *, query: bytes = b"", raw: bytes | None = None, root: str = "") -> dict[str, object]:
    return {"type": "http", "path": path, "raw_path": raw, "query_string": query, "root_path": root, "headers": []}


def test_a_page_is_its_own_path_with_its_query_string() -> None:
    assert page_of(scope("/a/b")) == "/a/b"
    assert page_of(scope("/a", query=b"x=1&y=%20")) == "/a?x=1&y=%20"
    assert page_of(scope("/a b", raw=b"/a%20b")) == "/a%20b"
    assert page_of(scope("/a", raw=b"/a?x=1", query=b"x=1")) == "/a?x=1"
    assert page_of(scope("/é")) == "/%C3%A9"


def test_a_page_below_a_mount_includes_the_mount_once() -> None:
    assert page_of(scope("/shop/a", root="/shop")) == "/shop/a"
    assert page_of(scope("/a", root="/shop")) == "/shop/a"


def test_a_page_that_is_unsafe_or_too_long_to_return_to_becomes_the_start_of_the_app() -> None:
    assert page_of(scope("//evil.net", raw=b"//evil.net")) == "/"
    assert page_of(scope("/a", query=b"x=" + b"y" * LONGEST_PAGE)) == "/"
    assert page_of(scope("/a", query=b"\xff\\", root="")) == "/"
    assert page_of(scope("/shop//x\\", root="/shop", query=b"\t")) == "/shop/"


@given(st.text(max_size=30), st.binary(max_size=30), st.text(max_size=10))
def test_no_path_raises(path: str, query: bytes, root: str) -> None:
    page = page_of(scope("/" + path, query=query, root=root))
    assert urlsplit(urljoin("https://a.example/x", page)).netloc == "a.example"
