"""Who got something of a visitor is told of the erasure: at least once, by one process at a time, until they answer."""

import asyncio
import functools
import json
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from consent_middleware import Policy
from consent_middleware.errors import LedgerError, LedgerUnavailable
from consent_middleware.ledger import ChoiceRecord, Housekeeping, Ledger
from consent_middleware.rights import Outbox, outbox_rows
from consent_middleware.rights.outbox import Delivered
from tests.rights.recipient import Recipient, recipient

KEY = "a key that only the tests know"
POLICY = """
[[services]]
id = "mail"
purpose = "marketing"
erasure_webhook = "{url}"

[[services]]
id = "ads"
purpose = "marketing"
erasure_webhook = "{url}&ads"

[[services]]
id = "visits"
purpose = "analytics"
erasure_webhook = "{url}&visits"

[[services]]
id = "silent"
purpose = "marketing"
"""
SOON = (0.0,) * 9
Story = Callable[[Ledger, Outbox], Awaitable[None]]


@pytest.fixture
def there() -> Iterator[Recipient]:
    with recipient() as found:
        yield found


def policy(there: Recipient) -> Policy:
    return Policy.parse(POLICY.format(url=there.url))


def tell(url: str, there: Recipient, story: Story, *, pauses: tuple[float, ...] = SOON, seconds: float = 10) -> None:
    async def run() -> None:
        ledger = Ledger(url, secret_keys=[KEY])
        try:
            await story(ledger, Outbox(ledger, [KEY], policy(there), pauses=pauses, seconds=seconds))
        finally:
            await ledger.stop()

    asyncio.run(run())


async def chosen(ledger: Ledger, consent_id: str, *effective: str, refused: tuple[str, ...] = ()) -> None:
    """Record a choice that allowed this much."""
    await ledger.append(
        ChoiceRecord(
            record_id=f"{consent_id}-{time.time_ns()}",
            consent_id=consent_id,
            chosen_at=1_795_000_000,
            policy_version="",
            policy_digest="q1Zc",
            language="en",
            method="form",
            action="save",
            allowed=effective,
            refused=refused,
            gpc=False,
            precedence="latest",
            effective=effective,
        )
    )


async def erase(ledger: Ledger, outbox: Outbox, consent_id: str, *allowed: str) -> None:
    tell = functools.partial(outbox.add, consent_id=consent_id, allowed=frozenset(allowed))
    await ledger.erase(consent_id, reason="a test", beside=tell)


def test_a_recipient_is_told_once_and_the_outbox_is_empty(url: str, there: Recipient) -> None:
    async def story(ledger: Ledger, outbox: Outbox) -> None:
        await chosen(ledger, "mine", "marketing", "mail")
        await erase(ledger, outbox, "mine")
        (message,) = await outbox.waiting()
        assert await outbox.deliver() == Delivered(delivered=1)
        (got,) = there.got
        assert json.loads(got.body)["data"] == {"consent_id": "mine", "service": "mail"}
        assert got.message_id == message.message_id
        assert abs(int(got.headers["webhook-timestamp"]) - time.time()) < 60
        assert await outbox.waiting() == []
        assert await outbox.deliver() == Delivered()
        told = [stored.record for stored in [stored async for stored in ledger.records(["erasure"])]]
        assert ["told" in record.content for record in told].count(True) == 1
        assert all("mine" not in record.content and record.consent_id == "" for record in told)
        assert (await ledger.verify()).holds

    tell(url, there, story)


def test_only_who_got_something_of_this_visitor_is_told(url: str, there: Recipient) -> None:
    async def story(ledger: Ledger, outbox: Outbox) -> None:
        await chosen(ledger, "once", "marketing", "mail", "ads")
        await chosen(ledger, "once", "preference")
        await chosen(ledger, "partly", "marketing", "mail", refused=("ads",))
        await chosen(ledger, "never", "preference", refused=("marketing", "analytics"))
        for consent_id in ("once", "partly", "never", "nobody"):
            await erase(ledger, outbox, consent_id)
        await erase(ledger, outbox, "now", "visits", "silent")
        told = {(message.consent_id, message.service) for message in await outbox.waiting()}
        assert told == {("once", "mail"), ("once", "ads"), ("partly", "mail"), ("now", "visits")}

    tell(url, there, story)


