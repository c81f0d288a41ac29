"""What a database keeps of visitors is nobody else's to read, and ends in no log."""

import asyncio
import stat
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from consent_middleware.errors import LedgerError
from consent_middleware.storage.database import Database

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

MARK = "7c1f-of-a-visitor"


@pytest.mark.parametrize("state", ["refused twice", "a NUL \0", "half a pair \ud800"], ids=["key", "nul", "surrogate"])
def test_an_error_of_the_database_says_nothing_of_what_it_was_given(url: str, state: str) -> None:
    async def bind(connection: "AsyncConnection") -> None:
        from consent_middleware.storage.subject_schema import SUBJECTS

        row = {"subject": MARK, "consent_id": f"{MARK} {state}", "state": MARK, "chosen_at": 1}
        for _ in range(2):
            await connection.execute(SUBJECTS.insert(), row)

    async def story() -> None:
        database = Database(url)
        try:
            await database.run(bind, writing=True)
        except (LedgerError, UnicodeEncodeError) as error:
            told = "".join(traceback.format_exception(error))
        await database.stop()
        assert MARK not in told

    asyncio.run(story())


def test_a_new_file_and_what_lies_beside_it_are_their_owners_alone(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'ledger.db'}")
    asyncio.run(database.start())
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    asyncio.run(database.stop())
    assert modes == dict.fromkeys(("ledger.db", "ledger.db-wal", "ledger.db-shm"), 0o600)


def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.touch()
    path.chmod(0o660)

    async def story() -> None:
        database = Database(f"sqlite:///{path}")
        await database.start()
        await database.stop()

    asyncio.run(story())
    assert stat.S_IMODE(path.stat().st_mode) == 0o660
