"""``consent-middleware ledger export``: writes recorded choices as JSON lines."""

import argparse
import sys
from typing import TYPE_CHECKING

import msgspec

from ..ledger import Ledger
from . import ledgers

if TYPE_CHECKING:
    from argparse import _SubParsersAction


def add_command(tasks: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    exporting = tasks.add_parser(
        "export",
        help="write every recorded choice as JSON lines",
        description="Write every recorded choice to standard output, oldest first, one JSON object a line. Nothing is "
        "locked meanwhile; what is recorded after the start may or may not be included.",
    )
    ledgers.add_url(exporting)
    exporting.set_defaults(run=export)


def export(arguments: argparse.Namespace) -> int:
    async def work(ledger: Ledger) -> int:
        encoder = msgspec.json.Encoder()
        async for record in ledger.choices():
            sys.stdout.write(encoder.encode(record).decode() + "\n")
        return 0

    return ledgers.with_ledger(arguments, work)
