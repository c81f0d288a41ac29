"""The rows of disclosures.

SQLAlchemy is imported inside the functions, which run on the database's thread: this module is imported by every mount.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .disclosure import Disclosure
from .event_rows import PAGE

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

_DAY = 86_400
_MOST = 1000
"""Rows of one visitor that are read, the newest: years of daily ones."""
# PostgreSQL keeps no NUL, no encoding keeps half a surrogate pair, and a reason made of user input starts no line of its own.
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosed:
    """How often a field of one visitor was asked for on one day, by whom and why. Times are seconds since 1970, UTC.

    ``is_raw``: the whole value was returned; else only what the visitor allows. ``times`` may count one write twice where the
    database's answer to it was lost.
    """

    field: str
    purpose: str
    reason: str
    is_raw: bool
    first_at: int
    last_at: int
    times: int


async def add_disclosures(connection: "AsyncConnection", noted: Sequence[Disclosure]) -> None:
    """Count ``noted`` in the rows of their days."""
    from sqlalchemy import case
    from sqlalchemy.dialects import postgresql, sqlite

    from ..storage.disclosure_schema import DISCLOSURES

    rows: dict[str, dict[str, object]] = {}
    times: dict[str, int] = {}
    for each in noted:
        row = _to_row(each)
        key = str(row["disclosure_id"])
        row["first_at"] = rows.setdefault(key, row)["first_at"]
        times[key] = times.get(key, 0) + 1
        rows[key] = {**row, "times": times[key]}
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    new = insert(DISCLOSURES)
    kept, added = DISCLOSURES.c, new.excluded
    counting = new.on_conflict_do_update(
        index_elements=[kept.disclosure_id],
        set_={
            "times": kept.times + added.times,
            "first_at": case((added.first_at < kept.first_at, added.first_at), else_=kept.first_at),
            "last_at": case((added.last_at > kept.last_at, added.last_at), else_=kept.last_at),
        },
    )
    # In the order of their keys, so that two processes that count in the same rows never wait for each other in a circle.
    await connection.execute(counting, [rows[key] for key in sorted(rows)])


async def disclosures_of(connection: "AsyncConnection", consent_id: str) -> list[Disclosed]:
    """Return what was asked for about one visitor, the newest first."""
    from ..storage.disclosure_schema import DISCLOSURES

    columns = DISCLOSURES.c
    query = DISCLOSURES.select().where(columns.consent_id == consent_id)
    rows = await connection.execute(query.order_by(columns.last_at.desc(), columns.disclosure_id).limit(_MOST))
    return [
        Disclosed(
            field=row["field"],
            purpose=row["purpose"],
            reason=row["reason"],
            is_raw=row["is_raw"],
            first_at=row["first_at"],
            last_at=row["last_at"],
            times=row["times"],
        )
        for row in rows.mappings()
    ]


async def delete_disclosures_of(connection: "AsyncConnection", consent_id: str, until: int | None = None) -> int:
    """Delete one visitor's disclosures, or those that ended ``until`` then; return how many rows there were."""
    from ..storage.disclosure_schema import DISCLOSURES

    unwanted = DISCLOSURES.delete().where(DISCLOSURES.c.consent_id == consent_id)
    if until is not None:
        unwanted = unwanted.where(DISCLOSURES.c.last_at <= until)
    return (await connection.execute(unwanted)).rowcount


async def delete_disclosures_before(connection: "AsyncConnection", moment: int) -> int:
    """Delete at most ``PAGE`` of the rows that ended before ``moment``; return how many."""
    from sqlalchemy import select

    from ..storage.disclosure_schema import DISCLOSURES

    columns = DISCLOSURES.c
    old = select(columns.disclosure_id).where(columns.last_at < moment).order_by(columns.last_at).limit(PAGE)
    ids = (await connection.scalars(old)).all()
    if ids:
        # By their ids, since not every database deletes with a limit.
        await connection.execute(DISCLOSURES.delete().where(columns.disclosure_id.in_(ids)))
    return len(ids)


def _to_row(disclosure: Disclosure) -> dict[str, object]:
    at = int(disclosure.at)
    told = [_UNFIT.sub("\ufffd", text) for text in (disclosure.field, disclosure.purpose, disclosure.reason)]
    key = json.dumps([disclosure.consent_id, *told, disclosure.is_raw, at // _DAY])
    return {
        "disclosure_id": hashlib.sha256(key.encode()).hexdigest()[:32],
        "consent_id": disclosure.consent_id,
        "field": told[0],
        "purpose": told[1],
        "reason": told[2],
        "is_raw": disclosure.is_raw,
        "first_at": at,
        "last_at": at,
        "times": 1,
    }
