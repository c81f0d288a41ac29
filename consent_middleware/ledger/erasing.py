"""Erases records and leaves their links."""

import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from .binding_rows import delete_of_browser
from .chain import erasure_of
from .records import Record
from .rows import Stored, of_visitor

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


EraseBeside = Callable[["AsyncConnection", Sequence[Stored]], Awaitable[None]]
"""What is written in the transaction of an erasure. Gets the records as they were."""


async def erase_visitor(
    connection: "AsyncConnection", key: bytes, consent_id: str, beside: EraseBeside | None = None
) -> int:
    """Erase everything recorded about one visitor, and what an account knows of it; return how many records it were."""
    found = await of_visitor(connection, consent_id)
    await erase(connection, key, found)
    await delete_of_browser(connection, consent_id)
    if beside is not None:
        await beside(connection, found)
    return len(found)


async def erase(connection: "AsyncConnection", key: bytes, records: Sequence[Stored]) -> None:
    """Take records out of their rows, with the salt without which a digest says nothing, and seal that it was done on purpose."""
    from sqlalchemy import bindparam

    from ..storage.schema import RECORDS

    if not records:
        return
    now = int(time.time())
    update = (
        RECORDS.update()
        .where(RECORDS.c.record_id == bindparam("id"))
        .values(consent_id="", content="", salt=b"", erased_at=bindparam("now"), erasure=bindparam("seal_of_erasure"))
    )
    await connection.execute(
        update,
        [
            {"id": stored.link.record_id, "now": now, "seal_of_erasure": erasure_of(key, stored.link, now)}
            for stored in records
        ],
    )


def erasure_record(count: int, *, reason: str) -> Record:
    """Say that so many records were erased, and why; not whose."""
    return Record(
        record_id=uuid.uuid4().hex,
        kind="erasure",
        consent_id="",
        recorded_at=int(time.time()),
        content=msgspec.json.encode({"records": count, "reason": reason}).decode(),
    )
