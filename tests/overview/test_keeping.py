"""What several processes saw is one inventory in the ledger's database, and no request waits for it."""

import asyncio
import random
from dataclasses import replace
from pathlib import Path

import pytest

from consent_middleware import Policy
from consent_middleware.errors import LedgerUnavailable
from consent_middleware.gates.findings import Finding
from consent_middleware.overview import keeping, rows
from consent_middleware.overview.inventory import Batch, Inventory
from consent_middleware.overview.items import Item
from consent_middleware.overview.keeping import Keeper
from consent_middleware.storage.database import Database

HIDDEN = Finding(action="hide", name="_ga", purpose="analytics", reason="It counts.")


def analytics() -> tuple[str, str, str]:
    return "analytics", "It counts.", "catalogue:ga"


def process(url: str) -> tuple[Inventory, Keeper, Database]:
    database = Database(url)
    keeper = Keeper(database)
    inventory = Inventory(Policy(), keeper.wake)
    keeper.keep(inventory)
    return inventory, keeper, database


async def kept(url: str) -> tuple[list[Item], list[tuple[int, str, str, str, int]]]:
    database = Database(url)
    try:
        return await database.run(rows.read_items), await database.run(lambda c: rows.read_counts(c, 0))
    finally:
        await database.stop()


def test_counts_of_many_processes_add_up(url: str) -> None:
    async def work(number: int) -> None:
        inventory, keeper, database = process(url)
        names = [f"c{letter}" for letter in "abcdefgh"]
        random.Random(number).shuffle(names)
        for _ in range(3):
            for name in names:
                inventory.note("cookie", "browser", name, analytics, page="/")
                inventory.count("hide", "analytics", name)
            await keeper.flush()
        await database.stop()

    async def story() -> None:
        await work(0)
        await asyncio.gather(*(work(number) for number in range(1, 5)))

    asyncio.run(story())
    items, counts = asyncio.run(kept(url))
    assert [(item.name, item.refused) for item in items] == [(f"c{letter}", 15) for letter in "abcdefgh"]
    assert {(name, number) for _, _, _, name, number in counts} == {(f"c{letter}", 15) for letter in "abcdefgh"}


def test_it_is_written_by_itself_after_a_pause(url: str) -> None:
    async def story() -> None:
        inventory, keeper, database = process(url)
        keeper.pause = 0.01
        for _ in range(2):
            inventory.note("cookie", "browser", "_ga", analytics, page="/")
            inventory.take_finding(HIDDEN)
            for _ in range(500):
                await asyncio.sleep(0.02)
                found, _ = await kept(url)
                if found and not inventory.take().counts:
                    break
        await database.stop()

    asyncio.run(story())
    (item,), _ = asyncio.run(kept(url))
    assert item.refused == 2


def test_the_first_sighting_and_the_last_verdict_count(url: str) -> None:
    async def add(**values: object) -> None:
        database = Database(url)
        item = Item(
            kind="cookie",
            source="server",
            name="a",
            purpose="analytics",
            reason="r",
            rule="none",
            page="/",
            first_seen=100,
            last_seen=100,
        )
        batch = Batch(items=[replace(item, **values)])  # type: ignore[arg-type]
        await database.run(lambda connection: rows.add(connection, batch, 0), writing=True)
        await database.stop()

    asyncio.run(add(lifetime=60, refused=1))
    asyncio.run(add(page="/older", first_seen=50, last_seen=60, purpose="security", refused=2))
    (item,), _ = asyncio.run(kept(url))
    assert (item.page, item.first_seen, item.last_seen, item.purpose) == ("/older", 50, 100, "security")
    assert (item.refused, item.lifetime) == (3, 60)


def test_the_database_holds_no_more_names_than_one_process_may(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "LIMIT", 10)

    async def work(prefix: str) -> None:
        inventory, keeper, database = process(url)
        for number in range(8):
            inventory.note("cookie", "browser", f"{prefix}{number}", analytics, page="/")
        inventory.note("cookie", "server", "sid", analytics, page="/")
        await keeper.flush()
        await database.stop()

    for prefix in "xyz":
        asyncio.run(work(prefix))
    items, _ = asyncio.run(kept(url))
    assert len(items) == 11
    assert {item.name[0] for item in items if item.source == "browser"} == {"x", "y"}


def test_days_that_are_long_over_are_let_go(url: str) -> None:
    async def story() -> None:
        database = Database(url)
        for day in (100, 100 + rows.DAYS_KEPT, 101 + rows.DAYS_KEPT):
            batch = Batch(counts={("hide", "analytics", "_ga"): 1})
            await database.run(lambda c, b=batch, d=day: rows.add(c, b, d * 86_400), writing=True)  # type: ignore[misc]
        assert [row[0] for row in await database.run(lambda c: rows.read_counts(c, 0))] == [190, 191]
        await database.stop()

    asyncio.run(story())


def test_what_only_browsers_spoke_of_long_ago_makes_room(url: str) -> None:
    async def story() -> None:
        database = Database(url)
        inventory = Inventory(Policy())
        inventory.note("cookie", "browser", "made-up", analytics, page="/")
        inventory.note("cookie", "server", "sid", analytics, page="/")
        batch = inventory.take()
        now = batch.items[0].last_seen
        await database.run(lambda c: rows.add(c, batch, now), writing=True)
        later = Batch(items=[replace(batch.items[1], name="other")])
        await database.run(lambda c: rows.add(c, later, now + 91 * 86_400), writing=True)
        await database.stop()

    asyncio.run(story())
    items, _ = asyncio.run(kept(url))
    assert {item.name for item in items} == {"sid", "other"}


def test_while_the_database_is_gone_everything_stays_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "_RETRY", 0.05)
    folder = tmp_path / "later"
    folder.mkdir()

    async def story() -> None:
        database = Database(f"sqlite:///{folder / 'ledger.db'}", patience=0.5)
        keeper = Keeper(database, pause=0.01)
        inventory = Inventory(Policy(), keeper.wake)
        keeper.keep(inventory)
        folder.rmdir()
        inventory.note("cookie", "browser", "_ga", analytics, page="/")
        inventory.take_finding(HIDDEN)
        with pytest.raises(LedgerUnavailable):
            await keeper.flush()
        inventory.take_finding(HIDDEN)
        assert inventory.items()[0].refused == 2
        folder.mkdir()
        for _ in range(600):
            await asyncio.sleep(0.1)
            found = await database.run(rows.read_items) if (folder / "ledger.db").exists() else []
            if found:
                break
        await database.stop()

    asyncio.run(story())
    (item,), _ = asyncio.run(kept(f"sqlite:///{folder / 'ledger.db'}"))
    assert item.refused == 2
