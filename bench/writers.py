"""Measures how choices a second grow with processes that write to one PostgreSQL: ``python -m bench.writers [SECONDS]``.

1, 2, 4 and 8 processes, each with a chain of its own, in turn and three times over; each has one choice under way at a time, then 64,
as so many visitors would. What limits shows in the last columns: what one choice costs of a processor in the writers and in the server,
and how much of all processors was in use. Every run ends with a look at the database: what was acknowledged is there, once, and the
chains hold.
"""

import asyncio
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import IO

import psutil  # type: ignore[import-untyped]  # it ships no types

from bench.ledger import a_record
from bench.tables import as_table
from consent_middleware.ledger import Ledger
from tests.postgresql import Server, running_server

ROUNDS = 3
WRITERS = (1, 2, 4, 8)
KEY = "bench"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """``rate``: choices a second of all writers together; costs in processor seconds for one choice; ``busy``: of all processors."""

    rate: float
    writing: float
    serving: float
    busy: float
    wait: float


async def write(url: str, seconds: float, at_once: int) -> None:
    """One writer: says when it is ready, begins when it is told, then prints how many were acknowledged, and its median wait."""
    ledger = Ledger(url, secret_keys=[KEY], patience=60)
    await ledger.append(a_record())
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    waits: list[float] = []
    began, used = time.perf_counter(), time.process_time()

    async def append() -> None:
        while (asked := time.perf_counter()) - began < seconds:
            await ledger.append(a_record())
            waits.append(time.perf_counter() - asked)

    await asyncio.gather(*(append() for _ in range(at_once)))
    elapsed = time.perf_counter() - began
    print(len(waits), elapsed, time.process_time() - used, statistics.median(waits), flush=True)
    # Its connection's process is looked at before it goes.
    sys.stdin.readline()
    await ledger.stop()


def measure(server: Server, writers: int, seconds: float, at_once: int) -> Run:
    url = server.new_database()
    command = [sys.executable, "-m", "bench.writers", "write", url, str(seconds), str(at_once)]
    processes = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(writers)
    ]
    for process in processes:
        _line(process.stdout)
    began, served = time.perf_counter(), _used_by(server)
    busy = psutil.cpu_times()
    for process in processes:
        _tell(process.stdin)
    said = [_line(process.stdout).split() for process in processes]
    served, elapsed = _used_by(server) - served, time.perf_counter() - began
    idle = (psutil.cpu_times().idle - busy.idle) / (elapsed * (os.cpu_count() or 1))
    for process in processes:
        _tell(process.stdin)
        process.communicate(timeout=60)
    counts = [int(count) for count, *_ in said]
    asyncio.run(_check(url, sum(counts) + writers))
    return Run(
        rate=sum(count / float(spent) for count, (_, spent, *_) in zip(counts, said, strict=True)),
        writing=sum(float(used) for _, _, used, _ in said) / sum(counts),
        serving=served / sum(counts),
        busy=1 - idle,
        wait=statistics.median(float(wait) for *_, wait in said),
    )


async def _check(url: str, acknowledged: int) -> None:
    """Leave with a message where something was lost, duplicated, or does not verify: a fast writer that loses is no result."""
    ledger = Ledger(url, secret_keys=[KEY], patience=60)
    try:
        report = await ledger.verify()
        count = await ledger.count()
    finally:
        await ledger.stop()
    if report.problems or not count == report.records == acknowledged:
        raise SystemExit(f"bench: {acknowledged} were acknowledged, {count} are there; {report.problems[:3]}")


def _used_by(server: Server) -> float:
    """Processor seconds of the server so far, its connections included."""
    main = psutil.Process(server.pid)
    total = 0.0
    for process in [main, *main.children(recursive=True)]:
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total


def _line(stream: IO[str] | None) -> str:
    line = stream.readline() if stream is not None else ""
    if not line:
        raise SystemExit("bench: a writer ended before it was done.")
    return line


def _tell(stream: IO[str] | None) -> None:
    if stream is not None:
        stream.write("go\n")
        stream.flush()


def main(seconds: float) -> None:
    rows = []
    with running_server() as server:
        for at_once in (1, 64):
            found: dict[int, list[Run]] = {writers: [] for writers in WRITERS}
            for _ in range(ROUNDS):
                for writers, runs in found.items():
                    runs.append(measure(server, writers, seconds, at_once))
            one = statistics.median(run.rate for run in found[1])
            for writers, runs in found.items():
                rate, wait, writing, serving, busy = (
                    statistics.median(getattr(run, name) for run in runs)
                    for name in ("rate", "wait", "writing", "serving", "busy")
                )
                rows.append(
                    (
                        f"{writers} process{'es' if writers > 1 else ''}, {at_once} at a time each",
                        f"{rate:,.0f}",
                        f"{rate / one:.2f}",
                        f"{wait * 1000:.1f} ms",
                        f"{writing * 1e6:,.0f} µs",
                        f"{serving * 1e6:,.0f} µs",
                        f"{busy:.0%}",
                    )
                )
    print(as_table(("", "choices/s", "vs one", "wait p50", "a writer's", "the server's", "busy"), rows))


if __name__ == "__main__":
    if sys.argv[1:2] == ["write"]:
        asyncio.run(write(sys.argv[2], float(sys.argv[3]), int(sys.argv[4])))
    else:
        main(float(sys.argv[1]) if len(sys.argv) > 1 else 3.0)
