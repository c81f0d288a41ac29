"""Requests of many visitors: 16 headers, 8 cookies of which 2 are refused, and a consent token where one is wanted."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache
from itertools import count
from pathlib import Path

import itsdangerous

from consent_middleware.asgi import Message, Scope
from consent_middleware.policy import Policy

KNOWN = 10_000
SECRET_KEY = "the benchmark's own key, which protects nothing"
POLICY = Path(__file__).with_name("consent.toml")

# A fetch of data and the opening of a page, as Chromium sends them; `cookie` makes it sixteen.
_BOTH = {
    "host": "bench.localhost",
    "connection": "keep-alive",
    "cache-control": "no-cache",
    "user-agent": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/156.0.0.0 Safari/537.36",
    "accept-encoding": "gzip, deflate, br, zstd",
    "accept-language": "en-GB,en;q=0.9,de;q=0.8",
    "referer": "http://bench.localhost/console?tab=usage",
    "sec-ch-ua": '"Chromium";v="156", "Google Chrome";v="156", "Not.A/Brand";v="8"',
    "sec-ch-ua-mobile": "?0",
    "sec-ch-ua-platform": '"macOS"',
    "sec-fetch-site": "same-origin",
}
FETCH = tuple(
    {
        **_BOTH,
        "accept": "application/json",
        "sec-fetch-mode": "cors",
        "sec-fetch-dest": "empty",
        "priority": "u=1, i",
    }.items()
)
NAVIGATION = tuple(
    {
        **_BOTH,
        "accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "sec-fetch-mode": "navigate",
        "sec-fetch-dest": "document",
        "upgrade-insecure-requests": "1",
    }.items()
)


async def no_body() -> Message:
    """A `receive` for requests that have no body."""
    return {"type": "http.request", "body": b"", "more_body": False}


class Token(Enum):
    """Which consent token a request carries."""

    NONE = "none"
    KNOWN = "one of ten thousand, each of them seen before"
    FRESH = "one that was never seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What sort of request it is."""

    path: str
    headers: tuple[tuple[str, str], ...]
    token: Token = Token.NONE
    refused_cookies: bool = True
    """Whether the two are still there; once a navigation has expired them, they are not."""
    is_first: bool = False
    """Whether each is the first of its visitor, whose cookies nobody has seen."""


class Visitors:
    """Ten thousand people, each with a session, identifiers and an address of their own, who come round in turn."""

    def __init__(self) -> None:
        self._turns = count()

    def scopes(self, kind: Kind, number: int) -> Iterator[Scope]:
        """Yield the next requests: made one by one, as by a server, so that each is as fresh in the processor's cache."""
        for _ in range(number):
            turn = next(self._turns)
            yield _scope(kind, KNOWN + turn if kind.is_first else turn % KNOWN)

    def everyone(self, kind: Kind) -> Iterator[Scope]:
        """Yield a request of each visitor: whoever answers them all has seen every known token."""
        return (_scope(kind, visitor) for visitor in range(KNOWN))

    def bytes_on_the_wire(self, kind: Kind, number: int) -> list[bytes]:
        """Return the next requests as HTTP/1.1."""
        return [_as_bytes(scope) for scope in self.scopes(kind, number)]


def _as_bytes(scope: Scope) -> bytes:
    lines = b"".join(b"%s: %s\r\n" % pair for pair in scope["headers"])
    return b"GET %s HTTP/1.1\r\n%s\r\n" % (scope["raw_path"], lines)


def _scope(kind: Kind, visitor: int) -> Scope:
    crumbs = [*_cookies(visitor)]
    if not kind.refused_cookies:
        crumbs = crumbs[:-2]
    if kind.token is not Token.NONE:
        crumbs.append(_known_token(visitor) if kind.token is Token.KNOWN else _new_token())
    # Encoded anew for each request: what a server passes on has never been hashed before either.
    raw = [(name.encode(), value.encode()) for name, value in kind.headers]
    raw.append((b"cookie", "; ".join(crumbs).encode()))
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": kind.path,
        "raw_path": kind.path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": raw,
        "client": (f"203.0.{visitor // 250 % 250}.{visitor % 250 + 1}", 40_000 + visitor % KNOWN),
        "server": ("127.0.0.1", 8000),
        "state": {},
    }


@cache
def _cookies(visitor: int) -> tuple[str, ...]:
    user = base64.b64encode(json.dumps({"user": visitor}).encode())
    return (
        f"session={itsdangerous.TimestampSigner(SECRET_KEY).sign(user).decode()}",
        f"csrftoken={visitor:032x}",
        "language=en",
        "timezone=Europe/Berlin",
        "region=eu",
        "font=serif",
        f"_ga=GA1.2.{visitor + 1_000_000}.1700000000",
        f"_fbp=fb.1.1700000000000.{visitor + 1_000_000}",
    )


@cache
def _known_token(visitor: int) -> str:
    return _new_token()


def _new_token() -> str:
    # Imported here, as the package's own rooms are only needed where the middleware takes part.
    from consent_middleware.testing import consent_cookie

    return "=".join(consent_cookie(_policy(), SECRET_KEY, allow={"preference"}))


@cache
def _policy() -> Policy:
    return Policy.load(POLICY)
