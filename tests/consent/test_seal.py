"""Signatures: made by itsdangerous, checked by us."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import BadSignature, Signer

from consent_middleware.consent.seal import Seal

SALT = b"tests"
KEYS = st.text(min_size=1, max_size=200)


def signer(key: str) -> Signer:
    return Signer(key, salt=SALT, digest_method=hashlib.sha256)


@given(KEYS, st.binary(max_size=200))
def test_what_itsdangerous_signs_opens(key: str, payload: bytes) -> None:
    assert Seal([key], SALT).open(signer(key).sign(payload)) == payload


@given(KEYS, KEYS, st.text(st.characters(codec="ascii"), max_size=50))
def test_the_newest_key_signs_and_each_opens(newest: str, older: str, payload: str) -> None:
    sealed = Seal([newest, older], SALT).close(payload)
    assert signer(newest).unsign(sealed).decode() == payload
    assert Seal([older, newest], SALT).open(sealed.encode()) == payload.encode()


@given(st.text(alphabet="abc-_.", max_size=30), st.binary(max_size=100))
def test_what_itsdangerous_refuses_does_not_open(payload: str, signature: bytes) -> None:
    sealed = payload.encode() + b"." + signature
    try:
        signer("key").unsign(sealed)
    except BadSignature:
        assert Seal(["key"], SALT).open(sealed) is None


@given(st.integers(0, 200), st.integers(1, 255))
def test_a_signature_has_one_spelling(place: int, change: int) -> None:
    """Base64 ignores the last two bits of 43 characters, and whoever decodes it takes four spellings for one."""
    sealed = bytearray(Seal(["key"], SALT).close("payload").encode())
    sealed[place % len(sealed)] ^= change
    assert Seal(["key"], SALT).open(bytes(sealed)) is None
