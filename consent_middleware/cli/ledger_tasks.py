"""The commands ``consent-middleware ledger …``."""

import argparse
from typing import TYPE_CHECKING

from . import anchoring, delivering, exporting, purging, verifying

if TYPE_CHECKING:
    from argparse import _SubParsersAction


def add_command(commands: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "ledger",
        help="verify, export or purge recorded choices, tell recipients of erasures",
        description="Work with the record of choices.",
    )
    tasks = parser.add_subparsers(metavar="TASK", required=True)
    for module in (exporting, verifying, anchoring, purging, delivering):
        module.add_command(tasks)
