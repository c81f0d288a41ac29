"""The name and attributes of the cookie that carries the token."""

from dataclasses import dataclass

from ..policy import Policy

NAME = "privacy"


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

    def set_cookie(self, token: str, lifetime: int) -> bytes:
        """Return the Set-Cookie value that keeps ``token`` for ``lifetime`` seconds."""
        return f"{self.name}={token}; Max-Age={lifetime}; {self.attributes}".encode("ascii")


def token_candidates(header: bytes, name: bytes) -> list[bytes]:
    """Return the values of all cookies called ``name`` in a Cookie header; ``name`` ends with ``=``."""
    found: list[bytes] = []
    start = header.find(name)
    while start >= 0 and len(found) < 4:
        if header[:start].rstrip(b" \t")[-1:] in (b"", b";"):
            end = header.find(b";", start)
            found.append(header[start + len(name) : end if end >= 0 else None].strip(b" \t"))
        start = header.find(name, start + len(name))
    return found
