"""Who sent a form: one of our own pages, or another site.

Fetch metadata (https://www.w3.org/TR/fetch-metadata/) says it exactly and cannot be set by a page. Where a browser sends none
(plain http to a named host, old Safari), the Origin must be ours; where that is missing too, a token in the form decides.
"""

from collections.abc import Collection, Iterable
from enum import Enum, auto
from urllib.parse import urlsplit

from ..asgi import Header

_DEFAULT_PORTS = ("", "80", "443")


class Sender(Enum):
    OWN = auto()
    """One of our own pages."""
    DECLARED = auto()
    """A page of an origin that the policy declares."""
    UNPROVEN = auto()
    """Nothing tells; the form's token must."""
    FOREIGN = auto()
    """Another site."""


def sender_of(headers: Iterable[Header], origins: Collection[str]) -> Sender:
    """Say who sent the request. A header that comes twice proves nothing good."""
    sites: list[bytes] = []
    senders: list[bytes] = []
    hosts: list[bytes] = []
    for name, value in headers:
        if name == b"sec-fetch-site":
            sites.append(value)
        elif name == b"origin":
            senders.append(value)
        elif name == b"host":
            hosts.append(value)
    if len(senders) > 1:
        return Sender.FOREIGN
    origin = senders[0].decode("latin-1") if senders else ""
    if origin and origin in origins:
        return Sender.DECLARED
    if sites:
        return Sender.OWN if all(site == b"same-origin" for site in sites) else Sender.FOREIGN
    if origin in ("", "null"):
        return Sender.UNPROVEN
    authority = _authority_of(origin)
    if authority is None or len(hosts) != 1 or authority != _split_port(hosts[0].decode("latin-1")):
        return Sender.FOREIGN
    return Sender.OWN


def origin_of(headers: Iterable[Header]) -> str:
    """The one Origin of a request, or ``""``."""
    found = [value for name, value in headers if name == b"origin"]
    return found[0].decode("latin-1") if len(found) == 1 else ""


def _authority_of(origin: str) -> tuple[str, str] | None:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        return None
    return _split_port(parts.netloc) if parts.netloc else None


def _split_port(authority: str) -> tuple[str, str]:
    """Host and port. TLS ends at proxies, so schemes are not compared, and a default port equals none."""
    host, colon, port = authority.rpartition(":")
    if not colon or port.endswith("]"):
        host, port = authority, ""
    return host.lower(), "" if port in _DEFAULT_PORTS else port
