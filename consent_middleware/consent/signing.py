"""Signs what a browser keeps for us.

The signature is that of itsdangerous' ``Signer``: HMAC (RFC 2104) with SHA-256, in base64url behind a dot, by a key derived from the
secret key and a salt. itsdangerous derives and signs. What visitors bring is checked here: a check by the library takes five times as
long, most of it in making an HMAC anew from the same key (decision 0014).
"""

import hashlib
from binascii import b2a_base64
from collections.abc import Sequence
from hmac import compare_digest

from itsdangerous import Signer

_BLOCK = 64
"""Bytes of a block of SHA-256, to which a key of HMAC is filled up; a derived key is half of that."""
_INNER = bytes(byte ^ 0x36 for byte in range(256))
_OUTER = bytes(byte ^ 0x5C for byte in range(256))
_URL_SAFE = bytes.maketrans(b"+/", b"-_")


class TokenSigner:
    """``secret_keys`` come newest first; the newest signs, older ones still verify."""

    def __init__(self, secret_keys: Sequence[str], salt: bytes) -> None:
        # itsdangerous signs with the last key of its list.
        self._signer = Signer(list(reversed(secret_keys)), salt=salt, digest_method=hashlib.sha256)
        self._begun = [_begin(self._signer.derive_key(key)) for key in secret_keys]

    def sign(self, payload: str) -> str:
        """Return the payload with a dot and its signature."""
        return self._signer.sign(payload).decode("ascii")

    def unsign(self, signed: bytes) -> bytes | None:
        """Return what was signed; ``None`` where the signature is not that of any key, or is spelled in another way."""
        payload, _, signature = signed.rpartition(b".")
        for inner_of_key, outer_of_key in self._begun:
            inner, outer = inner_of_key.copy(), outer_of_key.copy()
            inner.update(payload)
            outer.update(inner.digest())
            expected = b2a_base64(outer.digest(), newline=False).translate(_URL_SAFE, b"=")
            if compare_digest(expected, signature):
                return payload
        return None


def _begin(key: bytes) -> "tuple[hashlib._Hash, hashlib._Hash]":
    """Return the inner and the outer hash of HMAC as they are before any message."""
    block = key.ljust(_BLOCK, b"\0")
    return hashlib.sha256(block.translate(_INNER)), hashlib.sha256(block.translate(_OUTER))
