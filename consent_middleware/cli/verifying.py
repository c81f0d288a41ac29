"""``consent-middleware ledger verify``: says whether every chain holds."""

import argparse
import functools
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ..errors import LedgerError
from ..ledger import Ledger
from ..ledger.anchors import Anchor, read_anchor
from ..ledger.findings import Problem, Report
from ..storage.verifications import Verified, save_verification
from . import ledgers
from .progress import Progress
from .tables import counted

if TYPE_CHECKING:
    from argparse import _SubParsersAction


def add_command(tasks: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = tasks.add_parser(
        "verify",
        help="check that nothing was changed, taken out or put in",
        description="Follow every chain of the ledger and name what was edited, is missing, was moved or forged, and, "
        "against an anchor, what was cut off. Nothing is locked meanwhile. Exit code 1 if something does not hold.",
    )
    ledgers.add_url(parser)
    ledgers.add_key(parser)
    parser.add_argument("--anchor", type=Path, metavar="FILE", help="what `ledger anchor` printed at an earlier time")
    parser.add_argument("--json", action="store_true", help="print a JSON object")
    parser.set_defaults(run=verify)


def verify(arguments: argparse.Namespace) -> int:
    keys = ledgers.secret_keys(arguments)

    async def work(ledger: Ledger) -> int:
        anchor = _read(arguments.anchor, ledger) if arguments.anchor is not None else None
        progress = Progress(await ledger.count_of(), "records")
        report = await ledger.verify(anchor=anchor, progress=progress.advance)
        progress.finish()
        await _remember(report, ledger)
        print(_as_json(report) if arguments.json else _as_text(report))
        return int(not report.holds)

    return ledgers.with_ledger(arguments, work, keys=keys)


def _read(path: Path, ledger: Ledger) -> Anchor:
    try:
        return read_anchor(path.read_bytes(), ledger.keys)
    except OSError as error:
        raise LedgerError(f'The anchor "{path}" cannot be read: {error.strerror}.') from error
    except LedgerError as error:
        raise LedgerError(f'The anchor "{path}": {error}') from error


async def _remember(report: Report, ledger: Ledger) -> None:
    """Write down for the overview what was found. Whoever may only read the ledger verifies it all the same."""
    verified = Verified(
        verified_at=int(time.time()),
        holds=report.holds,
        records=report.records,
        erased=report.erased,
        expired=report.expired,
        chains=report.chains,
        problems=len(report.problems),
    )
    try:
        await ledger.database.run(functools.partial(save_verification, verified=verified), writing=True)
    except LedgerError as error:
        print(f"consent-middleware: the overview will not show this verification. {error}", file=sys.stderr)


def _as_text(report: Report) -> str:
    records, chains = counted(report.records, "record") or "0 records", counted(report.chains, "chain") or "0 chains"
    looked_at = f"{records}, {report.erased:,} erased, {report.expired:,} expired, in {chains}"
    if report.holds:
        return f"The ledger holds: {looked_at}."
    lines = [f"The ledger does not hold: {looked_at}.", *map(_line, report.problems)]
    return "\n".join(lines)


def _line(problem: Problem) -> str:
    record = f", record {problem.record_id}" if problem.record_id else ""
    return f"  {problem.fault}: chain {problem.writer}, place {problem.position}{record}. {problem.message}"


def _as_json(report: Report) -> str:
    data = {"holds": report.holds, **msgspec.to_builtins(report)}
    return msgspec.json.format(msgspec.json.encode(data), indent=2).decode()