def test_a_record_of_the_first_release_tells_by_its_purposes(url: str, there: Recipient) -> None:
    async def story(ledger: Ledger, outbox: Outbox) -> None:
        choice = ChoiceRecord(
            record_id="old",
            consent_id="old",
            chosen_at=1,
            policy_version="",
            policy_digest="",
            language="",
            method="form",
            action="save",
            allowed=("marketing",),
            refused=("ads", "analytics"),
            gpc=False,
            precedence="latest",
        )
        await ledger.append(choice)
        await erase(ledger, outbox, "old")
        assert [message.service for message in await outbox.waiting()] == ["mail"]

    tell(url, there, story)


def test_an_erasure_that_fails_tells_nobody(url: str, there: Recipient) -> None:
    async def story(ledger: Ledger, outbox: Outbox) -> None:
        await chosen(ledger, "mine", "mail")

        async def fail(connection: object, erased: object) -> None:
            await outbox.add(connection, erased, consent_id="mine", allowed=frozenset())  # type: ignore[arg-type]
            raise LedgerError("half-way")

        with pytest.raises(LedgerError):
            await ledger.erase("mine", reason="a test", beside=fail)
        assert await outbox.waiting() == []
        assert len(await ledger.of_visitor("mine")) == 1

    tell(url, there, story)


def test_what_fails_is_tried_again_under_the_same_id(url: str, there: Recipient) -> None:
    async def story(ledger: Ledger, outbox: Outbox) -> None:
        there.statuses = [500, 302, 404, 200]
        await erase(ledger, outbox, "mine", "mail")
        done = await outbox.deliver()
        assert (done.delivered, done.postponed) == (1, 3)
        assert len({got.message_id for got in there.got}) == 1
        assert len(there.got) == 4

    tell(url, there, story)


def test_a_pause_grows_and_is_spread(url: str, there: Recipient) -> None:
    async def story(ledger: Ledger, outbox: Outbox) -> None:
        there.statuses = [500] * 20
        for number in range(20):
            await erase(ledger, outbox, f"visitor {number}", "mail")
        before = time.time()
        assert await outbox.deliver() == Delivered(postponed=20)
        waits = sorted(message.next_at - before for message in await outbox.waiting())
        assert waits[0] >= 998
        assert waits[-1] <= 1200 + (time.time() - before)
        assert waits[-1] - waits[0] > 5
        assert {message.problem for message in await outbox.waiting()} == {"HTTP status 500"}
        assert await outbox.deliver() == Delivered()

    tell(url, there, story, pauses=(1000.0, 5000.0))


def test_it_is_given_up_in_sight_and_can_be_taken_up_again(
    url: str, there: Recipient, caplog: pytest.LogCaptureFixture
) -> None:
    async def story(ledger: Ledger, outbox: Outbox) -> None:
        there.statuses = [503] * 3
        await erase(ledger, outbox, "mine", "mail")
        assert await outbox.deliver() == Delivered(postponed=2, given_up=1)
        (message,) = await outbox.waiting()
        assert (message.is_given_up, message.attempts, message.problem) == (True, 3, "HTTP status 503")
        assert "is not tried again" in caplog.text
        assert "mine" not in caplog.text
        assert await outbox.deliver() == Delivered()
        assert await outbox.revive() == 1
        assert await outbox.deliver() == Delivered(delivered=1)
        assert len({got.message_id for got in there.got}) == 1
        assert (await ledger.verify()).holds

    tell(url, there, story, pauses=(0.0, 0.0))


