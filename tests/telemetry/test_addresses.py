import ipaddress

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from consent_middleware.telemetry import is_private, mask_client, mask_ip
from consent_middleware.telemetry.addresses import bare_address

ipv4_addresses = st.builds(ipaddress.IPv4Address, st.integers(0, 2**32 - 1))
ipv6_addresses = st.builds(ipaddress.IPv6Address, st.integers(0, 2**128 - 1))
# Written in the ways that proxies write them.
decorations = st.sampled_from(["{}", "[{}]", "{}:443", "[{}]:443", '"{}"', " {} ", "{}%eth0", "[{}%25en0]:80"])


@given(ipv4_addresses)
def test_ipv4_keeps_its_first_three_octets(address: ipaddress.IPv4Address) -> None:
    network = ipaddress.ip_network(f"{address}/24", strict=False)
    assert mask_ip(str(address)) == str(network.network_address)


@given(ipv6_addresses)
def test_ipv6_keeps_its_first_forty_eight_bits(address: ipaddress.IPv6Address) -> None:
    assume(address.ipv4_mapped is None and address.sixtofour is None)
    masked = mask_ip(str(address))
    assert masked is not None
    assert ipaddress.ip_address(masked) == ipaddress.ip_network(f"{address}/48", strict=False).network_address


@given(ipv4_addresses)
def test_an_ipv4_address_inside_ipv6_is_masked_as_ipv4(address: ipaddress.IPv4Address) -> None:
    assert mask_ip(f"::ffff:{address}") == mask_ip(str(address))
    six_to_four = mask_ip(str(ipaddress.IPv6Address(0x2002 << 112 | int(address) << 80 | 1)))
    assert six_to_four is not None
    assert ipaddress.IPv6Address(six_to_four).sixtofour == ipaddress.ip_address(int(address) & 0xFFFFFF00)


@given(st.one_of(ipv4_addresses, ipv6_addresses), decorations)
def test_masking_twice_changes_nothing_however_it_is_written(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address, decoration: str
) -> None:
    once = mask_ip(decoration.format(address))
    if once is not None:
        assert mask_ip(once) == once
        assert ipaddress.ip_address(once)


@pytest.mark.parametrize(
    ("written", "masked"),
    [
        ("192.0.2.43", "192.0.2.0"),
        ("192.0.2.43:47011", "192.0.2.0"),
        ("[2001:db8:cafe:1::17]:4711", "2001:db8:cafe::"),
        ("2001:DB8::17", "2001:db8::"),
        ("fe80::1%eth0", "fe80::"),
        ("::1", "::"),
        ("::ffff:c000:22b", "192.0.2.0"),
        ("", None),
        ("unknown", None),
        ("_hidden", None),
        ("192.0.2", None),
        ("192.0.2.256", None),
        ("0300.0.2.1", None),
        ("192.0.2.1.5", None),
        ("[2001:db8::1", None),
        ("[2001:db8::1]x", None),
        ("1:2:3", None),
        ("²¹.0.2.1", None),
        ("192.0.2.1\x00", None),
        ("\ud800", None),
        ("1" * 100_000, None),
    ],
)
def test_what_is_no_address_is_dropped(written: str, masked: str | None) -> None:
    assert mask_ip(written) == masked


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    mask_ip(text)
    is_private(text)
    mask_client((text, 1), behind_proxy=True)
    mask_client((text, 1), behind_proxy=False)


NEIGHBORS = """
    127.0.0.1 10.1.2.3 172.16.0.9 172.31.255.1 192.168.1.1 169.254.0.1 100.64.0.7 ::1 fd00::1 fe80::1%eth0
    ::ffff:10.0.0.1 /run/app.sock unix:/run/app.sock
"""


@pytest.mark.parametrize("neighbor", NEIGHBORS.split())
def test_a_proxy_beside_the_app_is_a_neighbor(neighbor: str) -> None:
    assert is_private(neighbor)


@pytest.mark.parametrize(
    "visitor", ["203.0.113.7", "172.32.0.1", "100.128.0.1", "2001:db8::1", "", "/203.0.113.7", "x"]
)
def test_a_visitor_is_no_neighbor(visitor: str) -> None:
    assert not is_private(visitor)


@pytest.mark.parametrize(
    ("client", "behind_proxy", "written"),
    [
        (("203.0.113.7", 51234), False, ("203.0.113.0", 0)),
        (["203.0.113.7", 51234], False, ("203.0.113.0", 0)),
        (("203.0.113.7", None), False, ("203.0.113.0", 0)),
        (("2001:db8:1:2::3", 443, 0, 0), False, ("2001:db8:1::", 0)),
        (("127.0.0.1", 51234), False, ("127.0.0.0", 0)),
        (("127.0.0.1", 51234), True, ("127.0.0.1", 51234)),
        (["10.0.0.2", None], True, ("10.0.0.2", 0)),
        (("203.0.113.7", 51234), True, ("203.0.113.0", 0)),
        (["/run/app.sock", None], False, ("/run/app.sock", 0)),
        (("/203.0.113.7", 1), True, ("unknown", 0)),
        (("203.0.113.7, 198.51.100.1", 0), False, ("unknown", 0)),
        (("testclient", 50000), False, ("unknown", 0)),
        ((b"203.0.113.7", 1), False, ("unknown", 0)),
        ("203.0.113.7", False, ("203.0.113.0", 0)),
        ((), False, ("unknown", 0)),
        (7, False, ("unknown", 0)),
        (None, False, None),
        (None, True, None),
    ],
)
def test_the_client_that_servers_log_is_always_a_host_and_a_number(
    client: object, behind_proxy: bool, written: tuple[str, int] | None
) -> None:
    assert mask_client(client, behind_proxy=behind_proxy) == written


@pytest.mark.parametrize(
    ("written", "bare"),
    [("203.0.113.7:80", "203.0.113.7"), ("[2001:DB8::1]:80", "2001:db8::1"), ("fe80::1%eth0", "fe80::1"), ("x", None)],
)
def test_an_address_can_be_freed_from_port_brackets_and_zone(written: str, bare: str | None) -> None:
    assert bare_address(written) == bare
