"""What happens to a request: it is proven step by step, it is due in time, and nothing is left of it once it is closed."""

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from consent_middleware import Policy
from consent_middleware.errors import LedgerError
from consent_middleware.ledger import Housekeeping, Ledger
from consent_middleware.rights.queue import Asking, RequestQueue
from consent_middleware.rights.requests import STATES

KEY = "a key that only the tests know"
DAY = int(datetime(2026, 1, 30, 12, tzinfo=UTC).timestamp())
Story = Callable[[RequestQueue, Ledger], Awaitable[None]]


def tell(url: str, story: Story) -> None:
    async def run() -> None:
        ledger = Ledger(url, secret_keys=[KEY])
        try:
            await story(RequestQueue(ledger, [KEY]), ledger)
        finally:
            await ledger.stop()

    asyncio.run(run())


def asking(queue: RequestQueue, consent_id: str = "mine", *, verify: bool = False, message: str = "Please") -> Asking:
    return Asking(
        kind="correction",
        ticket=queue.numbers.ticket(),
        consent_id=consent_id,
        contact="me@example.com",
        message=message,
        working_days=15,
        calendar="CN",
        needs_verification=verify,
    )


def test_a_request_is_due_fifteen_working_days_after_its_visitor_is_known(url: str) -> None:
    async def story(queue: RequestQueue, _: Ledger) -> None:
        received = await queue.receive(asking(queue, verify=True), now=DAY - 86_400 * 20)
        assert received.request.state == "unverified"
        assert received.request.due_on == ""
        verified = await queue.verify(received.request.number, now=DAY)
        assert (verified.state, verified.due_on, verified.verified_at) == ("open", "2026-02-27", DAY)
        stored = await queue.find(received.request.number)
        assert stored is not None
        assert stored.request == verified

    tell(url, story)


def test_a_request_that_needs_no_verification_is_due_from_its_receipt(url: str) -> None:
    async def story(queue: RequestQueue, _: Ledger) -> None:
        asked = Asking(
            kind="child-deletion", ticket=queue.numbers.ticket(), consent_id="child", working_days=15, calendar="CN"
        )
        received = await queue.receive(asked, now=DAY)
        assert (received.request.state, received.request.due_on) == ("open", "2026-02-27")

    tell(url, story)


def test_the_same_form_sent_twice_is_one_request_with_one_record(url: str) -> None:
    async def story(queue: RequestQueue, ledger: Ledger) -> None:
        same = asking(queue)
        received = await asyncio.gather(*(queue.receive(same) for _ in range(5)))
        assert len({(each.request.number, each.reference) for each in received}) == 1
        other = Asking(kind="complaint", ticket=same.ticket, message="Another", working_days=15, calendar="CN")
        assert (await queue.receive(other)).request.number != received[0].request.number
        assert len([request async for request in queue.requests()]) == 2
        assert len([stored async for stored in ledger.records(["request"])]) == 2
        assert (await ledger.verify()).holds

    tell(url, story)


def test_every_step_is_in_the_chain_and_about_nobody(url: str) -> None:
    async def story(queue: RequestQueue, ledger: Ledger) -> None:
        number = (await queue.receive(asking(queue, verify=True))).request.number
        await queue.verify(number)
        await queue.answer(number, "It is corrected.")
        await queue.close(number)
        steps = [stored.record async for stored in ledger.records()]
        assert sorted(record.kind for record in steps) == ["answer", "answer", "request", "request"]
        for record in steps:
            assert record.consent_id == ""
            for personal in ("mine", "me@example.com", "Please", "corrected."):
                assert personal not in record.content
        assert (await ledger.verify()).holds

    tell(url, story)


def test_what_was_asked_is_proven_until_it_is_erased(url: str) -> None:
    async def story(queue: RequestQueue, _: Ledger) -> None:
        number = (await queue.receive(asking(queue))).request.number
        stored = await queue.find(number)
        assert stored is not None
        assert await queue.is_proven(stored) is True
        changed = stored._replace(request=replace(stored.request, message="Something else"))
        assert await queue.is_proven(changed) is False
        await queue.withdraw(number)
        left = await queue.find(number)
        assert left is not None
        assert await queue.is_proven(left) is None

    tell(url, story)


def test_closing_leaves_nothing_that_anybody_wrote(tmp_path: Path) -> None:
    async def story(queue: RequestQueue, _: Ledger) -> None:
        received = await queue.receive(asking(queue, message="a very personal story"))
        await queue.answer(received.request.number, "a very personal answer")
        shown = await queue.find_by_reference(received.reference)
        assert shown is not None
        assert shown.answer == "a very personal answer"
        await queue.close(received.request.number)
        assert await queue.of_visitor("mine") == []
        left = await queue.find_by_reference(received.reference)
        assert left is not None
        assert (left.state, left.consent_id, left.contact, left.message, left.answer) == ("closed", "", "", "", "")

    tell(f"sqlite:///{tmp_path / 'ledger.db'}", story)
    for file in tmp_path.glob("ledger.db*"):
        if file.is_file():
            assert b"personal" not in file.read_bytes()


def test_a_step_out_of_turn_is_refused_and_recorded_nowhere(url: str) -> None:
    async def story(queue: RequestQueue, ledger: Ledger) -> None:
        number = (await queue.receive(asking(queue, verify=True))).request.number
        for step in (queue.close(number), queue.answer(number, "too early"), queue.verify("0000-0000-0000")):
            with pytest.raises(LedgerError):
                await step
        await queue.answer(number, "We cannot tell that it is you.", is_refused=True)
        for step in (queue.verify(number), queue.answer(number, "again"), queue.answer(number, "x", is_refused=True)):
            with pytest.raises(LedgerError, match="is refused, not"):
                await step
        assert len([stored async for stored in ledger.records()]) == 2

    tell(url, story)


