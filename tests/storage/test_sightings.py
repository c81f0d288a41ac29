"""Cookies seen by one process and expired by another."""

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from consent_middleware.errors import LedgerUnavailable
from consent_middleware.storage import sightings as sightings_module
from consent_middleware.storage.database import Database
from consent_middleware.storage.sightings import CookieSighting, Sightings
from tests.waiting import until_async

GA = CookieSighting(name="_ga", domain="example.com", path="/", secure=False, partitioned=False)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'ledger.db'}"


async def remember(url: str, *seen: CookieSighting) -> list[CookieSighting]:
    database = Database(url)
    sightings = Sightings(database)
    for sighting in seen:
        sightings.remember(sighting)
    await sightings.flush()
    known = await sightings.known()
    await database.stop()
    return known


def test_a_freshly_started_process_knows_the_cookies_that_others_saw(url: str) -> None:
    others = [
        replace(GA, domain=None),
        replace(GA, path="/checkout"),
        replace(GA, secure=True),
        replace(GA, secure=True, partitioned=True),
    ]
    asyncio.run(remember(url, GA, *others))
    known = asyncio.run(remember(url))
    assert len(known) == 5
    assert set(known) == {GA, *others}


def test_seen_again_by_this_or_another_process_it_is_stored_once(url: str) -> None:
    host_only = replace(GA, domain=None)
    for _ in range(2):
        known = asyncio.run(remember(url, GA, host_only, GA, host_only))
    assert sorted(known, key=str) == sorted([GA, host_only], key=str)


def test_no_more_are_kept_than_the_limit(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sightings_module, "LIMIT", 10)
    known = asyncio.run(remember(url, *(replace(GA, name=f"made-up-{n}") for n in range(20))))
    assert len(known) == 10
    known = asyncio.run(remember(url, *(replace(GA, name=f"another-{n}") for n in range(20))))
    assert len(known) == 10


@pytest.mark.parametrize("name", ["x" * 2000, "nul\0", "half a \ud800 pair"])
def test_what_no_database_could_store_is_dropped_without_harm(url: str, name: str) -> None:
    assert asyncio.run(remember(url, replace(GA, name=name), GA)) == [GA]


def test_remembering_never_waits_or_raises_and_tries_again_when_the_database_is_back(tmp_path: Path) -> None:
    folder = tmp_path / "later"
    folder.mkdir()

    async def story() -> None:
        database = Database(f"sqlite:///{folder / 'ledger.db'}")
        sightings = Sightings(database)
        folder.rmdir()
        began = asyncio.get_running_loop().time()
        sightings.remember(GA)
        assert asyncio.get_running_loop().time() - began < 1
        await sightings.flush()
        with pytest.raises(LedgerUnavailable):
            await sightings.known()
        folder.mkdir()

        async def known() -> list[CookieSighting]:
            sightings.remember(GA)
            await sightings.flush()
            # Until a probe has found that the database answers again.
            with suppress(LedgerUnavailable):
                return await sightings.known()
            return []

        assert await until_async(known) == [GA]
        await database.stop()

    asyncio.run(story())


@settings(max_examples=25)
@given(
    st.sets(
        st.builds(
            CookieSighting,
            name=st.text(max_size=20),
            domain=st.none() | st.text(min_size=1, max_size=20),
            path=st.text(max_size=20),
            secure=st.booleans(),
            partitioned=st.booleans(),
        ),
        max_size=5,
    )
)
def test_whatever_a_header_carries_comes_back_as_it_was_or_not_at_all(seen: set[CookieSighting]) -> None:
    known = asyncio.run(remember("sqlite://", *seen))
    assert len(known) == len(set(known))
    assert set(known) <= seen
    assert {sighting for sighting in seen if str(sighting).isascii() and "\\x00" not in str(sighting)} <= set(known)
