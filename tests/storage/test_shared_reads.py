"""One read answers everybody who asked before it began."""

import asyncio
import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from consent_middleware.errors import LedgerError
from consent_middleware.storage.database import Database
from consent_middleware.storage.shared_reads import SharedRead
from tests.waiting import until_async

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


def test_those_who_ask_at_once_share_a_read_and_learn_of_what_was_committed_before(tmp_path: Path) -> None:
    reads = 0

    async def versions(connection: "AsyncConnection") -> set[int]:
        nonlocal reads
        reads += 1
        return set((await connection.exec_driver_sql("SELECT version FROM consent_schema")).scalars())

    async def write(connection: "AsyncConnection") -> None:
        await connection.exec_driver_sql("INSERT INTO consent_schema VALUES (99)")

    async def story() -> None:
        database = Database(f"sqlite:///{tmp_path / 'ledger.db'}")
        shared = SharedRead(database, versions)
        first = await asyncio.gather(*(shared.get() for _ in range(50)))
        assert all(1 in found for found in first)
        assert reads < 50
        early = [asyncio.create_task(shared.get()) for _ in range(5)]
        await asyncio.sleep(0)
        await database.run(write, writing=True)
        assert 99 in await shared.get()
        await asyncio.gather(*early)
        await database.stop()

    asyncio.run(story())


def test_a_read_that_fails_fails_for_each_who_asked_and_the_next_one_works(tmp_path: Path) -> None:
    is_broken = True

    async def read(connection: "AsyncConnection") -> int:
        if is_broken:
            await connection.exec_driver_sql("SELECT nothing FROM nowhere")
        return 1

    async def story() -> None:
        nonlocal is_broken
        database = Database(f"sqlite:///{tmp_path / 'ledger.db'}")
        await database.start()
        shared = SharedRead(database, read)
        answers = await asyncio.gather(*(shared.get() for _ in range(3)), return_exceptions=True)
        assert all(isinstance(answer, LedgerError) for answer in answers)
        assert len(set(map(id, answers))) == 3
        is_broken = False

        async def asked() -> int | None:
            # Not answered before a probe has found that the database is there.
            with contextlib.suppress(LedgerError):
                return await shared.get()
            return None

        assert await until_async(asked) == 1
        await database.stop()

    asyncio.run(story())


def test_a_stop_ends_the_waiting(tmp_path: Path) -> None:
    async def read(connection: "AsyncConnection") -> None:
        await asyncio.sleep(60)

    async def story() -> None:
        database = Database(f"sqlite:///{tmp_path / 'ledger.db'}")
        await database.start()
        asking = asyncio.create_task(SharedRead(database, read).get())
        await asyncio.sleep(0.2)
        await database.stop()
        with pytest.raises(LedgerError):
            await asking

    asyncio.run(story())
