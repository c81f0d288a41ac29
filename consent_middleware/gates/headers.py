"""Small changes to a list of raw response headers: Vary, Cache-Control, validators.

Names are compared in lower case, since some apps write them otherwise; what need not change is kept as it stands.
"""

import time
from collections.abc import Callable, Iterable

from ..asgi import Header
from .cookie_dates import parse_cookie_date

BODY_FACTS = frozenset(
    {
        b"content-length",
        b"content-digest",
        b"repr-digest",
        b"digest",
        b"content-md5",
        b"accept-ranges",
        b"last-modified",
    }
)
FOR_SHARED_CACHES = frozenset(
    {
        b"surrogate-control",
        b"cdn-cache-control",
        b"cloudflare-cdn-cache-control",
        b"netlify-cdn-cache-control",
        b"vercel-cdn-cache-control",
        b"x-accel-expires",
    }
)
"""Fields that shared caches obey before Cache-Control (RFC 9213 and older ones of single vendors)."""
_SHARED_ONLY = (b"public", b"s-maxage", b"proxy-revalidate", b"must-understand")


def values(headers: Iterable[Header], name: bytes) -> list[bytes]:
    return [value for key, value in headers if key.lower() == name]


def first(headers: Iterable[Header], name: bytes) -> bytes:
    for key, value in headers:
        if key.lower() == name:
            return value
    return b""


def combined(headers: Iterable[Header], name: bytes) -> bytes:
    """Return what all fields of a name say, as one that lists it (RFC 9110, section 5.3)."""
    return b", ".join(values(headers, name))


def without(headers: Iterable[Header], names: frozenset[bytes]) -> list[Header]:
    return [pair for pair in headers if pair[0].lower() not in names]


def add_vary(headers: list[Header], *names: bytes) -> None:
    """Add field names to Vary in place; ``*`` already says everything, and nothing is named twice (RFC 9110, section 12.5.5)."""
    if not any(key.lower() == b"vary" for key, _ in headers):
        headers.append((b"vary", b", ".join(names)))
        return
    present = [part.strip().lower() for value in values(headers, b"vary") for part in value.split(b",")]
    missing = [name for name in names if name.lower() not in present]
    if b"*" in present or not missing:
        return
    for index, (key, value) in enumerate(headers):
        if key.lower() == b"vary":
            headers[index] = (key, b", ".join([value, *missing] if value.strip() else missing))
            return


def make_private(headers: list[Header]) -> None:
    """Keep a page that shows one visitor's state out of shared caches (RFC 9111, section 5.2.2.7)."""
    present = {name.lower() for name, _ in headers}
    if not present.isdisjoint(FOR_SHARED_CACHES):
        headers[:] = without(headers, FOR_SHARED_CACHES)
    if b"cache-control" not in present:
        headers.append((b"cache-control", b"private"))
        return
    written = values(headers, b"cache-control")
    directives = [part.strip() for value in written for part in value.split(b",") if part.strip()]
    names = [directive.partition(b"=")[0].strip().lower() for directive in directives]
    if b"no-store" in names or b"private" in names:
        return
    kept = [directive for directive, name in zip(directives, names, strict=True) if name not in _SHARED_ONLY]
    headers[:] = without(headers, frozenset({b"cache-control"}))
    headers.append((b"cache-control", b", ".join([b"private", *kept])))


def keep_nowhere(headers: list[Header]) -> None:
    """Keep an answer to one request out of every cache: under its address, it would be taken for the page."""
    headers[:] = without(headers, frozenset({b"cache-control", b"expires"}))
    headers.append((b"cache-control", b"no-store"))


def is_shared(headers: Iterable[Header]) -> bool:
    """Say whether a shared cache may keep this response: then it must not carry one visitor's Set-Cookie."""
    headers = list(headers)
    if any(name.lower() in FOR_SHARED_CACHES for name, _ in headers):
        return True
    directives = [part.strip().lower() for value in values(headers, b"cache-control") for part in value.split(b",")]
    if b"private" in directives or b"no-store" in directives:
        return False
    lifetimes = [directive for directive in directives if directive.startswith((b"max-age=", b"s-maxage="))]
    if b"public" in directives or any(lifetime.partition(b"=")[2].strip(b'"0') for lifetime in lifetimes):
        return True
    # max-age beats Expires (RFC 9111, section 5.3).
    return not lifetimes and (parse_cookie_date(first(headers, b"expires")) or 0) > time.time()


def drop_body_facts(headers: Iterable[Header]) -> list[Header]:
    """Remove what described the body before it was changed: length, digests, ranges, date of change."""
    return without(headers, BODY_FACTS)


def map_etag(headers: Iterable[Header], change: Callable[[bytes], bytes]) -> list[Header]:
    return [(key, change(value)) if key.lower() == b"etag" else (key, value) for key, value in headers]
