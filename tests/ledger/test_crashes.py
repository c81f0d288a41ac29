"""Crashes, stops and full disks lose no acknowledged choice, record none twice, and leave chains that hold.

How often and how long comes from the environment variable LEDGER_ROUNDS: little here, fifty times in ``./dev proof``.
"""

import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from consent_middleware.errors import LedgerError
from consent_middleware.ledger import ChoiceRecord, Ledger, Record
from tests.postgresql import Server

pytestmark = pytest.mark.slow

MakeRecord = Callable[[], ChoiceRecord]
WRITER = Path(__file__).with_name("writer.py")
KEY = "chain-key"
ROUNDS = int(os.environ.get("LEDGER_ROUNDS", "1"))
IS_PROOF = ROUNDS > 10


def start_writer(url: str, *count: int) -> "subprocess.Popen[str]":
    command = [sys.executable, str(WRITER), url, KEY, *map(str, count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def read_to_the_end(writer: "subprocess.Popen[str]") -> set[str]:
    """Return what else the writer acknowledged. Of the last line, a kill may have left a part."""
    assert writer.stdout is not None
    found = {line.rstrip("\n") for line in writer.stdout if len(line) == 33}
    writer.stdout.close()
    return found


def read_some(writer: "subprocess.Popen[str]", count: int) -> set[str]:
    assert writer.stdout is not None
    return {writer.stdout.readline().rstrip("\n") for _ in range(count)}


def check(url: str, acknowledged: set[str]) -> int:
    """See that everything acknowledged is there, nothing twice, and that the chains hold; return how many records there are."""

    async def story() -> int:
        ledger = Ledger(url, secret_keys=[KEY], patience=60)
        try:
            stored = [found.record.record_id async for found in ledger.records()]
            report = await ledger.verify()
        finally:
            await ledger.stop()
        assert report.problems == []
        assert report.records == len(stored) == len(set(stored))
        assert acknowledged <= set(stored)
        return len(stored)

    return asyncio.run(story())


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue("url" if request.param == "sqlite" else "postgresql_url")
    return url


def test_every_acknowledged_choice_is_there_after_kills_under_load(database: str) -> None:
    acknowledged: set[str] = set()
    for _ in range(ROUNDS):
        writer = start_writer(database)
        acknowledged |= read_some(writer, random.randint(50, 400))
        writer.send_signal(signal.SIGKILL)
        acknowledged |= read_to_the_end(writer)
        assert writer.wait(60) == -signal.SIGKILL
    assert len(acknowledged) >= 50 * ROUNDS
    check(database, acknowledged)
    if database.startswith("sqlite"):
        connection = sqlite3.connect(database.removeprefix("sqlite:///"))
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        connection.close()


def test_eight_processes_write_to_one_database_and_lose_nothing(postgresql_url: str) -> None:
    each = 3200 if IS_PROOF else 160
    writers = [start_writer(postgresql_url, each) for _ in range(8)]
    acknowledged = set().union(*map(read_to_the_end, writers))
    assert [writer.wait(60) for writer in writers] == [0] * 8
    assert len(acknowledged) == 8 * each
    assert check(postgresql_url, acknowledged) == 8 * each


def test_a_database_that_is_stopped_and_started_under_load_loses_nothing(server: Server, postgresql_url: str) -> None:
    writer = start_writer(postgresql_url)
    acknowledged = read_some(writer, 100)
    for _ in range(5 if IS_PROOF else 1):
        server.stop()
        time.sleep(0.3)
        server.start()
        # It writes again.
        acknowledged |= read_some(writer, 200)
    writer.send_signal(signal.SIGKILL)
    acknowledged |= read_to_the_end(writer)
    writer.wait(60)
    check(postgresql_url, acknowledged)


async def fill_the_ledger(ledger: Ledger, make_record: MakeRecord, acknowledged: set[str]) -> None:
    while len(acknowledged) < 3000:
        record = make_record()
        await ledger.append(record)
        acknowledged.add(record.record_id)


async def fill_the_spool(ledger: Ledger) -> None:
    for number in range(300):
        record = Record(record_id=str(number), kind="notice", consent_id="", recorded_at=0, content="{}")
        await ledger.add(record, may_spool=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte, which only root can make."""
    if os.geteuid() != 0:
        pytest.skip("A full disk can be tried by root only: it takes a file system of its own. Run this one as root.")
    folder = Path(tempfile.mkdtemp(prefix="consent-disk-"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)
        folder.rmdir()


def test_a_full_disk_fails_loudly_and_is_used_again_when_there_is_room(
    small_disk: Path, make_record: MakeRecord
) -> None:
    filler = small_disk / "filler"

    async def story() -> set[str]:
        ledger = Ledger(f"sqlite:///{small_disk / 'ledger.db'}", secret_keys=[KEY], spool=small_disk / "spool")
        acknowledged: set[str] = set()
        filler.write_bytes(bytes(400_000))
        with pytest.raises(LedgerError, match="disk"):
            await fill_the_ledger(ledger, make_record, acknowledged)
        with pytest.raises(LedgerError, match="could not be spooled"):
            await fill_the_spool(ledger)
        filler.unlink()
        await asyncio.sleep(1)
        record = make_record()
        await ledger.append(record)
        acknowledged.add(record.record_id)
        await ledger.stop()
        return acknowledged

    acknowledged = asyncio.run(story())
    assert acknowledged
    check(f"sqlite:///{small_disk / 'ledger.db'}", acknowledged)
