"""The append-only record of choices."""

import functools
from collections.abc import AsyncIterator

from ..errors import LedgerUnavailable
from ..storage.batches import BatchedWrites
from ..storage.database import PATIENCE, Database
from ..storage.sightings import CookieSighting, Sightings
from .choices import count_choices, insert_choices, page_of_choices
from .records import ChoiceRecord


class Ledger:
    """Keeps every choice in a database: ``Ledger("sqlite:///consent.db")`` or ``Ledger("postgresql://…")``.

    May be used from any event loop, and without ``start``, which only saves the first request the wait. ``create=False`` refuses to
    make a ledger where none is. Raises ConfigurationError where the URL cannot work.
    """

    def __init__(self, url: str, *, patience: float = PATIENCE, create: bool = True) -> None:
        self._database = Database(url, patience=patience, create=create)
        self._choices: BatchedWrites[ChoiceRecord] = BatchedWrites(self._database, insert_choices)
        self._sightings = Sightings(self._database)

    @property
    def database(self) -> Database:
        """Where it is kept: what else a site records shares its connections, and its turns."""
        return self._database

    async def start(self) -> None:
        """Open the database and bring its tables up to date."""
        await self._database.start()

    async def stop(self) -> None:
        """Write what waits, then close the database; what it does not take within ``patience`` seconds has failed."""
        try:
            await self._choices.flush()
            await self._sightings.flush()
        except LedgerUnavailable:
            # Each record's own append has said so, or is about to.
            pass
        await self._database.stop()

    async def append(self, record: ChoiceRecord) -> None:
        """Return once ``record`` is durably stored.

        Raises LedgerUnavailable within ``patience`` seconds when the database does not answer. Then nothing was recorded, unless it
        was the commit's answer that got lost; appending the same record again is safe, one id is recorded once. Raises LedgerError
        for a record that the database refuses. Concurrent records share one transaction, and no fate: neither a cancelled request
        nor a refused record touches the others.
        """
        await self._database.load()
        await self._database.answer(self._choices.add(record))

    async def choices(self) -> AsyncIterator[ChoiceRecord]:
        """Every choice recorded before the call, in the order of time, page by page: memory stays flat, nothing stays locked."""
        last: ChoiceRecord | None = None
        while page := await self._database.run(functools.partial(page_of_choices, after=last)):
            for record in page:
                yield record
            last = page[-1]

    async def count(self) -> int:
        """How many choices are recorded."""
        return await self._database.run(count_choices)

    def remember_cookie(self, sighting: CookieSighting) -> None:
        """Store in the background that a cookie was set like this. Never blocks or raises."""
        self._sightings.remember(sighting)

    async def known_cookies(self) -> list[CookieSighting]:
        """How cookies were set, by any process of this ledger (at most 2000)."""
        return await self._sightings.known()
