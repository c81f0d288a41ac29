import pytest

from consent_middleware.telemetry.visitor_address import visitor_host


@pytest.mark.parametrize(
    ("headers", "peer", "host"),
    [
        ({}, "203.0.113.7", "203.0.113.7"),
        ({}, "10.0.0.1", "10.0.0.1"),
        ({}, None, None),
        ({}, "unknown", None),
        ({b"x-forwarded-for": b"203.0.113.7"}, "10.0.0.1", "203.0.113.7"),
        ({b"x-forwarded-for": b"203.0.113.7"}, None, "203.0.113.7"),
        ({b"x-forwarded-for": b"203.0.113.7, 10.0.0.9"}, "10.0.0.1", "203.0.113.7"),
        ({b"x-forwarded-for": b"[2001:db8::7]:443"}, "::1", "2001:db8::7"),
        ({b"forwarded": b'for=192.0.2.1, For="[2001:db8::7]:80";proto=https'}, "127.0.0.1", "2001:db8::7"),
        # What a visitor wrote before the first proxy is not believed, nor a header from a peer that is no neighbor.
        ({b"x-forwarded-for": b"198.51.100.1, 203.0.113.7"}, "10.0.0.1", "203.0.113.7"),
        ({b"x-forwarded-for": b"198.51.100.1"}, "203.0.113.7", "203.0.113.7"),
        ({b"x-forwarded-for": b"unknown, _x, "}, "10.0.0.1", "10.0.0.1"),
    ],
)
def test_the_last_public_hop_behind_a_private_peer_is_the_visitor(
    headers: dict[bytes, bytes], peer: str | None, host: str | None
) -> None:
    assert visitor_host(headers, peer) == host
