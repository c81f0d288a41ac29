"""One database, asked from any event loop, that never keeps anybody waiting for ever."""

import asyncio
import gc
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from consent_middleware.errors import LedgerError, LedgerUnavailable
from consent_middleware.storage.database import Database, Work
from tests.waiting import PATIENCE, until, until_async

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


async def one(connection: "AsyncConnection") -> int:
    return int((await connection.exec_driver_sql("SELECT 1")).scalar_one())


async def is_taken(database: Database, write: Work[None]) -> bool:
    """Whether it is written; not at once, where a probe has yet to find that the database answers again."""
    try:
        await database.run(write, writing=True)
    except LedgerUnavailable:
        return False
    return True


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "consent-ledger"]


@pytest.fixture(autouse=True, scope="module")
def none_of_the_tests_before() -> None:
    """Databases that earlier tests left to the garbage collector are gone, with their threads."""
    gc.collect()
    assert until(threads, lambda names: not names) == []


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'ledger.db'}"


def test_importing_the_ledger_does_not_import_sqlalchemy() -> None:
    script = "import sys, consent_middleware.ledger; print('sqlalchemy' in sys.modules or 'aiosqlite' in sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    assert answer.stdout.strip() == "False"


def test_making_one_opens_nothing(url: str, tmp_path: Path) -> None:
    Database(url)
    assert list(tmp_path.iterdir()) == []
    assert threads() == []


@pytest.mark.parametrize("memory", [False, True], ids=["file", "memory"])
def test_each_event_loop_may_ask_without_a_start(url: str, memory: bool) -> None:
    database = Database("sqlite://" if memory else url)

    async def remember(connection: "AsyncConnection") -> None:
        await connection.exec_driver_sql("INSERT INTO consent_schema VALUES (0)")

    async def recall(connection: "AsyncConnection") -> list[int]:
        versions = "SELECT version FROM consent_schema WHERE version < 2 ORDER BY version"
        return list((await connection.exec_driver_sql(versions)).scalars())

    asyncio.run(database.run(remember, writing=True))
    assert asyncio.run(database.run(recall)) == [0, 1]
    asyncio.run(database.stop())


