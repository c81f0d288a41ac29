"""Masks addresses so that they name a network instead of a visitor.

IPv4 is cut to its /24, IPv6 to its /48, the port goes. What is no address is dropped, never passed through.
RFC 4291 (IPv6 text), RFC 6890 (special-purpose blocks).
"""

from functools import lru_cache
from socket import AF_INET, AF_INET6, inet_ntop, inet_pton

from ..caches import BoundedCache

# The longest IPv6 text has 45 characters; a zone id, brackets and a port still fit. Longer is no address, and capping
# before the cache keeps hostile headers from filling memory.
_LONGEST_ADDRESS = 96

_MAPPED_IPV4 = bytes(10) + b"\xff\xff"
_SIX_TO_FOUR = b"\x20\x02"
_SOCKET_PREFIXES = ("/", "unix:", "@", "\x00")

# IPv4 networks by their first three numbers, as peers that came before were written.
networks: BoundedCache[str, tuple[str, int]] = BoundedCache(65_536)


def mask_ip(text: str) -> str | None:
    """The network of an address: `192.0.2.43:80` gives `192.0.2.0`, `[2001:db8:1:2::3]` gives `2001:db8:1::`."""
    if len(text) > _LONGEST_ADDRESS:
        return None
    return _mask_known(text)


@lru_cache(maxsize=8192)
def _mask_known(text: str) -> str | None:
    packed = _pack(text)
    if packed is None:
        return None
    if len(packed) == 4:
        return f"{packed[0]}.{packed[1]}.{packed[2]}.0"
    groups = [packed[0] << 8 | packed[1], packed[2] << 8 | packed[3], packed[4] << 8 | packed[5]]
    if packed[:2] == _SIX_TO_FOUR:  # RFC 3056: the /48 of a 6to4 address *is* the visitor's whole IPv4 address
        groups[2] &= 0xFF00
    while groups and groups[-1] == 0:
        groups.pop()
    return ":".join(f"{group:x}" for group in groups) + "::"


def bare_address(text: str) -> str | None:
    """The whole address without port, brackets or zone id."""
    packed = _pack(text) if len(text) <= _LONGEST_ADDRESS else None
    return None if packed is None else inet_ntop(AF_INET if len(packed) == 4 else AF_INET6, packed)


def _pack(text: str) -> bytes | None:
    """Four or sixteen bytes of an address written with or without port, brackets, zone id or quotes."""
    host = text.strip(' \t"')
    if host.startswith("["):
        host, bracket, port = host[1:].partition("]")
        if not bracket or (port and not port.startswith(":")):
            return None
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        if ":" not in host:
            return inet_pton(AF_INET, host)
        packed = inet_pton(AF_INET6, host.partition("%")[0])
    except (OSError, ValueError):  # ValueError: a NUL, a lone surrogate
        return None
    return packed[12:] if packed.startswith(_MAPPED_IPV4) else packed


def is_private(text: str) -> bool:
    """Whether a peer can only be a neighbor: loopback, a private or shared block, link-local, a unix socket."""
    return len(text) <= _LONGEST_ADDRESS and _is_private_known(text)


@lru_cache(maxsize=1024)
def _is_private_known(text: str) -> bool:
    packed = _pack(text)
    if packed is None:
        return _is_socket_path(text)
    first, second = packed[0], packed[1]
    if len(packed) == 4:
        return (
            first in (10, 127)
            or (first == 172 and 16 <= second <= 31)
            or (first == 192 and second == 168)
            or (first == 169 and second == 254)
            or (first == 100 and 64 <= second <= 127)  # RFC 6598: clouds number their load balancers from it
        )
    return packed == bytes(15) + b"\x01" or first & 0xFE == 0xFC or (first == 0xFE and second & 0xC0 == 0x80)


def _is_socket_path(text: str) -> bool:
    # "/192.0.2.1" is how Java prints an address, not a path.
    return text.startswith(_SOCKET_PREFIXES) and _pack(text.lstrip("/@")) is None


def mask_client(client: object, *, behind_proxy: bool) -> tuple[str, int] | None:
    """What to write into `scope["client"]`: always an exact `(str, int)`, for servers log it unchecked.

    A private peer that sends forwarding headers (`behind_proxy`) is a proxy, not a visitor, and keeps its address:
    an inner proxy middleware would otherwise stop trusting it.
    """
    if client is None:
        return None
    if type(client) is tuple and client and not behind_proxy and type(client[0]) is str:
        # Nearly every request. Addresses are as many as visitors, but their networks are few.
        head, _, last = client[0].rpartition(".")
        network = networks.get(head)
        if network is not None and len(last) <= 3 and last.isdecimal():
            return network
    if isinstance(client, (tuple, list)) and client:
        host = client[0]
        port = client[1] if len(client) > 1 else 0
    else:
        host, port = client, 0
    if not isinstance(host, str):
        return ("unknown", 0)
    if behind_proxy and is_private(host):
        return (host, port if isinstance(port, int) else 0)
    return mask_peer(host) if len(host) <= _LONGEST_ADDRESS else ("unknown", 0)


@lru_cache(maxsize=8192)
def mask_peer(host: str) -> tuple[str, int]:
    """What stands in ``scope["client"]`` for a peer that is the visitor: its network, and port 0."""
    masked = _mask_known(host)
    if masked is not None:
        head = host.rpartition(".")[0]
        if masked == f"{head}.0":
            networks.put(head, (masked, 0))
        return (masked, 0)
    return (host if _is_socket_path(host) else "unknown", 0)
