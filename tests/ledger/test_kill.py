"""A crash loses no acknowledged choice."""

import asyncio
import random
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

from consent_middleware.ledger import Ledger

WRITER = Path(__file__).with_name("writer.py")
KEY = "chain-key"
ROUNDS = 2


def acknowledged_before_the_kill(url: str, acknowledgements: int) -> set[str]:
    """Start a writer, kill it after that many acknowledgements, and return all that it gave."""
    writer = subprocess.Popen([sys.executable, str(WRITER), url, KEY], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    lines = [writer.stdout.readline() for _ in range(acknowledgements)]
    writer.send_signal(signal.SIGKILL)
    lines += writer.stdout.readlines()
    writer.stdout.close()
    assert writer.wait(10) == -signal.SIGKILL
    # Of the last line, the kill may have left a part.
    return {line.rstrip("\n") for line in lines if len(line) == 33}


async def stored_in(url: str) -> list[str]:
    ledger = Ledger(url, secret_keys=[KEY], patience=60)
    try:
        return [stored.record.record_id async for stored in ledger.records()]
    finally:
        await ledger.stop()


def test_every_acknowledged_choice_is_there_after_kills_under_load(url: str, tmp_path: Path) -> None:
    acknowledged: set[str] = set()
    for _ in range(ROUNDS):
        given = acknowledged_before_the_kill(url, random.randint(50, 400))
        assert len(given) >= 50
        acknowledged |= given
    connection = sqlite3.connect(tmp_path / "ledger.db")
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()
    stored = asyncio.run(stored_in(url))
    assert acknowledged <= set(stored)
    assert len(stored) == len(set(stored))
