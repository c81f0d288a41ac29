"""``consent-middleware ledger anchor``: prints where every chain ends, to be kept elsewhere."""

import argparse
import sys
from typing import TYPE_CHECKING

import msgspec

from ..ledger import Ledger
from . import ledgers

if TYPE_CHECKING:
    from argparse import _SubParsersAction


def add_command(tasks: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = tasks.add_parser(
        "anchor",
        help="print where every chain ends, to be kept elsewhere",
        description="Print, as one line of JSON, where every chain ends now, and say its root on standard error. Kept where "
        "whoever can write to the database cannot, it lets `ledger verify --anchor` find a tail that was cut off.",
    )
    ledgers.add_url(parser)
    ledgers.add_key(parser)
    parser.set_defaults(run=print_anchor)


def print_anchor(arguments: argparse.Namespace) -> int:
    async def work(ledger: Ledger) -> int:
        anchor = await ledger.anchor()
        print(msgspec.json.encode(anchor).decode())
        print(f"root {anchor.root}", file=sys.stderr)
        return 0

    return ledgers.with_ledger(arguments, work, keys=ledgers.secret_keys(arguments))
