"""Remembers with which attributes a cookie was set, so that any process can expire it later.

Deleting a cookie needs its exact name, Domain, Path, Secure and Partitioned (RFC 6265bis, section 5.7; CHIPS). Never its value.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from .batches import BatchedWrites
from .database import Database
from .shared_reads import SharedRead

if TYPE_CHECKING:
    from concurrent.futures import Future

    from sqlalchemy.ext.asyncio import AsyncConnection

LIMIT = 2000
"""Sightings kept: a site sets a few dozen; one that makes up names must not fill the database."""
_LONGEST = 1024
"""Characters of name, domain and path together: PostgreSQL's index rows end at 2700 bytes."""


class CookieSighting(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A cookie as a response set it. ``domain`` is ``None`` for a host-only cookie."""

    name: str
    domain: str | None
    path: str
    secure: bool
    partitioned: bool


class Sightings:
    """Cookies seen by this process, and by all processes that share its database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._seen: set[CookieSighting] = set()
        self._writes: BatchedWrites[CookieSighting] = BatchedWrites(database, _insert)
        self._known = SharedRead(database, _select)

    def remember(self, sighting: CookieSighting) -> None:
        """Store ``sighting`` in the background unless it is known. Never blocks or fails; what cannot be stored is dropped."""
        if sighting in self._seen or len(self._seen) >= LIMIT or not _is_storable(sighting):
            return
        self._seen.add(sighting)
        self._writes.add(sighting).add_done_callback(lambda written: self._forget_unwritten(sighting, written))

    async def known(self) -> list[CookieSighting]:
        """Return what the database holds, in the order of names, at most ``LIMIT``."""
        return list(await self._known.get())

    async def flush(self) -> None:
        await self._writes.flush()

    def _forget_unwritten(self, sighting: CookieSighting, written: "Future[None]") -> None:
        if written.cancelled() or written.exception() is not None:
            self._seen.discard(sighting)


def _is_storable(sighting: CookieSighting) -> bool:
    text = f"{sighting.name}{sighting.domain or ''}{sighting.path}"
    return len(text) <= _LONGEST and "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


# SQLAlchemy is imported inside, on the database's thread: this module is imported by every mount.


async def _insert(connection: "AsyncConnection", sightings: Sequence[CookieSighting]) -> None:
    from .schema import SIGHTINGS, insert_new

    rows = [
        {
            "name": sighting.name,
            "domain": sighting.domain or "",
            "path": sighting.path,
            "secure": sighting.secure,
            "partitioned": sighting.partitioned,
        }
        for sighting in sightings
    ]
    await connection.execute(insert_new(SIGHTINGS, connection), rows)


async def _select(connection: "AsyncConnection") -> list[CookieSighting]:
    from .schema import SIGHTINGS

    rows = await connection.execute(SIGHTINGS.select().order_by(*SIGHTINGS.primary_key.columns).limit(LIMIT))
    return [
        CookieSighting(
            name=row.name, domain=row.domain or None, path=row.path, secure=row.secure, partitioned=row.partitioned
        )
        for row in rows
    ]
