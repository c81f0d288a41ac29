"""The name and attributes of the cookie that carries the token."""

from dataclasses import dataclass

from ..policy import Policy

NAME = "privacy"
TEAM_NAME = "privacy_team"
"""The cookie of a sign-in to the team's overview, which no visitor gets."""
_CANDIDATES = 4
"""A sibling host can plant a few cookies of this name; past that many nobody is served by checking signatures."""
_SPACES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenCookie:
    """``__Host-privacy`` on https, ``__Secure-privacy`` where sibling hosts share it, ``privacy`` on plain http.

    The prefixes keep a sibling host or an insecure page from planting one (RFC 6265bis, section 4.1.3).
    """

    name: str
    attributes: str

    @classmethod
    def of(cls, policy: Policy, *, is_secure: bool) -> "TokenCookie":
        share = policy.declarations.share
        prefix = "" if not is_secure else "__Secure-" if share else "__Host-"
        parts = ["Path=/"]
        if share:
            parts.append(f"Domain={share}")
        if is_secure:
            parts.append("Secure")
        parts += ["HttpOnly", "SameSite=Lax"]
        return cls(name=f"{prefix}{NAME}", attributes="; ".join(parts))

    def set_cookie(self, token: str, lifetime: int | None) -> bytes:
        """Return the Set-Cookie value that keeps ``token`` for ``lifetime`` seconds; ``None``: until the browser is closed."""
        kept = f"Max-Age={lifetime}; " if lifetime is not None else ""
        return f"{self.name}={token}; {kept}{self.attributes}".encode("ascii")


def token_candidates(header: bytes, name: bytes) -> list[bytes]:
    """Return the values of the first few cookies called ``name``: before each stand a few spaces at most. In linear time."""
    found: list[bytes] = []
    written = name + b"="
    place = header.find(written)
    while place >= 0:
        before = header[max(place - _SPACES - 1, 0) : place].rstrip(b" \t")
        if before.endswith(b";") or (not before and place <= _SPACES):
            end = header.find(b";", place)
            found.append(
                (header[place + len(written) : end] if end >= 0 else header[place + len(written) :]).strip(b" \t")
            )
            if end < 0 or len(found) == _CANDIDATES:
                break
        place = header.find(written, place + 1)
    return found
