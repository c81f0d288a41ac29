"""Records as rows: how they are stored, read back and turned into values.

SQLAlchemy is imported inside the functions, which run on the database's thread: this module is imported by every mount.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import msgspec

from .chain import Link
from .records import Kind, Record, Shown

if TYPE_CHECKING:
    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncConnection


PAGE = 1000
"""Records read at once."""


class Stored(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A record as it lies in the database, which may have been tampered with. ``erasure`` is empty unless it was erased."""

    record: Record
    link: Link
    salt: bytes
    erased_at: int
    erasure: bytes

    @property
    def is_erased(self) -> bool:
        return bool(self.erasure)


def row_of(record: Record, link: Link, salt: bytes) -> dict[str, object]:
    return {
        "record_id": record.record_id,
        "kind": record.kind,
        "consent_id": record.consent_id,
        "recorded_at": record.recorded_at,
        "content": record.content,
        "salt": salt,
        "writer": link.writer,
        "position": link.position,
        "digest": link.digest,
        "seal": link.seal,
        "erased_at": 0,
        "erasure": b"",
    }


def stored_in(row: "Row[str, Kind, str, int, str, bytes, str, int, bytes, bytes, int, bytes]") -> Stored:
    """Read one row of ``consent_records``, all of its columns in their order."""
    record_id, kind, consent_id, at, content, salt, writer, position, digest, seal, erased_at, erasure = row
    return Stored(
        record=Record(record_id=record_id, kind=kind, consent_id=consent_id, recorded_at=at, content=content),
        link=Link(
            record_id=record_id,
            kind=kind,
            recorded_at=at,
            writer=writer,
            position=position,
            digest=digest,
            seal=seal,
        ),
        salt=salt,
        erased_at=erased_at,
        erasure=erasure,
    )


async def insert_all(connection: "AsyncConnection", rows: Sequence[dict[str, object]]) -> None:
    """Store rows; all of them, or it raises."""
    from ..storage.schema import RECORDS

    await connection.execute(RECORDS.insert(), rows)


async def insert_one(connection: "AsyncConnection", row: dict[str, object]) -> bool:
    """Store a row unless its id is there already, as after a commit whose answer got lost; say whether it was new."""
    from ..storage.schema import RECORDS, insert_new

    result = await connection.execute(insert_new(RECORDS, connection).values(row))
    return result.rowcount > 0


async def insert_texts(connection: "AsyncConnection", texts: Iterable[Shown]) -> None:
    from ..storage.schema import TEXTS, insert_new

    rows = [
        {"digest": text.digest, "language": text.language, "layer": text.layer, "content": text.content}
        for text in sorted(texts, key=lambda text: text.digest)
    ]
    await connection.execute(insert_new(TEXTS, connection), rows)


async def find_text(connection: "AsyncConnection", digest: str) -> Shown | None:
    from ..storage.schema import TEXTS

    row = (await connection.execute(TEXTS.select().where(TEXTS.c.digest == digest))).first()
    return None if row is None else Shown(digest=row[0], language=row[1], layer=row[2], content=row[3])


async def existing(connection: "AsyncConnection", record_ids: Sequence[str]) -> set[str]:
    """Which of these ids are recorded already."""
    from sqlalchemy import select

    from ..storage.schema import RECORDS

    found = await connection.execute(select(RECORDS.c.record_id).where(RECORDS.c.record_id.in_(record_ids)))
    return set(found.scalars())


async def page_in_time(
    connection: "AsyncConnection", after: Stored | None, kinds: Sequence[str] = (), limit: int = PAGE
) -> list[Stored]:
    """Return the next records that are not erased, in the order of time, ``after`` the last one of the page before."""
    from sqlalchemy import tuple_

    from ..storage.schema import RECORDS

    page = RECORDS.select().order_by(RECORDS.c.recorded_at, RECORDS.c.record_id).limit(limit)
    page = page.where(RECORDS.c.erased_at == 0)
    if kinds:
        page = page.where(RECORDS.c.kind.in_(kinds))
    if after is not None:
        key = tuple_(RECORDS.c.recorded_at, RECORDS.c.record_id)
        page = page.where(key > (after.record.recorded_at, after.record.record_id))
    return await _read(connection, page)


async def page_in_chain(connection: "AsyncConnection", writer: str, position: int, limit: int) -> list[Stored]:
    """Return the next links in the order of the chains, after that ``position`` of that ``writer``."""
    from sqlalchemy import tuple_

    from ..storage.schema import RECORDS

    key = tuple_(RECORDS.c.writer, RECORDS.c.position)
    page = RECORDS.select().where(key > (writer, position)).order_by(RECORDS.c.writer, RECORDS.c.position).limit(limit)
    return await _read(connection, page)


async def of_visitor(connection: "AsyncConnection", consent_id: str) -> list[Stored]:
    """Everything recorded about one visitor, oldest first."""
    from ..storage.schema import RECORDS

    return await _read(
        connection,
        RECORDS.select()
        .where(RECORDS.c.consent_id == consent_id, RECORDS.c.erased_at == 0)
        .order_by(RECORDS.c.recorded_at, RECORDS.c.record_id),
    )


async def find(connection: "AsyncConnection", record_id: str) -> Stored | None:
    from ..storage.schema import RECORDS

    found = await _read(connection, RECORDS.select().where(RECORDS.c.record_id == record_id))
    return found[0] if found else None


async def count(connection: "AsyncConnection", kinds: Sequence[str] = ()) -> int:
    """How many records are there that are not erased."""
    from sqlalchemy import func, select

    from ..storage.schema import RECORDS

    query = select(func.count()).select_from(RECORDS).where(RECORDS.c.erased_at == 0)
    return (await connection.execute(query.where(RECORDS.c.kind.in_(kinds)) if kinds else query)).scalar_one()


async def _read(connection: "AsyncConnection", query: object) -> list[Stored]:
    return [stored_in(row) for row in await connection.execute(query)]  # type: ignore[call-overload]
