"""The same ledger in a real PostgreSQL."""

import asyncio
import dataclasses
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from consent_middleware.errors import LedgerError, LedgerUnavailable
from consent_middleware.ledger import ChoiceRecord, Ledger
from consent_middleware.storage.sightings import CookieSighting
from tests.postgresql import Server

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

pytestmark = pytest.mark.slow

MakeRecord = Callable[[], ChoiceRecord]


@pytest.fixture
def url(postgresql_url: str) -> str:
    return postgresql_url


def test_choices_and_cookies_come_back_as_they_were(url: str, make_record: MakeRecord) -> None:
    async def story() -> None:
        records = [make_record() for _ in range(1200)]
        sighting = CookieSighting(name="_ga", domain=None, path="/", secure=True, partitioned=True)
        ledger = Ledger(url)
        await asyncio.gather(*map(ledger.append, records), ledger.append(records[0]))
        ledger.remember_cookie(sighting)
        await ledger.stop()
        again = Ledger(url, create=False)
        again.remember_cookie(sighting)
        assert [record async for record in again.choices()] == records
        assert await again.count() == 1200
        await again.stop()
        assert await again.known_cookies() == [sighting]
        await again.stop()

    asyncio.run(story())


def test_many_that_start_at_once_on_a_new_database_all_find_it_ready(url: str, make_record: MakeRecord) -> None:
    async def story() -> None:
        ledgers = [Ledger(url) for _ in range(8)]
        await asyncio.gather(*(ledger.append(make_record()) for ledger in ledgers))
        assert await ledgers[0].count() == 8
        await asyncio.gather(*(ledger.stop() for ledger in ledgers))

    asyncio.run(story())


def test_an_account_that_may_make_no_tables_is_told_so_at_once(url: str) -> None:
    async def story() -> None:
        ledger = Ledger(url)
        await ledger.database.run(_make_reader, writing=True)
        await ledger.stop()

    async def _make_reader(connection: "AsyncConnection") -> None:
        await connection.exec_driver_sql("DROP TABLE consent_schema")
        await connection.exec_driver_sql("CREATE ROLE reader LOGIN")

    async def look() -> None:
        ledger = Ledger(url.replace("postgres@", "reader@"), patience=30)
        began = time.monotonic()
        with pytest.raises(LedgerError, match="permission denied") as caught:
            await ledger.start()
        assert not isinstance(caught.value, LedgerUnavailable)
        assert time.monotonic() - began < 20
        await ledger.stop()

    asyncio.run(story())
    asyncio.run(look())


def test_each_event_loop_may_append(url: str, make_record: MakeRecord) -> None:
    ledger = Ledger(url)
    for _ in range(3):
        asyncio.run(ledger.append(make_record()))
    assert asyncio.run(ledger.count()) == 3
    asyncio.run(ledger.stop())


def test_a_record_that_postgresql_cannot_store_fails_alone(url: str, make_record: MakeRecord) -> None:
    async def story() -> None:
        ledger = Ledger(url)
        records = [make_record() for _ in range(4)]
        records[1] = dataclasses.replace(records[1], consent_id="\0")
        records[2] = dataclasses.replace(records[2], language="\ud800")
        answers = await asyncio.gather(*map(ledger.append, records), return_exceptions=True)
        assert [type(answer) for answer in answers] == [type(None), LedgerError, LedgerError, type(None)]
        assert await ledger.count() == 2
        await ledger.stop()

    asyncio.run(story())


def test_a_server_that_hangs_is_an_error_in_time_and_used_again_when_it_is_back(
    url: str, server: Server, make_record: MakeRecord
) -> None:
    async def story() -> None:
        ledger = Ledger(url, patience=1)
        await ledger.start()
        await ledger.append(make_record())
        server.pause(True)
        try:
            began = asyncio.get_running_loop().time()
            answers = await asyncio.gather(*(ledger.append(make_record()) for _ in range(5)), return_exceptions=True)
            assert {type(answer) for answer in answers} == {LedgerUnavailable}
            assert asyncio.get_running_loop().time() - began < 4.5
        finally:
            server.pause(False)
        for _ in range(600):
            try:
                await ledger.append(make_record())
                break
            except LedgerUnavailable:
                await asyncio.sleep(0.1)
        assert await ledger.count() == 2
        await ledger.stop()

    asyncio.run(story())


def test_connections_that_the_server_closed_are_replaced(url: str, server: Server, make_record: MakeRecord) -> None:
    import asyncpg  # type: ignore[import-untyped]  # it ships no types

    async def story() -> None:
        ledger = Ledger(url)
        await ledger.append(make_record())
        other = await asyncpg.connect(url)
        await other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await other.close()
        await ledger.append(make_record())
        assert await ledger.count() == 2
        await ledger.stop()

    asyncio.run(story())


def test_a_database_that_does_not_exist_is_an_error_of_ours(server: Server) -> None:
    async def story() -> None:
        ledger = Ledger(server.url("nowhere"))
        with pytest.raises(LedgerError, match="nowhere"):
            await ledger.start()
        await ledger.stop()

    asyncio.run(story())


def test_without_create_no_tables_are_made_in_a_database_of_others(url: str) -> None:
    async def story() -> None:
        ledger = Ledger(url, create=False)
        with pytest.raises(LedgerError, match="no ledger"):
            await ledger.count()
        await ledger.stop()

    asyncio.run(story())
