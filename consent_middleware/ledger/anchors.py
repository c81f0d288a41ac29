"""A statement of where every chain ended, to be kept elsewhere: against it, a tail that was cut off shows."""

import hashlib
import hmac
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from ..errors import LedgerError
from . import checkpoints
from .chain import Head

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

_encode = msgspec.json.Encoder().encode


class Anchor(msgspec.Struct, frozen=True, kw_only=True):
    """``root`` stands for all of ``chains``: writing it down, or printing it in a newspaper, is enough to hold a file against it."""

    made_at: int
    root: str
    chains: list[tuple[str, int, str]]
    """Writer, last position, seal in hexadecimal digits."""
    signature: str

    @property
    def heads(self) -> Mapping[str, Head]:
        return {
            writer: Head(writer=writer, position=position, seal=bytes.fromhex(seal))
            for writer, position, seal in self.chains
        }


async def make_anchor(connection: "AsyncConnection", key: bytes) -> Anchor:
    """State where every chain ends now."""
    from sqlalchemy import and_, func, select

    from ..storage.schema import RECORDS

    last = (
        select(RECORDS.c.writer, func.max(RECORDS.c.position).label("position")).group_by(RECORDS.c.writer).subquery()
    )
    ends = select(RECORDS.c.writer, RECORDS.c.position, RECORDS.c.seal).join(
        last, and_(RECORDS.c.writer == last.c.writer, RECORDS.c.position == last.c.position)
    )
    found = {writer: (position, seal) for writer, position, seal in await connection.execute(ends)}
    for checkpoint in await checkpoints.read_all(connection):
        found.setdefault(checkpoint.head.writer, (checkpoint.head.position, checkpoint.head.seal))
    chains = [(writer, position, seal.hex()) for writer, (position, seal) in sorted(found.items())]
    made_at, root = int(time.time()), _root_of(chains)
    return Anchor(made_at=made_at, root=root, chains=chains, signature=_sign(key, made_at, root))


def read_anchor(content: bytes, keys: Sequence[bytes]) -> Anchor:
    """Read an anchor from a file. Raises LedgerError where it is none, or was not made with one of the keys."""
    try:
        anchor = msgspec.json.decode(content, type=Anchor)
        heads = anchor.heads
    except (msgspec.MsgspecError, ValueError) as error:
        raise LedgerError(f"This is no anchor of a ledger: {error}") from error
    signatures = [_sign(key, anchor.made_at, anchor.root) for key in keys]
    is_signed = any(hmac.compare_digest(signature, anchor.signature) for signature in signatures)
    if not is_signed or anchor.root != _root_of(anchor.chains) or len(heads) != len(anchor.chains):
        raise LedgerError("The anchor was changed since it was made, or was made with another key.")
    return anchor


def _root_of(chains: Sequence[tuple[str, int, str]]) -> str:
    return hashlib.sha256(_encode(chains)).hexdigest()


def _sign(key: bytes, made_at: int, root: str) -> str:
    return hmac.digest(key, _encode(["anchor", made_at, root]), "sha256").hex()
