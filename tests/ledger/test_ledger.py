"""Every choice is recorded once, before it is answered."""

import asyncio
import dataclasses
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent_middleware.errors import LedgerError, LedgerUnavailable
from consent_middleware.ledger import ChoiceRecord, Ledger
from consent_middleware.storage.sightings import CookieSighting
from tests.waiting import PATIENCE, until_async

MakeRecord = Callable[[], ChoiceRecord]


async def read(ledger: Ledger) -> list[ChoiceRecord]:
    return [record async for record in ledger.choices()]


def test_a_record_comes_back_as_it_was(url: str, make_record: MakeRecord) -> None:
    record = make_record()
    ledger = Ledger(url)
    asyncio.run(ledger.append(record))
    asyncio.run(ledger.stop())

    async def story() -> None:
        again = Ledger(url)
        assert await read(again) == [record]
        assert await again.count() == 1
        await again.stop()

    asyncio.run(story())


def test_records_come_in_the_order_of_time_page_by_page(url: str, make_record: MakeRecord) -> None:
    records = [make_record() for _ in range(2500)]

    async def story() -> None:
        ledger = Ledger(url, patience=PATIENCE)
        await asyncio.gather(*map(ledger.append, reversed(records)))
        assert await read(ledger) == records
        await ledger.stop()

    asyncio.run(story())


def test_records_of_one_second_are_all_read(url: str, make_record: MakeRecord) -> None:
    records = [dataclasses.replace(make_record(), chosen_at=1_795_000_000) for _ in range(2001)]

    async def story() -> None:
        ledger = Ledger(url, patience=PATIENCE)
        await asyncio.gather(*map(ledger.append, records))
        assert {record.record_id for record in await read(ledger)} == {record.record_id for record in records}
        assert await ledger.count() == 2001
        await ledger.stop()

    asyncio.run(story())


def test_appending_goes_on_while_choices_are_read(url: str, make_record: MakeRecord) -> None:
    async def story() -> None:
        ledger = Ledger(url, patience=PATIENCE)
        before = [make_record() for _ in range(1500)]
        await asyncio.gather(*map(ledger.append, before))
        found = []
        async for record in ledger.choices():
            found.append(record)
            if len(found) in (1, 1200):
                await ledger.append(make_record())
        assert found[:1500] == before
        await ledger.stop()

    asyncio.run(story())


def test_one_id_is_recorded_once(url: str, make_record: MakeRecord) -> None:
    async def story() -> None:
        ledger = Ledger(url)
        record = make_record()
        await asyncio.gather(ledger.append(record), ledger.append(record))
        await ledger.append(dataclasses.replace(record, allowed=()))
        assert await read(ledger) == [record]
        await ledger.stop()

    asyncio.run(story())


def test_a_record_that_cannot_be_stored_fails_alone(url: str, make_record: MakeRecord) -> None:
    async def story() -> None:
        ledger = Ledger(url)
        records = [make_record() for _ in range(3)]
        records[1] = dataclasses.replace(records[1], language="\ud800")
        answers = await asyncio.gather(*map(ledger.append, records), return_exceptions=True)
        assert [type(answer) for answer in answers] == [type(None), LedgerError, type(None)]
        assert await read(ledger) == [records[0], records[2]]
        await ledger.stop()

    asyncio.run(story())


def test_a_database_that_does_not_answer_is_an_error_in_time_and_nothing_is_recorded(
    url: str, tmp_path: Path, make_record: MakeRecord
) -> None:
    async def story() -> None:
        ledger = Ledger(url, patience=0.5)
        await ledger.start()
        other = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        began = asyncio.get_running_loop().time()
        answers = await asyncio.gather(*(ledger.append(make_record()) for _ in range(20)), return_exceptions=True)
        assert {type(answer) for answer in answers} == {LedgerUnavailable}
        assert asyncio.get_running_loop().time() - began < 2
        other.execute("ROLLBACK")
        other.close()
        assert await ledger.count() == 0

        async def is_recorded() -> bool:
            # Until a probe has found that the database answers again.
            with suppress(LedgerUnavailable):
                await ledger.append(make_record())
                return True
            return False

        assert await until_async(is_recorded)
        assert await ledger.count() == 1
        await ledger.stop()

    asyncio.run(story())


def test_a_request_whose_loop_ends_leaves_the_ledger_working(url: str, make_record: MakeRecord) -> None:
    ledger = Ledger(url)

    async def walk_away() -> None:
        pending = [asyncio.ensure_future(ledger.append(make_record())) for _ in range(20)]
        await asyncio.sleep(0)
        for task in pending:
            task.cancel()

    for _ in range(3):
        asyncio.run(walk_away())
    asyncio.run(ledger.append(make_record()))
    assert 1 <= asyncio.run(ledger.count()) <= 61
    asyncio.run(ledger.stop())


def test_a_stop_writes_what_was_remembered_and_a_ledger_never_used_stops_at_once(url: str, tmp_path: Path) -> None:
    sighting = CookieSighting(name="_ga", domain=None, path="/checkout", secure=True, partitioned=False)

    async def story() -> None:
        ledger = Ledger(url)
        ledger.remember_cookie(sighting)
        await ledger.stop()
        assert await ledger.known_cookies() == [sighting]
        await ledger.stop()

    asyncio.run(Ledger(url).stop())
    assert not (tmp_path / "ledger.db").exists()
    asyncio.run(story())


def test_without_create_no_ledger_is_made(url: str, tmp_path: Path) -> None:
    async def story() -> None:
        ledger = Ledger(url, create=False)
        with pytest.raises(LedgerError, match="no ledger"):
            await ledger.start()
        await ledger.stop()

    asyncio.run(story())


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@settings(max_examples=25)
@given(
    st.builds(
        ChoiceRecord,
        record_id=st.uuids().map(lambda id: id.hex),
        consent_id=texts,
        chosen_at=st.integers(-(2**62), 2**62),
        policy_version=texts,
        policy_digest=texts,
        language=texts,
        method=texts,
        action=texts,
        allowed=st.lists(texts, max_size=4).map(tuple),
        refused=st.lists(texts, max_size=4).map(tuple),
        gpc=st.booleans(),
        precedence=texts,
    )
)
def test_any_record_comes_back_as_it_was(record: ChoiceRecord) -> None:
    async def story() -> None:
        ledger = Ledger("sqlite://")
        await ledger.append(record)
        assert await read(ledger) == [record]
        await ledger.stop()

    asyncio.run(story())


def test_a_clock_that_goes_back_breaks_no_chain_and_loses_no_record(url: str, make_record: MakeRecord) -> None:
    """Order comes from places, not from times."""
    times = [1_795_000_000, 1_795_003_600, 1_794_990_000, 1_795_003_600, 1_795_000_001]

    async def run() -> None:
        ledger = Ledger(url, secret_keys=["k"])
        for moment in times:
            await ledger.append(dataclasses.replace(make_record(), chosen_at=moment))
        report = await ledger.verify()
        assert report.problems == []
        assert [record.chosen_at async for record in ledger.choices()] == sorted(times)
        await ledger.stop()

    asyncio.run(run())