def test_what_was_given_up_goes_with_the_records_of_erasures(url: str, there: Recipient) -> None:
    async def story(ledger: Ledger, outbox: Outbox) -> None:
        there.statuses = [410]
        await erase(ledger, outbox, "mine", "mail")
        await outbox.deliver()
        await erase(ledger, outbox, "waiting", "mail")
        kept = Policy.parse('[retention]\nautomatic = true\nerasures = "30 days"\n')
        keeper = Housekeeping(kept, ledger, beside=[outbox.purge_expired])
        now = int(time.time())
        await keeper.tidy(now + 29 * 86_400)
        assert len(await outbox.waiting()) == 2
        await keeper.tidy(now + 31 * 86_400)
        assert [message.consent_id for message in await outbox.waiting()] == ["waiting"]

    tell(url, there, story)


def test_a_recipient_that_is_gone_is_not_asked_again(url: str, there: Recipient) -> None:
    async def story(ledger: Ledger, outbox: Outbox) -> None:
        there.statuses = [410]
        await erase(ledger, outbox, "mine", "mail")
        assert await outbox.deliver() == Delivered(given_up=1)

    tell(url, there, story)


def test_several_processes_send_each_message_once(url: str, there: Recipient) -> None:
    async def story(ledger: Ledger, outbox: Outbox) -> None:
        for number in range(40):
            await erase(ledger, outbox, f"visitor {number}", "mail")
        others = [Ledger(url, secret_keys=[KEY]) for _ in range(3)]
        outboxes = [outbox, *(Outbox(other, [KEY], policy(there), pauses=SOON) for other in others)]
        done = await asyncio.gather(*(each.deliver() for each in outboxes))
        assert sum(each.delivered for each in done) == 40
        assert len({got.message_id for got in there.got}) == len(there.got) == 40
        await asyncio.gather(*(other.stop() for other in others))

    tell(url, there, story)


def test_a_database_that_is_busy_when_the_answer_comes_is_no_reason_to_tell_again(
    tmp_path: Path, there: Recipient
) -> None:
    async def story(ledger: Ledger, outbox: Outbox) -> None:
        await erase(ledger, outbox, "mine", "mail")
        ledger.database.patience = 0.3
        there.may_answer.clear()
        delivering = asyncio.create_task(outbox.deliver())
        await asyncio.to_thread(there.wait_for, 1)
        other = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        there.may_answer.set()
        await asyncio.sleep(0.6)
        other.execute("ROLLBACK")
        other.close()
        ledger.database.patience = 30
        assert await delivering == Delivered(delivered=1)
        assert len(there.got) == 1
        assert await outbox.waiting() == []
        assert (await ledger.verify()).holds

    tell(f"sqlite:///{tmp_path / 'ledger.db'}", there, story)


def test_a_clock_that_was_years_ahead_keeps_nothing_from_being_sent(url: str, there: Recipient) -> None:
    async def story(ledger: Ledger, outbox: Outbox) -> None:
        await erase(ledger, outbox, "mine", "mail")
        await erase(ledger, outbox, "another", "mail")
        ahead = int(time.time()) + 10 * 365 * 86_400
        claim = functools.partial(outbox_rows.claim, lease="of another time", now=ahead, until=ahead + 60, limit=2)
        first, _ = await ledger.database.run(claim, writing=True)
        later = msgspec.structs.replace(first, next_at=ahead + 300)
        await ledger.database.run(
            functools.partial(outbox_rows.postpone, message=later, lease="of another time"), writing=True
        )
        assert await outbox.deliver() == Delivered(delivered=2)

    tell(url, there, story)


def test_what_a_process_left_behind_is_sent_by_another_once_its_lease_is_over(url: str, there: Recipient) -> None:
    async def story(ledger: Ledger, outbox: Outbox) -> None:
        await erase(ledger, outbox, "mine", "mail")
        now = int(time.time())
        claim = functools.partial(outbox_rows.claim, lease="of the dead", now=now, limit=8)
        assert len(await ledger.database.run(functools.partial(claim, until=now + 60), writing=True)) == 1
        assert await outbox.deliver() == Delivered()
        # As if that had been a minute ago.
        later = functools.partial(claim, now=now + 61, until=now - 1)
        await ledger.database.run(later, writing=True)
        assert await outbox.deliver() == Delivered(delivered=1)

    tell(url, there, story)


