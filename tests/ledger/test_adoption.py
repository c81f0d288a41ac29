"""A ledger of the first release is moved into a chain with everything that is in it."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from consent_middleware.errors import LedgerError
from consent_middleware.ledger import ChoiceRecord, Ledger

FIRST_RELEASE = """
CREATE TABLE consent_schema (version INTEGER NOT NULL, PRIMARY KEY (version));
INSERT INTO consent_schema VALUES (1);
CREATE TABLE consent_choices (record_id TEXT NOT NULL PRIMARY KEY, consent_id TEXT NOT NULL, chosen_at BIGINT NOT NULL,
policy_version TEXT NOT NULL, policy_digest TEXT NOT NULL, language TEXT NOT NULL, method TEXT NOT NULL, action TEXT NOT NULL,
allowed TEXT NOT NULL, refused TEXT NOT NULL, gpc BOOLEAN NOT NULL, precedence TEXT NOT NULL);
CREATE INDEX consent_choices_in_time ON consent_choices (chosen_at, record_id);
CREATE INDEX consent_choices_of_visitor ON consent_choices (consent_id);
CREATE TABLE consent_cookie_sightings (name TEXT NOT NULL, domain TEXT NOT NULL, path TEXT NOT NULL, secure BOOLEAN NOT NULL,
partitioned BOOLEAN NOT NULL, PRIMARY KEY (name, domain, path, secure, partitioned));
INSERT INTO consent_cookie_sightings VALUES ('_ga', '', '/', 0, 0);
"""
COUNT = 1201


@pytest.fixture
def first(tmp_path: Path, url: str) -> str:
    connection = sqlite3.connect(tmp_path / "ledger.db")
    connection.executescript(FIRST_RELEASE)
    connection.executemany(
        "INSERT INTO consent_choices VALUES (?, ?, ?, '2024', 'q1Zc', 'en', 'form', 'save', ?, '[]', 1, 'latest')",
        [(f"{n:032x}", f"it's {n}", 1_795_000_000 + n // 3, '["analytics"]') for n in range(COUNT)],
    )
    connection.commit()
    connection.close()
    return url


def test_every_choice_is_kept_chained_and_the_old_table_goes(first: str, tmp_path: Path) -> None:
    async def story() -> list[ChoiceRecord]:
        ledger = Ledger(first, secret_keys=["k"])
        found = [choice async for choice in ledger.choices()]
        report = await ledger.verify()
        await ledger.stop()
        assert report.problems == []
        assert report.records == COUNT
        return found

    found = asyncio.run(story())
    assert [(c.record_id, c.consent_id) for c in found] == [(f"{n:032x}", f"it's {n}") for n in range(COUNT)]
    assert found[0].allowed == ("analytics",)
    assert found[0].gpc is True
    connection = sqlite3.connect(tmp_path / "ledger.db")
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert "consent_choices" not in tables
    assert connection.execute("SELECT name FROM consent_cookie_sightings").fetchall() == [("_ga",)]
    connection.close()


def test_without_the_key_it_is_left_as_it_is(first: str, tmp_path: Path) -> None:
    async def story() -> None:
        ledger = Ledger(first, create=False)
        with pytest.raises(LedgerError, match="takes its key"):
            await ledger.start()
        await ledger.stop()

    asyncio.run(story())
    connection = sqlite3.connect(tmp_path / "ledger.db")
    assert connection.execute("SELECT count(*) FROM consent_choices").fetchone() == (COUNT,)
    connection.close()
