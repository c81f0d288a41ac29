"""Appends under load until it is killed, and prints each record's id once its append has returned."""

import asyncio
import sys
import uuid

from consent_middleware.ledger import ChoiceRecord, Ledger


async def append_for_ever(ledger: Ledger) -> None:
    while True:
        record = ChoiceRecord(
            record_id=uuid.uuid4().hex,
            consent_id=uuid.uuid4().hex,
            chosen_at=1_795_000_000,
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
        await ledger.append(record)
        sys.stdout.write(f"{record.record_id}\n")
        sys.stdout.flush()


async def main() -> None:
    # Patient: what counts here is what was acknowledged, on however busy a machine.
    ledger = Ledger(sys.argv[1], secret_keys=sys.argv[2:], patience=60)
    await asyncio.gather(*(append_for_ever(ledger) for _ in range(32)))


asyncio.run(main())
