"""How records are sealed into chains.

Each process that writes has a chain of its own, so that any number of them write at once. A record's digest is salted: once record
and salt are erased, it says nothing about them. Its seal is an HMAC over that digest, its place and the seal before it, so that
without the key nothing can be changed, taken out, put in or moved. What this proves is written down in ``docs/explanation/ledger.md``.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence

import msgspec

from .records import ChoiceRecord, Record

KEY_SALT = b"consent_middleware.ledger.1"
_encode = msgspec.json.Encoder().encode


class Head(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The last link of a chain, to which the next one is tied. ``position`` counts from 1."""

    writer: str
    position: int
    seal: bytes


class Link(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The place of one record in a chain."""

    record_id: str
    kind: str
    recorded_at: int
    writer: str
    position: int
    digest: bytes
    seal: bytes


def derive_keys(secret_keys: Sequence[str]) -> tuple[bytes, ...]:
    """Return the chain's key of each secret key, newest first. Without any, damage shows and forgery does not."""
    return tuple(hmac.digest(key.encode(), KEY_SALT, "sha256") for key in secret_keys or ("",))


def new_head(key: bytes) -> Head:
    """Begin a chain under a name that no other process has."""
    return first_head(key, secrets.token_hex(8))


def first_head(key: bytes, writer: str) -> Head:
    return Head(writer=writer, position=0, seal=hmac.digest(key, _encode(["begin", writer]), "sha256"))


def new_salt() -> bytes:
    return secrets.token_bytes(16)


def digest_of(record: Record, salt: bytes) -> bytes:
    """The salted digest of everything that is recorded. JSON escapes NUL, so the parts cannot run into each other."""
    head = _encode([record.record_id, record.kind, record.consent_id, record.recorded_at])
    return hashlib.sha256(b"%b%b\0%b" % (salt, head, record.content.encode())).digest()


def mark_of(key: bytes, choice: ChoiceRecord) -> str:
    """The id of a record that must be there once only: of whose choice it is, which one, and what happened to it."""
    content = _encode(["once", choice.kind, choice.consent_id, choice.since, choice.gpc])
    return hmac.digest(key, content, "sha256").hex()[:32]


def extend(key: bytes, head: Head, record: Record, salt: bytes) -> Link:
    """Tie ``record`` to ``head``."""
    return Link(
        record_id=record.record_id,
        kind=record.kind,
        recorded_at=record.recorded_at,
        writer=head.writer,
        position=head.position + 1,
        digest=(digest := digest_of(record, salt)),
        seal=_seal(key, head, head.position + 1, record.record_id, record.kind, record.recorded_at, digest),
    )


def head_at(link: Link) -> Head:
    return Head(writer=link.writer, position=link.position, seal=link.seal)


def follows(key: bytes, head: Head, link: Link) -> bool:
    """Say whether ``link`` was tied to ``head`` by whoever holds ``key``."""
    expected = _seal(key, head, link.position, link.record_id, link.kind, link.recorded_at, link.digest)
    return hmac.compare_digest(expected, link.seal)


def erasure_of(key: bytes, link: Link, erased_at: int) -> bytes:
    """Seal that the record of ``link`` was erased on purpose."""
    return hmac.digest(key, _encode(["erase", link.writer, link.position, link.seal.hex(), erased_at]), "sha256")


def checkpoint_of(key: bytes, head: Head, made_at: int) -> bytes:
    """Seal that everything up to ``head`` was let go on purpose."""
    return hmac.digest(key, _encode(["checkpoint", head.writer, head.position, head.seal.hex(), made_at]), "sha256")


def _seal(key: bytes, head: Head, position: int, record_id: str, kind: str, recorded_at: int, digest: bytes) -> bytes:
    place = _encode([head.writer, position, record_id, kind, recorded_at])
    return hmac.digest(key, b"%b%b%b" % (head.seal, digest, place), "sha256")
