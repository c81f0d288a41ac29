"""The rows of recorded events.

SQLAlchemy is imported inside the functions, which run on the database's thread: this module is imported by every mount.
"""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .events import Event

if TYPE_CHECKING:
    from sqlalchemy import RowMapping
    from sqlalchemy.ext.asyncio import AsyncConnection

PAGE = 1000
"""Rows read, or deleted, at once: no transaction holds others up for long."""


async def insert_events(connection: "AsyncConnection", events: Sequence[Event]) -> None:
    """Store ``events``; one that is there already is not stored again, so that a retry is safe."""
    from ..storage.event_schema import EVENTS
    from ..storage.schema import insert_new

    await connection.execute(insert_new(EVENTS, connection), [_to_row(event) for event in events])


async def page_of_events(connection: "AsyncConnection", consent_id: str, after: Event | None) -> list[Event]:
    """Return one visitor's next events in the order of time, ``after`` the last one of the page before."""
    from sqlalchemy import tuple_

    from ..storage.event_schema import EVENTS

    key = (EVENTS.c.occurred_at, EVENTS.c.event_id)
    page = EVENTS.select().where(EVENTS.c.consent_id == consent_id).order_by(*key).limit(PAGE)
    if after is not None:
        page = page.where(tuple_(*key) > (after.occurred_at, after.event_id))
    return [_from_row(row) for row in (await connection.execute(page)).mappings()]


async def delete_events_of(connection: "AsyncConnection", consent_id: str, until: int | None = None) -> int:
    """Delete one visitor's events, or those that occurred ``until`` then; return how many there were."""
    from ..storage.event_schema import EVENTS

    unwanted = EVENTS.delete().where(EVENTS.c.consent_id == consent_id)
    if until is not None:
        unwanted = unwanted.where(EVENTS.c.occurred_at <= until)
    return (await connection.execute(unwanted)).rowcount


async def delete_events_before(connection: "AsyncConnection", moment: int) -> int:
    """Delete at most ``PAGE`` of the events that occurred before ``moment``; return how many."""
    from sqlalchemy import select

    from ..storage.event_schema import EVENTS

    old = select(EVENTS.c.event_id).where(EVENTS.c.occurred_at < moment).order_by(EVENTS.c.occurred_at).limit(PAGE)
    ids = (await connection.scalars(old)).all()
    if ids:
        # By their ids, since not every database deletes with a limit.
        await connection.execute(EVENTS.delete().where(EVENTS.c.event_id.in_(ids)))
    return len(ids)


async def count_events(connection: "AsyncConnection") -> int:
    from sqlalchemy import func, select

    from ..storage.event_schema import EVENTS

    return (await connection.execute(select(func.count()).select_from(EVENTS))).scalar_one()


def _to_row(event: Event) -> dict[str, object]:
    return {
        "event_id": event.event_id,
        "consent_id": event.consent_id,
        "occurred_at": event.occurred_at,
        "kind": event.kind,
        "path": event.path,
        "name": event.name,
        "details": json.dumps(event.details),
    }


def _from_row(row: "RowMapping") -> Event:
    return Event(
        event_id=row["event_id"],
        consent_id=row["consent_id"],
        occurred_at=row["occurred_at"],
        kind=row["kind"],
        path=row["path"],
        name=row["name"],
        details=json.loads(row["details"]),
    )