def test_two_loops_in_two_threads_may_ask_at_the_same_time(url: str) -> None:
    database = Database(url)
    answers: list[int] = []

    def ask() -> None:
        for _ in range(10):
            answers.append(asyncio.run(database.run(one)))

    asking = [threading.Thread(target=ask) for _ in range(4)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    asyncio.run(database.stop())
    assert answers == [1] * 40


def test_after_a_stop_it_starts_again(url: str) -> None:
    database = Database(url)

    async def story() -> None:
        await database.stop()
        for _ in range(2):
            await database.start()
            assert await database.run(one) == 1
            await database.stop()
            assert threads() == []
            await database.stop()

    asyncio.run(story())


def test_one_that_nobody_stopped_takes_its_thread_and_file_with_it(url: str) -> None:
    database = Database(url)
    asyncio.run(database.start())
    assert threads() == ["consent-ledger"]
    del database
    gc.collect()
    assert until(threads, lambda names: not names) == []


def test_a_process_that_never_stops_it_ends_quietly(url: str) -> None:
    script = f"""if True:
        import asyncio
        from consent_middleware.storage.database import Database
        database = Database({url!r})
        asyncio.run(database.start())
    """
    answer = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    assert answer.stderr == ""


def test_a_forked_child_opens_connections_of_its_own(url: str) -> None:
    script = f"""if True:
        import asyncio, os
        from consent_middleware.storage.database import Database
        async def one(connection):
            return (await connection.exec_driver_sql("SELECT 1")).scalar_one()
        database = Database({url!r})
        asyncio.run(database.start())
        assert asyncio.run(database.run(one)) == 1
        child = os.fork()
        assert asyncio.run(database.run(one)) == 1
        asyncio.run(database.stop())
        if child:
            assert os.waitpid(child, 0)[1] == 0
    """
    subprocess.run([sys.executable, "-W", "ignore", "-c", script], timeout=PATIENCE, check=True)


def test_a_commit_survives_a_power_cut(url: str) -> None:
    async def pragmas(connection: "AsyncConnection") -> dict[str, object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        return {name: (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one() for name in names}

    database = Database(url, patience=2.0)
    asyncio.run(database.start())
    assert asyncio.run(database.run(pragmas)) == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 1600,
    }
    asyncio.run(database.stop())


def test_a_stop_ends_what_is_under_way_with_an_error_of_ours(url: str) -> None:
    async def story() -> None:
        database = Database(url)
        await database.start()
        began = asyncio.Event()
        loop = asyncio.get_running_loop()

        async def hang(_: "AsyncConnection") -> None:
            loop.call_soon_threadsafe(began.set)
            await asyncio.sleep(60)

        asking = asyncio.create_task(database.run(hang))
        await began.wait()
        await database.stop()
        with pytest.raises(LedgerUnavailable, match="stopped"):
            await asking

    asyncio.run(story())


def test_what_fails_half_way_is_not_there(url: str) -> None:
    async def half(connection: "AsyncConnection") -> None:
        await connection.exec_driver_sql("INSERT INTO consent_schema VALUES (1000)")
        raise RuntimeError("half way")

    async def count(connection: "AsyncConnection") -> int:
        return int(
            (await connection.exec_driver_sql("SELECT count(*) FROM consent_schema WHERE version = 1000")).scalar_one()
        )

    async def story() -> None:
        database = Database(url)
        with pytest.raises(RuntimeError, match="half way"):
            await database.run(half, writing=True)
        assert await database.run(count) == 0
        await database.stop()

    asyncio.run(story())


def test_a_statement_that_the_database_refuses_is_an_error_of_ours(url: str) -> None:
    async def twice(connection: "AsyncConnection") -> None:
        await connection.exec_driver_sql("INSERT INTO consent_schema VALUES (1)")

    async def story() -> None:
        database = Database(url)
        with pytest.raises(LedgerError, match="UNIQUE") as caught:
            await database.run(twice, writing=True)
        assert not isinstance(caught.value, LedgerUnavailable)
        await database.stop()

    asyncio.run(story())


def test_a_file_that_is_no_database_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("not a database, but long enough to be taken for one by its size\n" * 50)

    async def story() -> None:
        database = Database(f"sqlite:///{tmp_path / 'notes.db'}")
        with pytest.raises(LedgerError, match="not a database"):
            await database.start()
        await database.stop()

    asyncio.run(story())


def test_while_another_program_holds_the_file_reading_goes_on_and_writing_fails_in_time(
    url: str, tmp_path: Path
) -> None:
    async def write(connection: "AsyncConnection") -> None:
        await connection.exec_driver_sql("INSERT INTO consent_schema VALUES (1000)")

    async def story() -> None:
        database = Database(url, patience=0.5)
        await database.start()
        other = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        with pytest.raises(LedgerUnavailable):
            await database.run(write, writing=True)
        # Left to itself, SQLite waits for five seconds.
        assert time.monotonic() - began < 4.5
        assert await database.run(one) == 1
        other.execute("ROLLBACK")
        other.close()
        await until_async(lambda: is_taken(database, write))
        await database.stop()

    asyncio.run(story())


def test_a_server_that_never_answers_is_given_up_in_time() -> None:
    async def story(port: int) -> None:
        database = Database(f"postgresql://someone:secret@127.0.0.1:{port}/ledger", patience=0.5)
        for _ in range(2):
            began = time.monotonic()
            with pytest.raises(LedgerUnavailable) as caught:
                await database.run(one)
            assert time.monotonic() - began < 30
            assert "secret" not in str(caught.value)
        await database.stop()

    with socket.create_server(("127.0.0.1", 0)) as server:
        asyncio.run(story(server.getsockname()[1]))


def test_a_server_that_is_not_there_is_an_error_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    async def story() -> None:
        database = Database(f"postgresql://someone:secret@127.0.0.1:{port}/ledger")
        began = time.monotonic()
        with pytest.raises(LedgerUnavailable):
            await database.start()
        assert time.monotonic() - began < 4.5
        await database.stop()

    asyncio.run(story())
