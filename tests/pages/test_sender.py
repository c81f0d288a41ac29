import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_middleware.pages.sender import Sender, sender_of

DECLARED = frozenset({"https://app.example.com"})


def sent(*headers: tuple[str, str]) -> Sender:
    return sender_of([(name.encode(), value.encode("latin-1")) for name, value in headers], DECLARED)


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", "", "same-origin, same-origin"])
def test_fetch_metadata_must_say_same_origin(site: str) -> None:
    assert sent(("sec-fetch-site", "same-origin"), ("host", "a.example")) is Sender.OWN
    assert sent(("sec-fetch-site", site), ("origin", "http://a.example"), ("host", "a.example")) is Sender.FOREIGN


def test_two_fetch_metadata_headers_must_agree() -> None:
    assert sent(("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")) is Sender.FOREIGN


def test_fetch_metadata_outweighs_a_null_origin() -> None:
    assert sent(("sec-fetch-site", "same-origin"), ("origin", "null"), ("host", "a.example")) is Sender.OWN


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://a.example", "a.example"),
        ("https://a.example", "a.example"),
        ("https://a.example", "a.example:443"),
        ("http://a.example:8000", "a.example:8000"),
        ("https://A.example", "a.EXAMPLE"),
        ("http://[::1]:8000", "[::1]:8000"),
        ("http://[::1]", "[::1]"),
    ],
)
def test_without_fetch_metadata_an_origin_of_the_same_host_and_port_is_our_own(origin: str, host: str) -> None:
    assert sent(("origin", origin), ("host", host)) is Sender.OWN


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://b.example", "a.example"),
        ("http://a.example:8001", "a.example:8000"),
        ("http://a.example:8001", "a.example"),
        ("http://a.example.evil.net", "a.example"),
        ("http://a.example@evil.net", "a.example"),
        ("http://evil.net/a.example", "a.example"),
        ("http://[", "a.example"),
        ("file://", ""),
        ("http://", ""),
        ("a.example", "a.example"),
    ],
)
def test_without_fetch_metadata_any_other_origin_is_foreign(origin: str, host: str) -> None:
    assert sent(("origin", origin), ("host", host)) is Sender.FOREIGN


def test_two_origins_or_any_number_of_hosts_but_one_are_foreign() -> None:
    assert sent(("origin", "http://a.example"), ("origin", "http://b.example"), ("host", "a.example")) is Sender.FOREIGN
    for hosts in (("a.example", "b.example"), ("b.example", "a.example"), ()):
        assert sent(("origin", "http://a.example"), *(("host", host) for host in hosts)) is Sender.FOREIGN


def test_a_null_or_missing_origin_without_fetch_metadata_proves_nothing() -> None:
    assert sent(("origin", "null"), ("host", "a.example")) is Sender.UNPROVEN
    assert sent(("host", "a.example")) is Sender.UNPROVEN


def test_a_declared_origin_is_exempt_whatever_fetch_metadata_say() -> None:
    assert sent(("origin", "https://app.example.com"), ("sec-fetch-site", "cross-site")) is Sender.DECLARED
    assert sent(("origin", "https://app.example.com.evil.net"), ("sec-fetch-site", "cross-site")) is Sender.FOREIGN


@given(
    st.lists(st.tuples(st.sampled_from([b"origin", b"host", b"sec-fetch-site"]), st.binary(max_size=40)), max_size=5)
)
def test_no_header_raises(headers: list[tuple[bytes, bytes]]) -> None:
    assert isinstance(sender_of(headers, DECLARED), Sender)
