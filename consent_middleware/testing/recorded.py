"""What the ledger has of one visitor."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from ..consent import Consent
from ..errors import ConfigurationError
from ..ledger import Ledger
from ..ledger.records import ChoiceRecord
from .expectations import ConsentFailure
from .site import ConsentSite

_ID_LENGTH = 16


def recorded_for(site: ConsentSite, token: str | None) -> list[ChoiceRecord]:
    """Return the records of the visitor whose token this is, oldest first; none where there is no token."""
    if site.ledger is None:
        raise ConfigurationError(
            "These tests know no ledger: mount the middleware with ledger=…, or pass ledger=… to ConsentSite.at(…)."
        )
    if token is None:
        return []
    # On a thread: Playwright's synchronous form leaves a loop running here, which asyncio.run refuses to join.
    with ThreadPoolExecutor(1) as thread:
        records = thread.submit(asyncio.run, _read(site.ledger)).result()
    return [record for record in records if record.consent_id == token[:_ID_LENGTH]]


def newest(records: list[ChoiceRecord], chosen: Consent) -> ChoiceRecord:
    """Return the last of one visitor's records. Raises ConsentFailure where it is not of what was ``chosen``."""
    if not records:
        raise ConsentFailure(
            "the ledger has no record of this visitor's choice\n"
            "    → Is the middleware mounted with ledger=…, and is it the ledger these tests read?"
        )
    record = records[-1]
    if frozenset(record.allowed) != chosen.allowed:
        raise ConsentFailure(
            "the ledger's newest record says another thing than the visitor chose\n"
            f"  recorded: {', '.join(record.allowed) or 'nothing'}; chosen: {', '.join(sorted(chosen.allowed)) or 'nothing'}"
        )
    if record.gpc != chosen.gpc:
        raise ConsentFailure(
            f"the visitor's browser {'sent' if chosen.gpc else 'did not send'} Global Privacy Control, and the ledger's newest "
            "record says otherwise\n    → Does something in front of the middleware drop or add Sec-GPC?"
        )
    return record


async def _read(ledger: Ledger) -> list[ChoiceRecord]:
    return [record async for record in ledger.choices()]
