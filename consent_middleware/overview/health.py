"""How the ledger is."""

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..errors import LedgerError
from ..ledger import Ledger
from ..storage.verifications import Verified, last_verification

if TYPE_CHECKING:
    from sqlalchemy import Executable
    from sqlalchemy.ext.asyncio import AsyncConnection

_GOOD_FOR = 60.0
"""Seconds; counting a million records takes the database a tenth of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """``trouble`` says why nothing else is known; times in seconds since the epoch, 0 where there is none."""

    trouble: str = ""
    records: int = 0
    chains: int = 0
    first_at: int = 0
    last_at: int = 0
    spooled: int = 0
    """Files of records that wait for the database."""
    verified: Verified | None = None


class Pulse:
    """Asks one ledger, at most once a minute."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._known: tuple[float, Health] | None = None

    async def take(self) -> Health:
        """Never raises: a ledger that does not answer is what one wants to know."""
        now = time.monotonic()
        if self._known is None or now >= self._known[0]:
            try:
                self._known = (now + _GOOD_FOR, await self._ledger.database.run(_read))
            except LedgerError as error:
                return Health(trouble=str(error), spooled=self._ledger.spooled)
        return replace(self._known[1], spooled=self._ledger.spooled)


async def _read(connection: "AsyncConnection") -> Health:
    from sqlalchemy import func, select

    from ..storage.schema import RECORDS

    async def number(query: "Executable") -> int:
        return int(await connection.scalar(query) or 0)

    # One by one, since each is answered by an index alone; together they would read every record.
    return Health(
        records=await number(select(func.count()).select_from(RECORDS)),
        chains=await number(select(func.count(RECORDS.c.writer.distinct()))),
        first_at=await number(select(func.min(RECORDS.c.recorded_at))),
        last_at=await number(select(func.max(RECORDS.c.recorded_at))),
        verified=await last_verification(connection),
    )
