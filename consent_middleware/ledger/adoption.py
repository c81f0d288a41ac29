"""Moves the choices of the first release into a chain."""

import json
from typing import TYPE_CHECKING

from .chain import extend, head_at, new_head, new_salt
from .records import ChoiceRecord, record_of
from .rows import row_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

_AT_ONCE = 500
_COLUMNS = (
    "record_id",
    "consent_id",
    "chosen_at",
    "policy_version",
    "policy_digest",
    "language",
    "method",
    "action",
    "allowed",
    "refused",
    "gpc",
    "precedence",
)


def adopt_first_choices(connection: "Connection", key: bytes) -> None:
    """Chain every row of the first table, oldest first, in the transaction of the migration.

    Only there: what somebody puts into such a table later must not be taken for a record of ours.
    """
    from sqlalchemy import column, table, tuple_

    from ..storage.migrations import FIRST_TABLE
    from ..storage.schema import RECORDS

    first = table(FIRST_TABLE, *map(column, _COLUMNS))
    in_order = (first.c.chosen_at, first.c.record_id)
    page = first.select().order_by(*in_order).limit(_AT_ONCE)
    head = new_head(key)
    rows = connection.execute(page).all()
    while rows:
        linked = []
        for row in rows:
            salt = new_salt()
            record = record_of(
                ChoiceRecord(
                    record_id=row.record_id,
                    consent_id=row.consent_id,
                    chosen_at=row.chosen_at,
                    policy_version=row.policy_version,
                    policy_digest=row.policy_digest,
                    language=row.language,
                    method=row.method,
                    action=row.action,
                    allowed=tuple(json.loads(row.allowed)),
                    refused=tuple(json.loads(row.refused)),
                    gpc=bool(row.gpc),
                    precedence=row.precedence,
                )
            )
            link = extend(key, head, record, salt)
            linked.append(row_of(record, link, salt))
            head = head_at(link)
        connection.execute(RECORDS.insert(), linked)
        rows = connection.execute(page.where(tuple_(*in_order) > (rows[-1].chosen_at, rows[-1].record_id))).all()
