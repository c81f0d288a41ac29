"""The name and attributes of the cookie that carries the token."""

import re
from dataclasses import dataclass

from ..policy import Policy

NAME = "privacy"
TEAM_NAME = "privacy_team"
"""The cookie of a sign-in to the team's overview, which no visitor gets."""
_CANDIDATES = 4
"""A sibling host can plant a few cookies of this name; past that many nobody is served by checking signatures."""


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


def token_pattern(name: str) -> re.Pattern[bytes]:
    """Compile what finds, in linear time, each value of a cookie called ``name``: before it stand a few spaces at most."""
    return re.compile(rb"(?:\A|;)[ \t]{0,16}+" + re.escape(name.encode("ascii")) + rb"=([^;]*)")


def token_candidates(header: bytes, pattern: re.Pattern[bytes]) -> list[bytes]:
    """Return the values of the first few cookies that ``pattern`` finds."""
    return [value.strip(b" \t") for value in pattern.findall(header)[:_CANDIDATES]]
