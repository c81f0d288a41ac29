"""The rows of bindings.

SQLAlchemy is imported inside the functions, which run on the database's thread: this module is imported by every mount.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .rows import PAGE

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from .bindings import Binding

_MOST = 1000
"""Browsers of one account that are looked at, the newest."""


async def bind_all(connection: "AsyncConnection", bindings: Sequence["Binding"]) -> None:
    """Store bindings; of two for one browser, the newer choice stays."""
    from sqlalchemy.dialects import postgresql, sqlite

    from ..storage.subject_schema import SUBJECTS

    newest: dict[tuple[str, str], Binding] = {}
    for each in bindings:
        key = (each.subject, each.consent_id)
        if key not in newest or each.chosen_at >= newest[key].chosen_at:
            newest[key] = each
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    new = insert(SUBJECTS)
    storing = new.on_conflict_do_update(
        index_elements=[SUBJECTS.c.subject, SUBJECTS.c.consent_id],
        set_={"state": new.excluded.state, "chosen_at": new.excluded.chosen_at},
        where=SUBJECTS.c.chosen_at <= new.excluded.chosen_at,
    )
    # In the order of their keys, so that two processes that bind the same never wait for each other in a circle.
    rows = [
        {
            "subject": newest[key].subject,
            "consent_id": newest[key].consent_id,
            "state": newest[key].state,
            "chosen_at": newest[key].chosen_at,
        }
        for key in sorted(newest)
    ]
    await connection.execute(storing, rows)


async def of_subject(connection: "AsyncConnection", subjects: Sequence[str]) -> list["Binding"]:
    """Return an account's bindings, the newest first."""
    from ..storage.subject_schema import SUBJECTS
    from .bindings import Binding

    columns = SUBJECTS.c
    query = SUBJECTS.select().where(columns.subject.in_(subjects))
    found = await connection.execute(query.order_by(columns.chosen_at.desc(), columns.consent_id.desc()).limit(_MOST))
    return [
        Binding(subject=row["subject"], consent_id=row["consent_id"], state=row["state"], chosen_at=row["chosen_at"])
        for row in found.mappings()
    ]


async def erase(connection: "AsyncConnection", subjects: Sequence[str], now: int) -> int:
    """Delete an account's bindings and store the erasure in their place; return how many choices there were."""
    from ..storage.subject_schema import SUBJECTS
    from .bindings import Binding

    columns = SUBJECTS.c
    gone = await connection.execute(SUBJECTS.delete().where(columns.subject.in_(subjects), columns.consent_id != ""))
    await bind_all(connection, [Binding(subject=subjects[0], consent_id="", state="", chosen_at=now)])
    return gone.rowcount


async def delete_of_browser(connection: "AsyncConnection", consent_id: str) -> None:
    """Delete the choice that was made under one id, whoever that was."""
    from ..storage.subject_schema import SUBJECTS

    await connection.execute(SUBJECTS.delete().where(SUBJECTS.c.consent_id == consent_id))


async def delete_before(connection: "AsyncConnection", moment: int) -> int:
    """Delete at most ``PAGE`` of the choices made before ``moment``; return how many."""
    from sqlalchemy import select, tuple_

    from ..storage.subject_schema import SUBJECTS

    key = (SUBJECTS.c.subject, SUBJECTS.c.consent_id)
    old = select(*key).where(SUBJECTS.c.chosen_at < moment).order_by(SUBJECTS.c.chosen_at).limit(PAGE)
    keys = [tuple(row) for row in await connection.execute(old)]
    if keys:
        # By their keys, since not every database deletes with a limit.
        await connection.execute(SUBJECTS.delete().where(tuple_(*key).in_(keys)))
    return len(keys)
