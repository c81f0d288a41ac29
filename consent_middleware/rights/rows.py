"""Requests as rows.

SQLAlchemy is imported inside the functions, which run on the database's thread: this module is imported by every mount.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import asdict

from ..errors import LedgerError
from .requests import PENDING, Request, State

if TYPE_CHECKING:
    from sqlalchemy import Select
    from sqlalchemy.ext.asyncio import AsyncConnection

PAGE = 500
"""Requests read at once."""

ERASED: Mapping[str, object] = {"consent_id": "", "contact": "", "message": "", "answer": "", "salt": b""}
"""What is left of a closed request is about nobody."""


class StoredRequest(NamedTuple):
    """A request, and the salt of its digests."""

    request: Request
    salt: bytes


async def insert(connection: "AsyncConnection", request: Request, reference: str, salt: bytes) -> None:
    """``reference``: the digest of the visitor's reference; empty where nobody has one."""
    from ..storage.request_schema import REQUESTS

    await connection.execute(REQUESTS.insert().values(**asdict(request), reference=reference, salt=salt))


async def change(
    connection: "AsyncConnection", number: str, *, before: Sequence[State], values: Mapping[str, object]
) -> None:
    """Set ``values`` where the request is in one of the states ``before``; LedgerError where another process was faster."""
    from ..storage.request_schema import REQUESTS

    update = REQUESTS.update().where(REQUESTS.c.number == number, REQUESTS.c.state.in_(before)).values(dict(values))
    if (await connection.execute(update)).rowcount == 0:
        raise LedgerError(f"The request {number} was changed by somebody else meanwhile.")


async def find(connection: "AsyncConnection", number: str) -> StoredRequest | None:
    from ..storage.request_schema import REQUESTS

    found = await _read(connection, REQUESTS.select().where(REQUESTS.c.number == number))
    return found[0] if found else None


async def find_by_reference(connection: "AsyncConnection", reference: str) -> StoredRequest | None:
    from ..storage.request_schema import REQUESTS

    found = await _read(connection, REQUESTS.select().where(REQUESTS.c.reference == reference))
    return found[0] if found and reference else None


async def of_visitor(connection: "AsyncConnection", consent_id: str) -> list[Request]:
    """One visitor's requests, newest first."""
    from ..storage.request_schema import REQUESTS

    query = REQUESTS.select().where(REQUESTS.c.consent_id == consent_id)
    query = query.order_by(REQUESTS.c.received_at.desc(), REQUESTS.c.number)
    return [stored.request for stored in await _read(connection, query)]


async def page_in_time(
    connection: "AsyncConnection", after: Request | None, states: Sequence[State], due_before: str, limit: int = PAGE
) -> list[Request]:
    """Return the next requests in the order in which they are due, those whose time does not run yet first."""
    from sqlalchemy import tuple_

    from ..storage.request_schema import REQUESTS

    query = REQUESTS.select().where(REQUESTS.c.state.in_(states)).order_by(REQUESTS.c.due_on, REQUESTS.c.number)
    if due_before:
        query = query.where(REQUESTS.c.due_on != "", REQUESTS.c.due_on < due_before)
    if after is not None:
        query = query.where(tuple_(REQUESTS.c.due_on, REQUESTS.c.number) > (after.due_on, after.number))
    return [stored.request for stored in await _read(connection, query.limit(limit))]


async def delete_ended(connection: "AsyncConnection", before: int, limit: int = PAGE) -> int:
    """Delete requests that were answered or withdrawn before ``before``, up to ``limit``; return how many."""
    from sqlalchemy import select

    from ..storage.request_schema import REQUESTS

    ended = (
        select(REQUESTS.c.number).where(REQUESTS.c.answered_at < before, REQUESTS.c.state.not_in(PENDING)).limit(limit)
    )
    numbers = list((await connection.execute(ended)).scalars())
    if numbers:
        await connection.execute(REQUESTS.delete().where(REQUESTS.c.number.in_(numbers)))
    return len(numbers)


async def _read(connection: "AsyncConnection", query: "Select[tuple[object, ...]]") -> list[StoredRequest]:
    found = []
    for row in (await connection.execute(query)).mappings():
        values = {name: row[name] for name in Request.__struct_fields__}
        found.append(StoredRequest(Request(**values), row["salt"]))
    return found
