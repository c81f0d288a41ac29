import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_middleware.telemetry import mask_ip
from consent_middleware.telemetry.forwarded import mask_address_list, mask_forwarded

ipv4_addresses = st.builds(ipaddress.IPv4Address, st.integers(0, 2**32 - 1))
ipv6_addresses = st.builds(ipaddress.IPv6Address, st.integers(0, 2**128 - 1))


@pytest.mark.parametrize(
    ("value", "masked"),
    [
        (b"203.0.113.7", b"203.0.113.0"),
        (b"203.0.113.7, 10.0.0.1", b"203.0.113.0, 10.0.0.0"),
        (b"203.0.113.7,2001:db8::1,unknown,garbage", b"203.0.113.0, 2001:db8::"),
        (b"[2001:db8::1]:80", b"2001:db8::"),
        (b"unknown", None),
        (b"", None),
        (b",,", None),
        (b"\xff\xfe", None),
        (b"203.0.113.7, " * 1000, None),
    ],
)
def test_a_list_of_addresses_keeps_its_order_and_loses_what_is_none(value: bytes, masked: bytes | None) -> None:
    assert mask_address_list(value) == masked


@pytest.mark.parametrize(
    ("value", "masked"),
    [
        (b"for=192.0.2.43", b"for=192.0.2.0"),
        (b'For="[2001:db8:cafe:1::17]:4711"', b'for="[2001:db8:cafe::]"'),
        (b"for=192.0.2.43, for=198.51.100.17", b"for=192.0.2.0, for=198.51.100.0"),
        (b"for=192.0.2.60;proto=http;by=203.0.113.43", b"for=192.0.2.0;proto=http;by=203.0.113.0"),
        (b'for="192.0.2.43:47011";host="shop.example:8080"', b'for=192.0.2.0;host="shop.example:8080"'),
        (b'for="_gazonk"', b"for=_gazonk"),
        (b'for="_gazonk:_port1"', b"for=_gazonk"),
        (b"for=unknown", b"for=unknown"),
        (b'for="a,b;c=d";proto=https', b"for=unknown;proto=https"),
        (b'for="192.0.2.\\4\\3"', b"for=192.0.2.0"),
        (b"for=192.0.2.43;secret=203.0.113.9", b"for=192.0.2.0"),
        (b'proto="http\\"s"', b"for=unknown"),
        (b'for="192.0.2.43', b"for=unknown"),
        (b"192.0.2.43", b"for=unknown"),
        (b"", b"for=unknown"),
        (b";;,,", b"for=unknown"),
        (b"for=192.0.2.43," * 1000, b"for=unknown"),
    ],
)
def test_a_forwarded_field_keeps_scheme_and_host_and_loses_the_visitor(value: bytes, masked: bytes) -> None:
    assert mask_forwarded(value) == masked


addresses = st.one_of(ipv4_addresses, ipv6_addresses).map(str)
pairs = st.one_of(
    addresses.map(lambda address: f'for="{address}"'),
    addresses.map(lambda address: f'for="[{address}]:80"'),
    addresses.map(lambda address: f"by={address}"),
    st.sampled_from(["proto=https", "host=shop.example", "for=_x", "for=unknown", 'ext="a,b"', ""]),
)


@given(st.lists(st.lists(pairs, min_size=1, max_size=4).map(";".join), max_size=4).map(", ".join))
def test_no_whole_address_survives_in_a_well_formed_forwarded_field(value: str) -> None:
    masked = mask_forwarded(value.encode())
    assert mask_forwarded(masked) == masked
    for pair in masked.decode().replace(",", ";").split(";"):
        name, _, node = pair.strip().partition("=")
        node = node.strip('"').strip("[]")
        if name in ("for", "by") and node not in ("unknown", "_x"):
            assert mask_ip(node) == node


@given(st.binary(max_size=300) | st.text(alphabet='for=by;,"\\[]:._ 1', max_size=80).map(str.encode))
def test_no_bytes_break_a_list_or_a_forwarded_field(value: bytes) -> None:
    masked = mask_forwarded(value)
    assert mask_forwarded(masked) == masked
    listed = mask_address_list(value)
    assert listed is None or mask_address_list(listed) == listed
