import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_middleware.telemetry.referers import mask_referer

HOST = b"shop.example:8443"


@pytest.mark.parametrize(
    ("referer", "masked"),
    [
        (b"https://shop.example:8443/cart?user=7#top", b"https://shop.example:8443/cart"),
        (b"https://SHOP.example:8443/cart", b"https://SHOP.example:8443/cart"),
        (b"https://shop.example:8443", b"https://shop.example:8443/"),
        (b"https://shop.example:8443?q=1", b"https://shop.example:8443/"),
        (b"https://shop.example/cart", b"https://shop.example/"),
        (b"https://search.example/find?q=secret", b"https://search.example/"),
        (b"http://[2001:db8::1]:80/a", b"http://[2001:db8::1]:80/"),
        (b"https://user:secret@search.example/a", b"https://search.example/"),
        (b"https://shop.example:8443@search.example/a", b"https://search.example/"),
        (b"android-app://com.example.mail/", None),
        (b"about:blank", None),
        (b"/cart", None),
        (b"https://", None),
        (b"https://search.example\\@shop.example:8443/a", None),
        (b"", None),
    ],
)
def test_another_site_is_named_by_its_origin_and_ones_own_page_without_its_query(
    referer: bytes, masked: bytes | None
) -> None:
    assert mask_referer(referer, HOST) == masked


@given(st.binary(max_size=80), st.sampled_from([HOST, b"", b"x"]))
def test_no_bytes_break_it_and_masking_twice_changes_nothing(path: bytes, host: bytes) -> None:
    for referer in (path, b"https://" + path, b"http://" + host + b"/" + path):
        masked = mask_referer(referer, host)
        if masked is not None:
            assert mask_referer(masked, host) == masked
            assert b"?" not in masked