def test_a_slow_process_does_not_take_back_what_another_has_taken_over(url: str, there: Recipient) -> None:
    async def story(ledger: Ledger, outbox: Outbox) -> None:
        await erase(ledger, outbox, "mine", "mail")
        now = int(time.time())
        for lease, moment in (("slow", now), ("fast", now + 61)):
            claim = functools.partial(outbox_rows.claim, lease=lease, now=moment, until=moment + 60, limit=8)
            (message,) = await ledger.database.run(claim, writing=True)
        postpone = functools.partial(outbox_rows.postpone, message=message, lease="slow")
        await ledger.database.run(postpone, writing=True)
        again = functools.partial(outbox_rows.claim, lease="third", now=now + 62, until=now + 120, limit=8)
        assert await ledger.database.run(again, writing=True) == []

    tell(url, there, story)


def test_an_address_that_was_changed_in_the_database_is_not_asked(tmp_path: Path, there: Recipient) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"

    async def story(ledger: Ledger, outbox: Outbox) -> None:
        await erase(ledger, outbox, "mine", "mail")
        other = Outbox(ledger, [KEY], Policy())

        async def change(connection: object) -> None:
            await connection.exec_driver_sql("UPDATE consent_outbox SET url = 'http://10.0.0.1/'")  # type: ignore[attr-defined]

        await ledger.database.run(change, writing=True)
        assert await other.deliver() == Delivered(given_up=1)
        assert there.got == []
        # The policy's own address comes first.
        await outbox.revive()
        assert await outbox.deliver() == Delivered(delivered=1)

    tell(url, there, story)


def test_a_slow_recipient_is_tried_again(url: str, there: Recipient) -> None:
    async def story(ledger: Ledger, outbox: Outbox) -> None:
        there.seconds = 5
        await erase(ledger, outbox, "mine", "mail")
        assert await outbox.deliver() == Delivered(postponed=1)
        (message,) = await outbox.waiting()
        assert "0.3 s" in message.problem or "timed out" in message.problem

    tell(url, there, story, pauses=(1000.0,), seconds=0.3)


def test_in_the_background_it_is_delivered_once_it_was_woken(url: str, there: Recipient) -> None:
    async def story(ledger: Ledger, outbox: Outbox) -> None:
        outbox.wake()
        await erase(ledger, outbox, "mine", "mail")
        outbox.wake()
        outbox.wake()
        await asyncio.to_thread(there.wait_for, 1)
        await erase(ledger, outbox, "another", "mail")
        outbox.wake()
        got = await asyncio.to_thread(there.wait_for, 2)
        assert len(got) == 2

    tell(url, there, story)


def test_without_a_database_nothing_is_lost(tmp_path: Path, there: Recipient) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"

    async def story(ledger: Ledger, outbox: Outbox) -> None:
        await erase(ledger, outbox, "mine", "mail")
        await ledger.stop()
        (tmp_path / "ledger.db").rename(tmp_path / "elsewhere.db")
        (tmp_path / "ledger.db").write_text("not a database, but long enough to be taken for one\n" * 50)
        with pytest.raises((LedgerError, LedgerUnavailable)):
            await outbox.deliver()
        await ledger.stop()
        (tmp_path / "ledger.db").unlink()
        (tmp_path / "elsewhere.db").rename(tmp_path / "ledger.db")

    tell(url, there, story)
    tell(url, there, lambda ledger, outbox: _expect(outbox, Delivered(delivered=1)))


async def _expect(outbox: Outbox, done: Delivered) -> None:
    assert await outbox.deliver() == done
