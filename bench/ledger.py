"""Measures how many choices a second the ledger makes durable: ``python -m bench.ledger [SECONDS]``.

64 visitors at a time share a commit; one at a time pays for each. The floor is a bare sqlite3 that commits every row with the
same settings, on the same disk, in the same run.
"""

import asyncio
import sqlite3
import statistics
import sys
import tempfile
import time
import uuid
from pathlib import Path

from consent_middleware.ledger import ChoiceRecord, Ledger

ROUNDS = 3
WRITERS = 64


def a_record() -> ChoiceRecord:
    return ChoiceRecord(
        record_id=uuid.uuid4().hex,
        consent_id=uuid.uuid4().hex[:16],
        chosen_at=int(time.time()),
        policy_version="2024-08-26",
        policy_digest="q1Zc",
        language="en",
        method="form",
        action="save",
        allowed=("preference", "analytics"),
        refused=("marketing", "network", "device"),
        gpc=False,
        precedence="latest",
        layer="banner",
        shown="0" * 64,
        effective=("analytics", "authentication", "preference", "security"),
    )


def bare_rate(folder: Path, seconds: float) -> float:
    """Rows a second of sqlite3 alone, one commit for each."""
    connection = sqlite3.connect(folder / "bare.db")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS choices (id TEXT PRIMARY KEY, choice TEXT)")
    count, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        with connection:
            connection.execute("INSERT INTO choices VALUES (?, ?)", (uuid.uuid4().hex, "x" * 250))
        count += 1
    connection.close()
    return count / (time.perf_counter() - began)


async def ledger_rate(folder: Path, seconds: float, writers: int) -> tuple[float, list[float]]:
    """Choices a second of so many concurrent writers, and how long each waited."""
    ledger = Ledger(f"sqlite:///{folder / 'ledger.db'}")
    await ledger.start()
    waits: list[float] = []
    began = time.perf_counter()

    async def write() -> None:
        while (asked := time.perf_counter()) - began < seconds:
            await ledger.append(a_record())
            waits.append(time.perf_counter() - asked)

    await asyncio.gather(*(write() for _ in range(writers)))
    elapsed = time.perf_counter() - began
    await ledger.stop()
    return len(waits) / elapsed, waits


def main(seconds: float) -> None:
    bare: list[float] = []
    rates: dict[int, list[float]] = {1: [], WRITERS: []}
    waits: dict[int, list[float]] = {1: [], WRITERS: []}
    with tempfile.TemporaryDirectory(prefix="consent-bench-", dir=Path.cwd()) as name:
        folder = Path(name)
        for _ in range(ROUNDS):
            bare.append(bare_rate(folder, seconds))
            for writers in rates:
                rate, waited = asyncio.run(ledger_rate(folder, seconds, writers))
                rates[writers].append(rate)
                waits[writers] += waited
    one = statistics.median(rates[1])
    print(f"{'':24}{'choices/s':>10}{'vs one':>8}{'wait p50':>10}{'p99':>10}")
    print(f"{'sqlite3, commit per row':24}{statistics.median(bare):>10.0f}{statistics.median(bare) / one:>8.1f}")
    for writers, found in rates.items():
        rate = statistics.median(found)
        cuts = statistics.quantiles(waits[writers], n=100)
        name = f"ledger, {writers} at a time"
        print(f"{name:24}{rate:>10.0f}{rate / one:>8.1f}{cuts[49] * 1000:>7.1f} ms{cuts[98] * 1000:>7.1f} ms")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 2.0)
