"""One Set-Cookie header, read as browsers read it and changed as little as possible.

RFC 6265bis, section 5.6: the name ends at the first ``=`` before the first ``;``, the last of several equal attributes counts,
``Max-Age`` beats ``Expires``. Every byte that need not change stays.
"""

import re
import time
from dataclasses import dataclass
from email.utils import formatdate

from .cookie_dates import parse_cookie_date

_ATTRIBUTE_LIMIT = 1024
_INTEGER = re.compile(rb"-?\d+")
_SPACE = b" \t"
_LIFETIMES = frozenset({b"max-age", b"expires"})


@dataclass(slots=True)
class SetCookie:
    """``pieces`` are the raw parts between semicolons; ``places`` says in which piece an attribute (lower case) counts."""

    name: bytes
    value: bytes
    pieces: list[bytes]
    places: dict[bytes, int]

    @classmethod
    def parse(cls, header: bytes) -> "SetCookie":
        """Read any bytes; a header that browsers would ignore still has a name and a value here."""
        pieces = header.split(b";")
        name, value = _pair(pieces[0])
        places: dict[bytes, int] = {}
        for index in range(1, len(pieces)):
            key, _, content = pieces[index].partition(b"=")
            key, content = key.strip(_SPACE).lower(), content.strip(_SPACE)
            if len(content) <= _ATTRIBUTE_LIMIT and (key not in _LIFETIMES or _counts(key, content)):
                places[key] = index
        return cls(name.strip(_SPACE), value.strip(_SPACE), pieces, places)

    def attribute(self, key: bytes) -> bytes | None:
        """Return an attribute's value (``b""`` for a bare one), or ``None`` where it is missing."""
        index = self.places.get(key)
        if index is None:
            return None
        return self.pieces[index].partition(b"=")[2].strip(_SPACE)

    @property
    def lifetime(self) -> float | None:
        """Seconds from now until the cookie is gone; zero or less deletes it, ``None`` keeps it for the session."""
        max_age = self.attribute(b"max-age")
        if max_age is not None:
            # Eighteen digits are past every cap, and int() of thousands is slow.
            return 0 if max_age.startswith(b"-") else int(max_age.lstrip(b"0")[:18] or b"0")
        expires = self.attribute(b"expires")
        moment = parse_cookie_date(expires) if expires is not None else None
        return None if moment is None else moment - time.time()

    @property
    def is_deletion(self) -> bool:
        lifetime = self.lifetime
        return lifetime is not None and lifetime <= 0

    @property
    def domain(self) -> str | None:
        """The Domain attribute without its leading dot; ``None`` for a host-only cookie."""
        domain = self.attribute(b"domain")
        return domain.lstrip(b".").lower().decode("latin-1") or None if domain else None

    def path(self, request_path: str) -> str:
        """Return the path a browser stores: the attribute, or the request path up to its last slash (section 5.1.4)."""
        path = self.attribute(b"path")
        if path is not None and path.startswith(b"/"):
            return path.decode("latin-1")
        return default_path(request_path)

    def attributes(self) -> dict[str, str | bool]:
        """Return the attributes as the classifier takes them: ``{"httponly": True, "max-age": "3600"}``."""
        found: dict[str, str | bool] = {}
        for key in self.places:
            content = self.attribute(key)
            found[key.decode("latin-1")] = content.decode("latin-1") if content else True
        return found

    def clamp(self, seconds: int | None) -> bool:
        """Shorten the lifetime to at most ``seconds`` (``None``: the session); say whether anything changed."""
        lifetime = self.lifetime
        if lifetime is None or (seconds is not None and lifetime <= seconds):
            return False
        if seconds is None:
            self.end_with_session()
        elif b"max-age" in self.places:
            self._replace(b"max-age", b"Max-Age=%d" % seconds)
        else:
            self._replace(b"expires", b"Expires=" + formatdate(time.time() + seconds, usegmt=True).encode("ascii"))
        return True

    def end_with_session(self) -> None:
        """Drop every Max-Age and Expires."""
        self._remove(_LIFETIMES)

    def strengthen(self, *, secure: bool, http_only: bool, same_site: str | None) -> bool:
        """Raise Secure, HttpOnly and SameSite where asked for, lower none; say whether anything changed."""
        added: list[bytes] = []
        if secure and b"secure" not in self.places:
            added.append(b" Secure")
        if http_only and b"httponly" not in self.places:
            added.append(b" HttpOnly")
        if same_site and _strictness(self.attribute(b"samesite")) < _strictness(same_site.encode("ascii")):
            added.append(b" SameSite=" + same_site.encode("ascii"))
        for piece in added:
            self.places[piece.partition(b"=")[0].strip().lower()] = len(self.pieces)
            self.pieces.append(piece)
        return bool(added)

    def __bytes__(self) -> bytes:
        return b";".join(self.pieces)

    def _replace(self, key: bytes, content: bytes) -> None:
        """Write ``content`` where the attribute counts; earlier ones of the same name never did."""
        self.pieces[self.places[key]] = b" " + content

    def _remove(self, keys: frozenset[bytes]) -> None:
        kept = [piece for piece in self.pieces[1:] if piece.partition(b"=")[0].strip(_SPACE).lower() not in keys]
        self.pieces = [self.pieces[0], *kept]
        self.places = {
            piece.partition(b"=")[0].strip(_SPACE).lower(): index for index, piece in enumerate(self.pieces) if index
        }


def _pair(piece: bytes) -> tuple[bytes, bytes]:
    """Read name and value. A nameless cookie comes back as its bare value, in which the next ``=`` ends a name (section 5.8.3)."""
    if b"=" not in piece:
        return b"", piece
    name, _, value = piece.partition(b"=")
    if b"=" in value and not name.strip(_SPACE):
        name, _, value = value.partition(b"=")
    return name, value


def _counts(key: bytes, content: bytes) -> bool:
    """Browsers ignore a Max-Age or Expires they cannot read, so that an earlier one goes on counting."""
    return bool(_INTEGER.fullmatch(content)) if key == b"max-age" else parse_cookie_date(content) is not None


def default_path(request_path: str) -> str:
    """``/a/b`` → ``/a`` (RFC 6265bis, section 5.1.4)."""
    if not request_path.startswith("/"):
        return "/"
    return request_path[: request_path.rindex("/")] or "/"


def _strictness(same_site: bytes | None) -> int:
    """None < Lax < Strict; a missing or unknown value counts as below Lax, since old browsers take it for None."""
    return {b"strict": 2, b"lax": 1}.get((same_site or b"").lower(), 0)
