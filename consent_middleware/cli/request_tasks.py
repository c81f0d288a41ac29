"""The commands ``consent-middleware requests …``."""

import argparse
from typing import TYPE_CHECKING

from . import adding, deciding, listing

if TYPE_CHECKING:
    from argparse import _SubParsersAction


def add_command(commands: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "requests",
        help="work with requests that need a person",
        description="Work with what visitors asked a person for: erasure of an account, correction, access, complaints.",
    )
    tasks = parser.add_subparsers(metavar="TASK", required=True)
    for module in (listing, deciding, adding):
        module.add_command(tasks)
