"""Items and counts as rows, added to what other processes have written.

SQLAlchemy is imported inside the functions, which run on the database's thread: this module is imported by every mount.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from .inventory import LIMIT, Batch
from .items import Item, Kind, Source

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlalchemy.dialects.postgresql import Insert
    from sqlalchemy.ext.asyncio import AsyncConnection

DAYS_KEPT = 90
"""Days for which it is known what was refused on each of them; as long, what only browsers spoke of, which nobody can vouch for."""
_DAY = 86_400
_EVER = 0
"""The day under which the sum of all days stands, by action and purpose: it only grows, as a counter must."""

Counted = tuple[int, str, str, str, int]
"""Day, action, purpose, name, number."""


async def add(connection: "AsyncConnection", batch: Batch, now: int) -> None:
    """Add a batch to what is there, in the order of the keys: two processes that wait for each other's rows would never end."""
    await _add_items(connection, batch.items, now - DAYS_KEPT * _DAY)
    await _add_counts(connection, batch, now // _DAY)


async def read_items(connection: "AsyncConnection") -> list[Item]:
    """Everything that any process saw, each source by itself."""
    from ..storage.overview_schema import INVENTORY

    rows = await connection.execute(INVENTORY.select().order_by(*INVENTORY.primary_key.columns))
    return [Item(**row._mapping) for row in rows]


async def read_counts(connection: "AsyncConnection", since: int) -> list[Counted]:
    """What was counted on each day, from day ``since`` on."""
    from ..storage.overview_schema import COUNTS

    of_days = COUNTS.c.day >= max(since, _EVER + 1)
    rows = await connection.execute(COUNTS.select().where(of_days).order_by(*COUNTS.primary_key.columns))
    return [(row.day, row.action, row.purpose, row.name, row.number) for row in rows]


async def read_sums(connection: "AsyncConnection") -> dict[tuple[str, str], int]:
    """What was ever counted, by action and purpose."""
    from ..storage.overview_schema import COUNTS

    rows = await connection.execute(COUNTS.select().where(COUNTS.c.day == _EVER))
    return {(row.action, row.purpose): row.number for row in rows}


async def _add_items(connection: "AsyncConnection", items: Sequence[Item], oldest: int) -> None:
    from sqlalchemy import case, select

    from ..storage.overview_schema import INVENTORY

    if not items:
        return
    stored = INVENTORY.c
    await connection.execute(INVENTORY.delete().where(stored.source == "browser", stored.last_seen < oldest))
    known: dict[tuple[Kind, Source], set[str]] = {}
    for kind, source, name in await connection.execute(select(stored.kind, stored.source, stored.name)):
        known.setdefault((kind, source), set()).add(name)
    rows = []
    for item in sorted(items, key=lambda item: item.key):
        names = known.setdefault((item.kind, item.source), set())
        if item.name in names or len(names) < LIMIT:
            names.add(item.name)
            rows.append({column.name: getattr(item, column.name) for column in INVENTORY.columns})
    insert = _upsert(INVENTORY, connection)
    new = insert.excluded
    update = insert.on_conflict_do_update(
        index_elements=list(INVENTORY.primary_key.columns),
        set_={
            "purpose": new.purpose,
            "reason": new.reason,
            "rule": new.rule,
            "page": case((new.first_seen < stored.first_seen, new.page), else_=stored.page),
            "first_seen": case((new.first_seen < stored.first_seen, new.first_seen), else_=stored.first_seen),
            "last_seen": case((new.last_seen > stored.last_seen, new.last_seen), else_=stored.last_seen),
            "refused": stored.refused + new.refused,
            "lifetime": case((new.lifetime > stored.lifetime, new.lifetime), else_=stored.lifetime),
        },
    )
    if rows:
        await connection.execute(update, rows)


async def _add_counts(connection: "AsyncConnection", batch: Batch, day: int) -> None:
    from ..storage.overview_schema import COUNTS

    if not batch.counts:
        return
    sums = {(_EVER, action, purpose, ""): 0 for action, purpose, _ in batch.counts}
    for (action, purpose, _), number in batch.counts.items():
        sums[_EVER, action, purpose, ""] += number
    added = {**sums, **{(day, *key): number for key, number in batch.counts.items()}}
    rows = [
        {"day": on, "action": action, "purpose": purpose, "name": name, "number": number}
        for (on, action, purpose, name), number in sorted(added.items())
    ]
    insert = _upsert(COUNTS, connection)
    update = insert.on_conflict_do_update(
        index_elements=list(COUNTS.primary_key.columns),
        set_={"number": COUNTS.c.number + insert.excluded.number},
    )
    await connection.execute(update, rows)
    await connection.execute(COUNTS.delete().where(COUNTS.c.day > _EVER, COUNTS.c.day < day - DAYS_KEPT))


def _upsert(table: "Table", connection: "AsyncConnection") -> "Insert":
    from sqlalchemy.dialects import postgresql, sqlite

    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    # Both have the same methods, and no class in common that has them.
    return cast("Insert", sqlite.insert(table))
