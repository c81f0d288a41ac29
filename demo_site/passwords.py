"""Passwords, kept as scrypt digests (RFC 7914)."""

import functools
import hashlib
import hmac
import secrets

# OWASP's password storage advice lists these costs for 16 MiB: N = 2^14, r = 8, p = 5.
COSTS = (2**14, 8, 5)


def hash_password(password: str) -> str:
    salt = secrets.token_bytes(16)
    return f"scrypt${'$'.join(map(str, COSTS))}${salt.hex()}${_digest(password, salt, *COSTS).hex()}"


def verify_password(password: str, kept: str) -> bool:
    _, n, r, p, salt, digest = kept.split("$")
    made = _digest(password, bytes.fromhex(salt), int(n), int(r), int(p))
    return hmac.compare_digest(made, bytes.fromhex(digest))


def _digest(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=n, r=r, p=p)


@functools.cache
def nobody() -> str:
    """Compared with where no account matches, so that the time of an answer does not tell which addresses have one."""
    return hash_password(secrets.token_urlsafe())
