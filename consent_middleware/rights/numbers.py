"""Numbers of requests, and the references by which a visitor without a choice finds one again.

Both come from a ticket that our own form carried and from what was written in it: sent twice, a form makes one request. A reference
opens a request, so it is kept as a digest only; a number opens nothing.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence

import msgspec

_SALT = b"consent_middleware.request.1"
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: nothing in it is taken for something else when it is read aloud."""
_MISTAKEN = str.maketrans("OIL", "011", "- \t\r\n")
_NUMBER = (4, 4, 4)
_REFERENCE = (5, 5, 5, 5, 5)
_RANDOM = 16
_MARK = 16
_PATTERN = re.compile("-".join(f"[0-9A-Z]{{{size}}}" for size in _NUMBER))
_encode = msgspec.json.Encoder().encode


class Numbers:
    """``secret_keys`` come newest first."""

    def __init__(self, secret_keys: Sequence[str]) -> None:
        self._keys = [hashlib.sha256(_SALT + key.encode()).digest() for key in secret_keys or ("",)]

    def ticket(self) -> str:
        """Make one for a form: random, and marked as ours, or two visitors could send the same."""
        drawn = secrets.token_hex(_RANDOM)
        return drawn + self._mark(self._keys[0], drawn)

    def is_ticket(self, written: str) -> bool:
        if len(written) != 2 * _RANDOM + _MARK or not written.isascii():
            return False
        drawn, mark = written[: 2 * _RANDOM], written[2 * _RANDOM :]
        return any(hmac.compare_digest(mark, self._mark(key, drawn)) for key in self._keys)

    def number(self, ticket: str, written: Sequence[str]) -> str:
        """``7K2M-9QXD-4T3W``: 60 bits."""
        return self._read_aloud("number", ticket, written, _NUMBER)

    def reference(self, ticket: str, written: Sequence[str]) -> str:
        """125 bits in five groups: whoever has it may read the request."""
        return self._read_aloud("reference", ticket, written, _REFERENCE)

    def _read_aloud(self, use: str, ticket: str, written: Sequence[str], groups: Sequence[int]) -> str:
        bits = int.from_bytes(hmac.digest(self._keys[0], _encode([use, ticket, *written]), "sha256"))
        signs = []
        for size in groups:
            group = ""
            for _ in range(size):
                bits, value = divmod(bits, len(_ALPHABET))
                group += _ALPHABET[value]
            signs.append(group)
        return "-".join(signs)

    def _mark(self, key: bytes, drawn: str) -> str:
        return hmac.digest(key, f"ticket {drawn}".encode(), "sha256").hex()[:_MARK]


def as_written(number: str) -> str:
    """A number as it was typed, in the form in which it is kept: upper case, in groups, mistaken signs put right."""
    signs = number.upper().translate(_MISTAKEN)
    return "-".join(signs[start : start + _NUMBER[0]] for start in range(0, len(signs), _NUMBER[0]))


def is_number(written: str) -> bool:
    """Say whether it can be one, in the form in which it is kept: a database need not be asked for anything else."""
    return _PATTERN.fullmatch(written) is not None


def digest_of_reference(reference: str) -> str:
    return hashlib.sha256(reference.upper().translate(_MISTAKEN).encode("utf-8", "replace")).hexdigest()
