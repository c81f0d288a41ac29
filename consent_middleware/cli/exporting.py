"""``consent-middleware ledger export``: writes recorded choices, as lines, as consent records or as a table."""

import argparse
import csv
import sys
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import msgspec

from ..ledger import ChoiceRecord, Ledger
from ..ledger.dpv import CONTEXT, consent_record
from ..ledger.records import STATES, choice_of
from ..ledger.rows import Stored
from ..policy import Policy
from . import ledgers
from .progress import Progress

if TYPE_CHECKING:
    from argparse import _SubParsersAction

_FORMATS = ("jsonl", "jsonld", "csv")
_encode = msgspec.json.Encoder().encode


def add_command(tasks: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    exporting = tasks.add_parser(
        "export",
        help="write every recorded choice",
        description="Write every recorded choice, and what happened to it later without the visitor (it ran out, or the browser's "
        "signal changed what it allows), to standard output, oldest first: one JSON object a line, or one JSON-LD "
        "document of ISO/IEC TS 27560 consent records with DPV terms, or CSV. Nothing is locked meanwhile; what is recorded "
        "after the start may or may not be included.",
    )
    ledgers.add_url(exporting)
    exporting.add_argument("--format", choices=_FORMATS, default="jsonl", help="default: jsonl")
    exporting.add_argument(
        "--policy", metavar="FILE", help="the site's policy: the words and recipients of a JSON-LD record"
    )
    exporting.set_defaults(run=export)


def export(arguments: argparse.Namespace) -> int:
    policy = Policy.of(arguments.policy)

    async def work(ledger: Ledger) -> int:
        progress = Progress(await ledger.count_of(STATES), "records")
        choices = _watched(ledger.records(STATES), progress)
        try:
            if arguments.format == "jsonld":
                await _write_jsonld(choices, policy)
            elif arguments.format == "csv":
                await _write_csv(choices)
            else:
                async for choice in choices:
                    sys.stdout.write(_encode(choice).decode() + "\n")
        finally:
            progress.finish()
        return 0

    return ledgers.with_ledger(arguments, work)


async def _watched(records: AsyncIterator[Stored], progress: Progress) -> AsyncIterator[ChoiceRecord]:
    async for stored in records:
        yield choice_of(stored.record)
        progress.advance()


async def _write_jsonld(choices: AsyncIterator[ChoiceRecord], policy: Policy) -> None:
    """One document, a record a line, so that it can be written and read piece by piece."""
    sys.stdout.write(f'{{"@context": {_encode(CONTEXT).decode()}, "@graph": [')
    separator = "\n"
    async for choice in choices:
        sys.stdout.write(separator + _encode(consent_record(choice, policy)).decode())
        separator = ",\n"
    sys.stdout.write("\n]}\n")


async def _write_csv(choices: AsyncIterator[ChoiceRecord]) -> None:
    """RFC 4180; lists are separated by spaces, which no id contains, and names by semicolons."""
    writer = csv.writer(sys.stdout, lineterminator="\r\n")
    names = list(ChoiceRecord.__dataclass_fields__)
    writer.writerow(names)
    async for choice in choices:
        writer.writerow([_cell(getattr(choice, name)) for name in names])


def _cell(value: object) -> object:
    if isinstance(value, tuple):
        value = ("; " if any(" " in item for item in value) else " ").join(value)
    # A spreadsheet takes what begins like this for a formula.
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