def test_of_two_who_answer_at_once_one_is_told_that_it_was_done(url: str) -> None:
    async def story(queue: RequestQueue, ledger: Ledger) -> None:
        number = (await queue.receive(asking(queue))).request.number
        other = Ledger(url, secret_keys=[KEY])
        answers = await asyncio.gather(
            *(RequestQueue(each, [KEY]).answer(number, "done") for each in (ledger, other) for _ in range(3)),
            return_exceptions=True,
        )
        await other.stop()
        assert [isinstance(answer, LedgerError) for answer in answers].count(False) == 1
        assert len([stored async for stored in ledger.records(["answer"])]) == 1
        assert (await ledger.verify()).holds

    tell(url, story)


def test_a_step_that_fails_does_not_touch_what_is_written_beside_it(url: str) -> None:
    async def story(queue: RequestQueue, ledger: Ledger) -> None:
        numbers = [(await queue.receive(asking(queue))).request.number for _ in range(4)]
        await queue.withdraw(numbers[0])
        # All in one transaction at first; the one that fails then fails alone.
        answers = await asyncio.gather(
            queue._step(await found(queue, numbers[0]), "answered", ("open",), {"state": "answered"}),
            *(queue.answer(number, "done") for number in numbers[1:]),
            return_exceptions=True,
        )
        assert [isinstance(answer, LedgerError) for answer in answers] == [True, False, False, False]
        assert (await ledger.verify()).holds

    async def found(queue: RequestQueue, number: str):  # type: ignore[no-untyped-def]
        stored = await queue.find(number)
        assert stored is not None
        return stored.request

    tell(url, story)


def test_erasing_a_visitor_closes_what_is_answered_and_keeps_what_waits(url: str) -> None:
    async def story(queue: RequestQueue, _: Ledger) -> None:
        waiting = await queue.receive(asking(queue, message="waits"))
        answered = await queue.receive(asking(queue, message="answered"))
        others = await queue.receive(asking(queue, "another's"))
        await queue.answer(answered.request.number, "done")
        await queue.answer(others.request.number, "done")
        assert await queue.let_go_of("mine") == 1
        assert [request.message for request in await queue.of_visitor("mine")] == ["waits"]
        assert len(await queue.of_visitor("another's")) == 1
        left = await queue.find_by_reference(waiting.reference)
        assert left is not None
        assert left.message == "waits"

    tell(url, story)


def test_nothing_is_found_under_no_id_or_a_wrong_reference(url: str) -> None:
    async def story(queue: RequestQueue, _: Ledger) -> None:
        received = await queue.receive(asking(queue, ""))
        assert await queue.of_visitor("") == []
        assert await queue.find_by_reference("") is None
        for typed in ("", "\0", "\ud83d", "0000-0000-0000", received.reference, "\0000-0000-0000"):
            assert await queue.find(typed) is None
            assert await queue.find_by_reference(typed[:12]) is None
        assert await queue.find_by_reference(received.request.number) is None
        assert await queue.find_by_reference(received.reference[:-1]) is None
        assert await queue.find_by_reference(received.reference) == received.request

    tell(url, story)


def test_requests_come_in_the_order_in_which_they_are_due(url: str) -> None:
    async def story(queue: RequestQueue, _: Ledger) -> None:
        made = {}
        for offset in (40, 0, 20):
            made[offset] = await queue.receive(asking(queue, message=str(offset)), now=DAY + offset * 86_400)
        made[1] = await queue.receive(asking(queue, verify=True, message="unverified"))
        listed = [request.message async for request in queue.requests(["open", "unverified"])]
        assert listed == ["unverified", "0", "20", "40"]
        due = [request.message async for request in queue.requests(STATES, due_before="2026-02-28")]
        assert due == ["0"]

    tell(url, story)


def test_only_what_ended_long_ago_is_purged(url: str) -> None:
    async def story(queue: RequestQueue, _: Ledger) -> None:
        waiting = await queue.receive(asking(queue), now=DAY)
        ended = await queue.receive(asking(queue), now=DAY)
        await queue.withdraw(ended.request.number)
        assert await queue.purge(DAY + 1) == 0
        assert await queue.purge(2**40) == 1
        assert [request.number async for request in queue.requests()] == [waiting.request.number]

    tell(url, story)


def test_a_queue_in_the_database_says_nothing_of_a_reference(tmp_path: Path) -> None:
    seen = []

    async def story(queue: RequestQueue, _: Ledger) -> None:
        seen.append((await queue.receive(asking(queue))).reference)

    tell(f"sqlite:///{tmp_path / 'ledger.db'}", story)
    connection = sqlite3.connect(tmp_path / "ledger.db")
    row = str(connection.execute("SELECT * FROM consent_requests").fetchall())
    connection.close()
    assert seen[0] not in row
    assert seen[0].replace("-", "") not in row


def test_the_days_housekeeping_deletes_what_ended_longer_ago_than_the_policy_keeps_it(url: str) -> None:
    policy = Policy.parse('[retention]\nautomatic = true\nrequests = "30 days"\n')

    async def story(queue: RequestQueue, ledger: Ledger) -> None:
        waiting = await queue.receive(asking(queue), now=DAY)
        ended = await queue.receive(asking(queue), now=DAY)
        await queue.withdraw(ended.request.number)
        keeper = Housekeeping(policy, ledger, beside=[queue.purge_expired])
        now = int(time.time())
        await keeper.tidy(now + 86_400 * 29)
        assert len([request async for request in queue.requests()]) == 2
        await keeper.tidy(now + 86_400 * 31)
        assert [request.number async for request in queue.requests()] == [waiting.request.number]

    tell(url, story)
