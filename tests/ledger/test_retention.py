"""Each kind of record is kept as long as the policy says of it, and one process of many sees to that."""

import asyncio
import logging
from collections import Counter
from pathlib import Path

import pytest

from consent_middleware import Policy
from consent_middleware.errors import PolicyError
from consent_middleware.ledger import Housekeeping, Ledger, Record
from consent_middleware.ledger.purging import retention_of
from consent_middleware.ledger.records import Kind
from consent_middleware.storage.tasks import take_task
from tests.driving import KEY, App, get, mounted, serving

DAY = 86_400
YEAR = 365 * DAY
NOW = 2_000_000_000
POLICY = """
lifetime = "1 month"
[retention]
choices = "3 years"
signals = "1 year"
requests = "2 years"
erasures = "10 years"
automatic = true
"""
KINDS: tuple[Kind, ...] = ("choice", "withdrawal", "expiry", "signal", "request", "answer", "erasure", "guardian")


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/consent.db"


async def fill(ledger: Ledger) -> None:
    """One record of each kind for each of the last twelve years."""
    for age in range(12):
        for place, kind in enumerate(KINDS):
            record_id = f"{age:016d}{place:016d}"
            at = NOW - age * YEAR - DAY
            await ledger.add(Record(record_id=record_id, kind=kind, consent_id="c", recorded_at=at, content="{}"))


async def left(ledger: Ledger) -> dict[str, int]:
    return dict(Counter([stored.record.kind async for stored in ledger.records()]))


def test_each_kind_is_kept_as_long_as_the_policy_says_and_the_chain_holds(url: str) -> None:
    async def run() -> None:
        ledger = Ledger(url, secret_keys=[KEY])
        await fill(ledger)
        done = await ledger.purge(retention_of(Policy.parse(POLICY)), now=NOW)
        expected = {"choice": 3, "withdrawal": 3, "guardian": 3, "expiry": 1, "signal": 1, "request": 2, "answer": 2}
        assert await left(ledger) == expected | {"erasure": 10}
        assert done.removed + done.erased == 12 * len(KINDS) - 25
        assert (await ledger.verify()).problems == []
        await ledger.stop()

    asyncio.run(run())


def test_a_kind_without_a_time_of_its_own_is_kept_like_choices() -> None:
    retention = retention_of(Policy.parse('[retention]\nchoices = "2 years"\n'))
    assert (retention.kinds, retention.others) == ({}, 2 * YEAR)


def test_of_many_processes_one_does_it_and_once_a_day(url: str) -> None:
    policy = Policy.parse(POLICY)

    async def run() -> None:
        ledgers = [Ledger(url, secret_keys=[KEY]) for _ in range(5)]
        await fill(ledgers[0])
        keepers = [Housekeeping(policy, ledger) for ledger in ledgers]
        first = await asyncio.gather(*(keeper.tidy(NOW) for keeper in keepers))
        assert sum(done is not None for done in first) == 1
        again = await asyncio.gather(*(keeper.tidy(NOW + DAY - 1) for keeper in keepers))
        assert again == [None] * 5
        assert sum(done is not None for done in [await keeper.tidy(NOW + DAY) for keeper in keepers]) == 1
        for ledger in ledgers:
            await ledger.stop()

    asyncio.run(run())


def test_a_clock_that_was_ahead_keeps_the_task_from_nobody_for_good(url: str) -> None:
    async def run() -> None:
        database = Ledger(url, secret_keys=[KEY]).database
        assert await take_task(database, "purge", now=NOW + 1000 * DAY, period=DAY)
        assert await take_task(database, "purge", now=NOW, period=DAY)
        assert not await take_task(database, "purge", now=NOW, period=DAY)
        assert await take_task(database, "another", now=NOW, period=DAY)
        await database.stop()

    asyncio.run(run())


def test_it_is_off_unless_the_policy_switches_it_on(url: str) -> None:
    async def run() -> None:
        ledger = Ledger(url, secret_keys=[KEY])
        await fill(ledger)
        keeper = Housekeeping(Policy.parse(POLICY.replace("automatic = true", "")), ledger)
        assert await keeper.tidy(NOW) is None
        keeper.follow(Policy.parse(POLICY))
        assert await keeper.tidy(NOW) is not None
        await ledger.stop()

    asyncio.run(run())


def test_a_server_starts_it_and_stops_it_with_the_app(
    url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("consent_middleware.ledger.housekeeping.random.uniform", lambda low, high: low)
    caplog.set_level(logging.INFO, "consent_middleware")
    middleware = mounted(App(), POLICY, ledger=url)

    async def filled() -> None:
        ledger = Ledger(url, secret_keys=[KEY])
        await fill(ledger)
        await ledger.stop()

    async def emptied() -> None:
        ledger = Ledger(url, secret_keys=[KEY])
        for _ in range(600):
            if not await ledger.count_of():
                break
            await asyncio.sleep(0.05)
        assert await ledger.count_of() == 0
        await ledger.stop()

    asyncio.run(filled())
    monkeypatch.setattr("time.time", lambda: NOW + 100 * YEAR)
    with serving(middleware):
        assert get(middleware).status == 200
        asyncio.run(emptied())


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[retention]\nchoices = "session"', "retention.choices"),
        ('[retention]\nsignals = "session"', "retention.signals"),
        ('[retention]\nchoices = "5 months"', "retention.choices"),
        ("[retention]\nrequests = 5", "retention.requests"),
    ],
)
def test_a_time_that_keeps_no_proof_is_a_problem(text: str, key: str) -> None:
    with pytest.raises(PolicyError) as found:
        Policy.parse(text)
    assert [problem.key for problem in found.value.problems] == [key]
