"""Appends under load, and prints each record's id once its append has returned: ``writer.py URL KEY [COUNT]``, else until killed."""

import asyncio
import sys
import time
import uuid

from consent_middleware.errors import LedgerUnavailable
from consent_middleware.ledger import ChoiceRecord, Ledger

AT_ONCE = 32


def a_record() -> ChoiceRecord:
    return ChoiceRecord(
        record_id=uuid.uuid4().hex,
        consent_id=uuid.uuid4().hex,
        chosen_at=int(time.time()),
        policy_version="1",
        policy_digest="q1Zc",
        language="en",
        method="json",
        action="accept-all",
        allowed=("analytics",),
        refused=(),
        gpc=False,
        precedence="latest",
    )


async def append(ledger: Ledger, count: int | None) -> None:
    while count is None or count > 0:
        record = a_record()
        try:
            await ledger.append(record)
        except LedgerUnavailable:
            # The database is stopped and started under us: this one was not acknowledged.
            await asyncio.sleep(0.05)
            continue
        sys.stdout.write(f"{record.record_id}\n")
        sys.stdout.flush()
        count = None if count is None else count - 1


async def main(url: str, key: str, count: str = "") -> None:
    # Patient: what counts here is what was acknowledged, on however busy a machine.
    ledger = Ledger(url, secret_keys=[key], patience=60)
    await asyncio.gather(*(append(ledger, int(count) // AT_ONCE if count else None) for _ in range(AT_ONCE)))
    await ledger.stop()


asyncio.run(main(*sys.argv[1:]))
