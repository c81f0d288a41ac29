"""Remembers what each verification of the ledger found, for whoever looks at the ledger later.

It proves nothing: who can write to the database can write it here. The proof is to verify.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """One verification. ``verified_at``: seconds since the epoch; ``problems``: how many places did not hold."""

    verified_at: int
    holds: bool
    records: int
    erased: int
    expired: int
    chains: int
    problems: int


async def save_verification(connection: "AsyncConnection", verified: Verified) -> None:
    from .overview_schema import VERIFICATIONS
    from .schema import insert_new

    row = {column.name: getattr(verified, column.name) for column in VERIFICATIONS.columns}
    await connection.execute(insert_new(VERIFICATIONS, connection).values(row))


async def last_verification(connection: "AsyncConnection") -> Verified | None:
    from .overview_schema import VERIFICATIONS

    query = VERIFICATIONS.select().order_by(VERIFICATIONS.c.verified_at.desc()).limit(1)
    row = (await connection.execute(query)).first()
    return None if row is None else Verified(**{**row._mapping, "holds": bool(row.holds)})
