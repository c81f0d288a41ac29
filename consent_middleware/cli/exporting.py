"""``consent-middleware ledger export``: writes recorded choices as JSON lines."""

import argparse
import asyncio
import sys
from typing import TYPE_CHECKING

import msgspec

from ..errors import LedgerError
from ..ledger import Ledger
from ..storage.urls import DatabaseUrl

if TYPE_CHECKING:
    from argparse import _SubParsersAction

_EXAMPLE = "sqlite:///consent.db"


def add_command(commands: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "ledger", help="export recorded choices", description="Work with the record of choices."
    )
    tasks = parser.add_subparsers(metavar="TASK", required=True)
    exporting = tasks.add_parser(
        "export",
        help="write every recorded choice as JSON lines",
        description="Write every recorded choice to standard output, oldest first, one JSON object a line. Nothing is "
        "locked meanwhile; what is recorded after the start may or may not be included.",
    )
    exporting.add_argument(
        "url", metavar="URL", help=f"the ledger's database, for example {_EXAMPLE} or postgresql://user@host/database"
    )
    exporting.set_defaults(run=export)


def export(arguments: argparse.Namespace) -> int:
    path = DatabaseUrl.parse(arguments.url).path
    if path is not None and not path.is_file():
        raise LedgerError(f'There is no ledger at "{path}".')
    asyncio.run(_export(Ledger(arguments.url, create=False)))
    return 0


async def _export(ledger: Ledger) -> None:
    encoder = msgspec.json.Encoder()
    try:
        await ledger.start()
        async for record in ledger.choices():
            sys.stdout.write(encoder.encode(record).decode() + "\n")
    finally:
        await ledger.stop()
