"""The rows of recorded choices.

SQLAlchemy is imported inside the functions, which run on the database's thread: this module is imported by every mount.
"""

import dataclasses
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .records import ChoiceRecord

if TYPE_CHECKING:
    from sqlalchemy import RowMapping
    from sqlalchemy.ext.asyncio import AsyncConnection

PAGE = 1000
"""Records read at once."""


async def insert_choices(connection: "AsyncConnection", records: Sequence[ChoiceRecord]) -> None:
    """Store ``records``; one whose id is there already is not stored again, so that a retry is safe."""
    from ..storage.schema import CHOICES, insert_new

    await connection.execute(insert_new(CHOICES, connection), [_to_row(record) for record in records])


async def page_of_choices(
    connection: "AsyncConnection", after: ChoiceRecord | None, limit: int = PAGE
) -> list[ChoiceRecord]:
    """Return the next records in the order of time, ``after`` the last one of the page before."""
    from sqlalchemy import tuple_

    from ..storage.schema import CHOICES

    key = tuple_(CHOICES.c.chosen_at, CHOICES.c.record_id)
    page = CHOICES.select().order_by(CHOICES.c.chosen_at, CHOICES.c.record_id).limit(limit)
    if after is not None:
        page = page.where(key > (after.chosen_at, after.record_id))
    return [_from_row(row) for row in (await connection.execute(page)).mappings()]


async def count_choices(connection: "AsyncConnection") -> int:
    from sqlalchemy import func, select

    from ..storage.schema import CHOICES

    return (await connection.execute(select(func.count()).select_from(CHOICES))).scalar_one()


def _to_row(record: ChoiceRecord) -> dict[str, object]:
    row: dict[str, object] = {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}
    return row | {"allowed": json.dumps(record.allowed), "refused": json.dumps(record.refused)}


def _from_row(row: "RowMapping") -> ChoiceRecord:
    return ChoiceRecord(
        record_id=row["record_id"],
        consent_id=row["consent_id"],
        chosen_at=row["chosen_at"],
        policy_version=row["policy_version"],
        policy_digest=row["policy_digest"],
        language=row["language"],
        method=row["method"],
        action=row["action"],
        allowed=tuple(json.loads(row["allowed"])),
        refused=tuple(json.loads(row["refused"])),
        gpc=row["gpc"],
        precedence=row["precedence"],
    )
