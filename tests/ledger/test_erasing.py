"""An erasure takes everything that is held under an id, also what an account or another process knows of it."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

from consent_middleware import Policy
from consent_middleware.ledger import Binding, ChoiceRecord, Ledger
from consent_middleware.rights import Erasure, Outbox, RequestQueue
from consent_middleware.telemetry import Disclosure, DisclosureLog

MakeRecord = Callable[[], ChoiceRecord]
KEY = "erasing-key"


def test_what_an_account_knows_of_a_choice_goes_with_its_record(url: str, make_record: MakeRecord) -> None:
    async def story() -> None:
        ledger = Ledger(url, secret_keys=[KEY])
        mine, other = make_record(), make_record()
        for record in (mine, other):
            await ledger.append(record)
            ledger.bindings.bind(
                Binding(subject="account", consent_id=record.consent_id, state="-..", chosen_at=record.chosen_at)
            )
        assert await ledger.erase(mine.consent_id, reason="a test") == 1
        assert [each.consent_id for each in await ledger.bindings.of(["account"])] == [other.consent_id]
        await ledger.stop()

    asyncio.run(story())


def test_what_a_process_held_in_memory_is_erased_before_the_one_that_erases_ends(tmp_path: Path) -> None:
    url, policy = f"sqlite:///{tmp_path / 'ledger.db'}", Policy()

    async def story() -> None:
        site, command = Ledger(url, secret_keys=[KEY]), Ledger(url, secret_keys=[KEY])
        held = DisclosureLog(policy, site.database)
        log = DisclosureLog(policy, command.database)
        erasure = Erasure(
            command,
            recorder=None,
            disclosure_log=log,
            queue=RequestQueue(command, [KEY]),
            outbox=Outbox(command, [KEY], policy),
        )
        held.add(
            Disclosure(field="ip", purpose="security", reason="why", is_raw=True, at=time.time() - 1, consent_id="mine")
        )
        await erasure.run("mine", reason="a test")
        await held.flush()
        assert len(await held.of("mine")) == 1
        await erasure.finish()
        assert await held.of("mine") == []
        await command.stop()
        await site.stop()

    asyncio.run(story())
