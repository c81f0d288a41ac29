"""Signatures: made by itsdangerous, checked by us."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import BadSignature, Signer

from consent_middleware.consent.signing import TokenSigner

SALT = b"tests"
KEYS = st.text(min_size=1, max_size=200)


def signer(key: str) -> Signer:
    return Signer(key, salt=SALT, digest_method=hashlib.sha256)


@given(KEYS, st.binary(max_size=200))
def test_what_itsdangerous_signs_is_verified(key: str, payload: bytes) -> None:
    assert TokenSigner([key], SALT).unsign(signer(key).sign(payload)) == payload


@given(KEYS, KEYS, st.text(st.characters(codec="ascii"), max_size=50))
def test_the_newest_key_signs_and_each_verifies(newest: str, older: str, payload: str) -> None:
    signed = TokenSigner([newest, older], SALT).sign(payload)
    assert signer(newest).unsign(signed).decode() == payload
    assert TokenSigner([older, newest], SALT).unsign(signed.encode()) == payload.encode()


@given(st.text(alphabet="abc-_.", max_size=30), st.binary(max_size=100))
def test_what_itsdangerous_refuses_is_refused(payload: str, signature: bytes) -> None:
    signed = payload.encode() + b"." + signature
    try:
        signer("key").unsign(signed)
    except BadSignature:
        assert TokenSigner(["key"], SALT).unsign(signed) is None


@given(st.integers(0, 200), st.integers(1, 255))
def test_a_signature_has_one_spelling(place: int, change: int) -> None:
    """Base64 ignores the last two bits of 43 characters, and whoever decodes it takes four spellings for one."""
    signed = bytearray(TokenSigner(["key"], SALT).sign("payload").encode())
    signed[place % len(signed)] ^= change
    assert TokenSigner(["key"], SALT).unsign(bytes(signed)) is None
