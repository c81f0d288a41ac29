"""Tables that any release and any number of processes can bring up to date."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from sqlalchemy import Connection, MetaData
from sqlalchemy.exc import OperationalError

from consent_middleware.errors import LedgerError
from consent_middleware.storage.database import Database
from consent_middleware.storage.engine import open_engine
from consent_middleware.storage.migrations import MIGRATIONS, Migration, first_tables, migrate
from consent_middleware.storage.schema import METADATA
from consent_middleware.storage.urls import DatabaseUrl

KNOWN = list(range(1, len(MIGRATIONS) + 1))
"""The versions of this release."""


def versions_in(connection: sqlite3.Connection) -> list[int]:
    return [version for (version,) in connection.execute("SELECT version FROM consent_schema ORDER BY version")]


def upgrade(path: Path, migrations: Sequence[Migration] = MIGRATIONS, *, create: bool = True) -> None:
    async def run() -> None:
        engine = open_engine(DatabaseUrl(path=path), 2)
        try:
            await migrate(engine, migrations=migrations, create=create)
        finally:
            await engine.dispose()

    asyncio.run(run())


def inspect(path: Path, look: Callable[[Connection], None]) -> None:
    async def run() -> None:
        engine = open_engine(DatabaseUrl(path=path), 2)
        try:
            async with engine.connect() as connection:
                await connection.run_sync(look)
        finally:
            await engine.dispose()

    asyncio.run(run())


def tables_in(path: Path) -> set[str]:
    connection = sqlite3.connect(path)
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    connection.close()
    return names


def add_a_column(connection: Connection) -> None:
    connection.exec_driver_sql("ALTER TABLE consent_texts ADD COLUMN jurisdiction TEXT")


def fail_half_way(connection: Connection) -> None:
    add_a_column(connection)
    connection.exec_driver_sql("INSERT INTO no_such_table VALUES (1)")


def test_the_migrations_make_the_tables_that_queries_expect(tmp_path: Path) -> None:
    upgrade(tmp_path / "ledger.db")

    def look(connection: Connection) -> None:
        made = MetaData()
        made.reflect(connection)
        assert made.tables.keys() == METADATA.tables.keys()
        for name, expected in METADATA.tables.items():
            found = made.tables[name]
            assert [(c.name, str(c.type), c.nullable, c.primary_key) for c in found.columns] == [
                (c.name, str(c.type), c.nullable, c.primary_key) for c in expected.columns
            ]

    inspect(tmp_path / "ledger.db", look)


def test_many_that_start_at_once_on_one_new_file_all_find_it_ready(tmp_path: Path) -> None:
    async def start_all() -> None:
        # Each has a thread and connections of its own, as a process would.
        databases = [Database(f"sqlite:///{tmp_path / 'ledger.db'}") for _ in range(8)]
        await asyncio.gather(*(database.start() for database in databases))
        await asyncio.gather(*(database.stop() for database in databases))

    asyncio.run(start_all())
    connection = sqlite3.connect(tmp_path / "ledger.db")
    assert versions_in(connection) == KNOWN
    connection.close()


def test_a_ledger_with_data_in_it_is_upgraded(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    upgrade(path)
    connection = sqlite3.connect(path)
    connection.execute("INSERT INTO consent_cookie_sightings VALUES ('_ga', '', '/', 0, 0)")
    connection.commit()
    upgrade(path, [*MIGRATIONS, add_a_column])
    assert versions_in(connection) == [*KNOWN, len(KNOWN) + 1]
    assert connection.execute("SELECT jurisdiction FROM consent_texts").fetchall() == []
    assert connection.execute("SELECT name FROM consent_cookie_sightings").fetchall() == [("_ga",)]
    connection.close()


def test_a_migration_that_fails_leaves_the_ledger_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    upgrade(path)
    with pytest.raises(OperationalError):
        upgrade(path, [*MIGRATIONS, fail_half_way])
    connection = sqlite3.connect(path)
    assert versions_in(connection) == KNOWN
    assert "jurisdiction" not in {row[1] for row in connection.execute("PRAGMA table_info(consent_texts)")}
    connection.close()


def test_a_ledger_of_a_newer_release_is_refused_with_the_way_out(tmp_path: Path) -> None:
    upgrade(tmp_path / "ledger.db", [*MIGRATIONS, add_a_column])
    with pytest.raises(LedgerError, match="upgrade consent-middleware"):
        upgrade(tmp_path / "ledger.db")


def test_without_create_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="no ledger"):
        upgrade(tmp_path / "other.db", create=False)
    assert tables_in(tmp_path / "other.db") == set()


CHOICE = "INSERT INTO consent_choices VALUES ('1', 'c', 1795000000, '2024', 'q1Zc', 'en', 'form', 'save', '[]', '[]', 0, 'latest')"


def test_choices_of_the_first_release_are_not_dropped_by_a_program_that_cannot_chain_them(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    upgrade(path, [first_tables])
    connection = sqlite3.connect(path)
    connection.execute(CHOICE)
    connection.commit()
    with pytest.raises(LedgerError, match="start the app"):
        upgrade(path)
    assert connection.execute("SELECT version FROM consent_schema").fetchall() == [(1,)]
    assert connection.execute("SELECT count(*) FROM consent_choices").fetchone() == (1,)
    connection.close()


def test_an_empty_first_table_goes(tmp_path: Path) -> None:
    upgrade(tmp_path / "ledger.db", [first_tables])
    upgrade(tmp_path / "ledger.db")
    assert "consent_choices" not in tables_in(tmp_path / "ledger.db")
