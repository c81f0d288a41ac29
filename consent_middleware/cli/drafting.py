"""``consent-middleware init``: writes the draft of a policy from an audit, or from what the gates saw."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ConfigurationError
from ..ledger import Ledger
from . import ledgers

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from ..audit.drafting import Seen


def add_command(commands: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "init",
        help="draft a policy from an audit or from what the gates saw",
        description="Write the draft of a policy from what an audit saw, or from the inventory that a middleware with a "
        'ledger keeps in mode="observe", or with an overview. It can be enforced as it is; what only you can answer is '
        "marked TODO.",
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("audit", metavar="AUDIT", nargs="?", help="what `consent-middleware audit --json AUDIT` wrote")
    source.add_argument(
        "--from-inventory",
        dest="url",
        metavar="LEDGER",
        help="the ledger's database, for example sqlite:///consent.db or postgresql://user@host/database",
    )
    parser.add_argument("--site", metavar="URL", default="", help="the site's address, where the inventory is used")
    parser.add_argument(
        "--output", metavar="FILE", default="consent.toml", help="where to write it (default: %(default)s)"
    )
    parser.add_argument("--force", action="store_true", help="replace the file where there is one")
    parser.set_defaults(run=write)


def write(arguments: argparse.Namespace) -> int:
    from ..audit.drafting import draft

    target = Path(arguments.output)
    if target.exists() and not arguments.force:
        raise ConfigurationError(f"{target} is there already: choose another --output, or replace it with --force.")
    text = draft(_of_audit(arguments.audit) if arguments.url is None else _of_inventory(arguments))
    target.write_text(text, encoding="utf-8")
    print(f"{target}: {text.count('TODO')} questions are open; then `consent-middleware check {target}`.")
    return 0


def _of_audit(file: str) -> "Seen":
    from ..audit.drafting import read_audit

    try:
        return read_audit(Path(file).read_bytes(), file)
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}.") from error


def _of_inventory(arguments: argparse.Namespace) -> "Seen":
    from ..audit.inventoried import seen_of
    from ..overview.items import Item
    from ..overview.rows import read_items

    items: list[Item] = []

    async def work(ledger: Ledger) -> int:
        items.extend(await ledger.database.run(read_items))
        return 0

    ledgers.with_ledger(arguments, work)
    if not items:
        raise ConfigurationError(
            'The inventory is empty: mount the middleware with this ledger and mode="observe", or with an overview, '
            "and let some requests through."
        )
    return seen_of(items, arguments.site)
