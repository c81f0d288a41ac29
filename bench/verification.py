"""Measures how long a ledger takes to verify, and how much memory that takes: ``python -m bench.verification [RECORDS]``."""

import asyncio
import resource
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

from consent_middleware.ledger import Ledger
from consent_middleware.ledger.chain import derive_keys, extend, head_at, new_head, new_salt
from consent_middleware.ledger.records import record_of
from consent_middleware.ledger.rows import row_of

from .ledger import a_record

RECORDS = 1_000_000
_AT_ONCE = 5000
_KEY = "bench"


def peak() -> float:
    """Megabytes of memory that this process has had at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def fill(path: Path, count: int) -> None:
    """Chain records straight into the file: how fast choices are recorded is another question (``bench.choices``)."""
    (key,) = derive_keys([_KEY])
    head = new_head(key)
    connection = sqlite3.connect(path)
    for start in range(0, count, _AT_ONCE):
        rows = []
        for _ in range(min(_AT_ONCE, count - start)):
            record, salt = record_of(a_record()), new_salt()
            link = extend(key, head, record, salt)
            rows.append(row_of(record, link, salt))
            head = head_at(link)
        names = list(rows[0])
        columns, places = ", ".join(f'"{name}"' for name in names), ", ".join(f":{name}" for name in names)
        connection.executemany(f"INSERT INTO consent_records ({columns}) VALUES ({places})", rows)
        connection.commit()
    connection.close()


async def run(folder: Path, count: int) -> None:
    path = folder / "ledger.db"
    ledger = Ledger(f"sqlite:///{path}", secret_keys=[_KEY], patience=600)
    await ledger.start()
    fill(path, count)
    size = path.stat().st_size
    print(f"stored    {count:>9,} records, {size / count:.0f} bytes each with their indexes")
    peaks: list[float] = []
    began = time.perf_counter()
    report = await ledger.verify(progress=lambda _: peaks.append(peak()))
    took = time.perf_counter() - began
    print(
        f"verified  {report.records:>9,} records in {took:6.1f} s, {report.records / took:,.0f} a second: {report.holds}"
    )
    print(f"memory    {peaks[min(9, len(peaks) - 1)]:.0f} MB after ten pages, {peaks[-1]:.0f} MB at the end")
    await ledger.stop()


def main(count: int) -> None:
    with tempfile.TemporaryDirectory(prefix="consent-bench-", dir=Path.cwd()) as folder:
        asyncio.run(run(Path(folder), count))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RECORDS)
