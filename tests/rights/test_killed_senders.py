"""A process that dies while it tells a recipient leaves nothing untold: another one takes over, under the same id."""

import asyncio
import functools
import json
import os
import subprocess
import sys
from pathlib import Path

from consent_middleware.ledger import Ledger
from consent_middleware.policy import Policy
from consent_middleware.rights import Outbox
from consent_middleware.rights.outbox import Delivered
from consent_middleware.rights.webhooks import webhook_secret
from tests.rights.recipient import recipient
from tests.rights.test_webhooks import verifies

KEY = "a key that only the tests know"
POLICY = """
[[services]]
id = "mail"
purpose = "marketing"
erasure_webhook = "{url}"
"""


def sender(url: str, policy: Path) -> "subprocess.Popen[bytes]":
    """A process that delivers what is due, as cron starts it."""
    command = ["-m", "consent_middleware", "ledger", "deliver", url, "--policy", str(policy), "--json"]
    environment = {**os.environ, "CONSENT_SECRET_KEY": KEY}
    return subprocess.Popen([sys.executable, *command], env=environment, stdout=subprocess.PIPE)


async def erase_a_visitor(url: str, policy: Path) -> None:
    ledger = Ledger(url, secret_keys=[KEY])
    outbox = Outbox(ledger, [KEY], Policy.of(policy))
    tell = functools.partial(outbox.add, consent_id="mine", allowed=frozenset({"mail"}))
    await ledger.erase("mine", reason="a test", beside=tell)
    await ledger.stop()


async def outlast_the_lease(url: str, policy: Path) -> None:
    """Try while it holds, then let a minute pass: as if it had been taken that much earlier."""
    ledger = Ledger(url, secret_keys=[KEY])
    outbox = Outbox(ledger, [KEY], Policy.of(policy))
    assert len(await outbox.waiting()) == 1
    assert await outbox.deliver() == Delivered(), "it may only be slow"

    async def age(connection: object) -> None:
        await connection.exec_driver_sql("UPDATE consent_outbox SET leased_until = leased_until - 61")  # type: ignore[attr-defined]

    await ledger.database.run(age, writing=True)
    await ledger.stop()


async def outcome(url: str) -> tuple[int, int]:
    """How many messages wait, and how many are recorded as told."""
    ledger = Ledger(url, secret_keys=[KEY])
    waiting = await Outbox(ledger, [KEY], Policy()).waiting()
    told = [each async for each in ledger.records(["erasure"]) if '"told"' in each.record.content]
    assert (await ledger.verify()).holds
    await ledger.stop()
    return len(waiting), len(told)


def test_what_a_killed_process_was_sending_is_sent_by_another_under_the_same_id(url: str, tmp_path: Path) -> None:
    with recipient() as there:
        policy = tmp_path / "consent.toml"
        policy.write_text(POLICY.format(url=there.url))
        asyncio.run(erase_a_visitor(url, policy))
        there.may_answer.clear()
        killed = sender(url, policy)
        try:
            assert len(there.wait_for(1)) == 1
        finally:
            killed.kill()
            killed.communicate(timeout=60)
        there.may_answer.set()
        assert killed.returncode == -9

        asyncio.run(outlast_the_lease(url, policy))
        output, _ = sender(url, policy).communicate(timeout=60)
        assert json.loads(output) == {"delivered": 1, "waiting": []}
        assert asyncio.run(outcome(url)) == (0, 1)

        first, second = there.got
        assert first.message_id == second.message_id
        assert first.body == second.body
        secret = webhook_secret(KEY, "mail")
        for got in there.got:
            assert verifies(secret, dict(got.headers), got.body)
