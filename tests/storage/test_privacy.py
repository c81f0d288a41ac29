"""What a database keeps of visitors is nobody else's to read, and ends in no log."""

import asyncio
import sqlite3
import stat
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from consent_middleware.errors import LedgerError
from consent_middleware.ledger import Ledger, Record
from consent_middleware.storage import write_ahead
from consent_middleware.storage.database import Database
from tests.waiting import until

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


def test_what_was_erased_does_not_stand_in_the_log_of_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write_ahead, "_AFTER", 0.05)
    url = f"sqlite:///{tmp_path / 'ledger.db'}"

    def found() -> list[str]:
        return [path.name for path in tmp_path.iterdir() if MARK.encode() in path.read_bytes()]

    async def story() -> None:
        ledger = Ledger(url, secret_keys=["key"])
        await ledger.add(Record(record_id="1", kind="choice", consent_id=MARK, recorded_at=1, content="{}"))
        # Whoever reads keeps it from being emptied, not from being emptied later.
        reader = sqlite3.connect(tmp_path / "ledger.db")
        assert list(reader.execute("SELECT count(*) FROM consent_records")) == [(1,)]
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM consent_records").fetchall()
        assert await ledger.erase(MARK, reason="a test") == 1
        assert found() != []
        reader.close()
        assert await asyncio.to_thread(until, found, lambda names: not names) == []
        assert (await ledger.verify()).holds
        await ledger.stop()

    asyncio.run(story())


def test_a_stop_empties_the_log_although_another_process_has_the_file_open(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"

    async def story() -> None:
        ledger, other = Ledger(url, secret_keys=["key"]), Ledger(url, secret_keys=["key"])
        await other.start()
        await ledger.add(Record(record_id="1", kind="choice", consent_id=MARK, recorded_at=1, content="{}"))
        await ledger.erase(MARK, reason="a test")
        await ledger.stop()
        assert await asyncio.to_thread((tmp_path / "ledger.db-wal").read_bytes) == b""
        assert await other.count_of() == 1
        await other.stop()

    asyncio.run(story())
