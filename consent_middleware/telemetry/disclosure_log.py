"""Keeps disclosures about visitors who have a consent id, so that they can see them.

A request only notes, in memory; the database's own thread writes, many at a time.
"""

import contextlib
import functools
import logging
from typing import TYPE_CHECKING

from ..errors import LedgerUnavailable
from ..policy import Policy
from ..storage.buffered import BufferedWrites
from ..storage.database import Database
from .disclosure import Disclosure
from .disclosure_rows import (
    Disclosed,
    add_disclosures,
    delete_disclosures_before,
    delete_disclosures_of,
    disclosures_of,
)
from .retention import Retention
from .sweeps import Sweeps

if TYPE_CHECKING:
    from collections.abc import Sequence

logger = logging.getLogger("consent_middleware")


class DisclosureLog:
    """Disclosures in the ledger's database, for as long as the policy keeps telemetry."""

    def __init__(self, policy: Policy, database: Database) -> None:
        self._database = database
        self._writes: BufferedWrites[Disclosure] = BufferedWrites(database, add_disclosures)
        self._retention = Retention(database, 0, delete_disclosures_before)
        self._sweeps = Sweeps(database, delete_disclosures_of, self._writes.pause * 2)
        self._is_watched = False
        self.follow(policy)

    def follow(self, policy: Policy) -> None:
        """Keep them as long as another version of the policy says, from now on."""
        self._retention.seconds = policy.declarations.retention.telemetry.seconds or 0

    def start(self) -> None:
        """Look after the retention from now on, also while nothing is asked for."""
        self._is_watched = True
        self._database.call_soon(self._retention.watch)

    def add(self, disclosure: Disclosure) -> None:
        """Note a disclosure; without a consent id there is nobody to tell of it. Never blocks or raises."""
        if disclosure.consent_id is None:
            return
        if not self._is_watched:
            # Where the server says nothing of its start, the first one does.
            self.start()
        self._writes.add(disclosure)

    async def of(self, consent_id: str) -> "Sequence[Disclosed]":
        """What was asked for about one visitor, the newest first. Raises LedgerUnavailable, LedgerError."""
        await self._writes.flush()
        return await self._database.run(functools.partial(disclosures_of, consent_id=consent_id))

    async def erase(self, consent_id: str) -> int:
        """Delete one visitor's; return how many rows. Raises LedgerUnavailable, LedgerError: then some may be left.

        Other processes may hold some in memory for a moment: what they write of the time before is deleted soon after.
        """
        await self._writes.flush()
        work = functools.partial(delete_disclosures_of, consent_id=consent_id)
        deleted = await self._database.run(work, writing=True)
        self._sweeps.begin(consent_id)
        return deleted

    async def finish_erasing(self) -> None:
        """Return once what other processes held in memory is deleted too. Raises LedgerUnavailable."""
        await self._sweeps.finish()

    async def purge(self, now: float) -> int:
        """Delete what the policy's retention does not cover any more at ``now``; return how many rows."""
        return await self._retention.purge(now)

    async def flush(self) -> None:
        """Return when everything noted so far is written. Raises LedgerUnavailable."""
        await self._writes.flush()

    async def stop(self) -> None:
        """Write what waits; what the database does not take within its patience is dropped, and counted."""
        with contextlib.suppress(LedgerUnavailable):
            await self._writes.flush()
        self._writes.abandon()
