"""Which choices belong to which account, and what each of them was."""

import functools
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..storage.batches import BatchedWrites
from ..storage.database import Database
from . import binding_rows as rows

if TYPE_CHECKING:
    from concurrent.futures import Future

logger = logging.getLogger("consent_middleware")


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """One browser's choice under one account. ``state``: the choice, as ``Tokens.state_of`` writes it."""

    subject: str
    consent_id: str
    state: str
    chosen_at: int
    """Seconds since 1970, UTC."""

    @property
    def is_erasure(self) -> bool:
        """Everything of this account up to ``chosen_at`` was erased."""
        return not self.consent_id


class Bindings:
    """Kept in the ledger's database, apart from its records: they prove nothing, and go when the account's data is erased.

    ``subjects`` are the digests of one account, newest key first.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._writes: BatchedWrites[Binding] = BatchedWrites(database, rows.bind_all)

    def bind(self, binding: Binding) -> None:
        """Store in the background that a choice belongs to an account. Never blocks or raises; what is lost is bound again later."""
        self._writes.add(binding).add_done_callback(_tell_failure)

    async def flush(self) -> None:
        """Wait until what was bound before is stored or has failed. Raises LedgerUnavailable."""
        await self._writes.flush()

    async def of(self, subjects: Sequence[str]) -> list[Binding]:
        """Every choice of one account, the newest first; an erasure is among them. Raises LedgerUnavailable, LedgerError."""
        await self._writes.flush()
        return await self._database.run(functools.partial(rows.of_subject, subjects=subjects))

    async def erase(self, subjects: Sequence[str], now: int) -> int:
        """Forget an account's choices, and keep that this was done, for browsers that still carry one; return how many there were."""
        await self._writes.flush()
        return await self._database.run(functools.partial(rows.erase, subjects=subjects, now=now), writing=True)

    async def purge(self, moment: int) -> int:
        """Forget what was chosen before ``moment``; return how many rows."""
        total = 0
        while deleted := await self._database.run(functools.partial(rows.delete_before, moment=moment), writing=True):
            total += deleted
        return total


def _tell_failure(written: "Future[None]") -> None:
    if not written.cancelled() and written.exception() is not None:
        logger.warning("A choice is not known to its account yet: %s", written.exception())
