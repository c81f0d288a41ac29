"""``consent-middleware ledger purge``: lets records go whose time is over."""

import argparse
from typing import TYPE_CHECKING

from ..errors import ConfigurationError
from ..ledger import Ledger
from ..ledger.purging import Retention, retention_of
from ..policy import Policy
from ..policy.lifetimes import Lifetime
from . import ledgers
from .progress import Progress

if TYPE_CHECKING:
    from argparse import _SubParsersAction


def add_command(tasks: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = tasks.add_parser(
        "purge",
        help="let records go whose time is over",
        description="Take records out whose retention is over, in small transactions while the site goes on, and sign how far "
        "each chain was let go, so that `ledger verify` tells expired from missing.",
    )
    ledgers.add_url(parser)
    ledgers.add_key(parser)
    kept = parser.add_mutually_exclusive_group(required=True)
    kept.add_argument("--policy", metavar="FILE", help="the site's policy, whose [retention] counts")
    kept.add_argument("--keep", metavar="TIME", help="keep all records this long, for example '3 years'")
    parser.set_defaults(run=purge)


def purge(arguments: argparse.Namespace) -> int:
    retention = _retention(arguments)

    async def work(ledger: Ledger) -> int:
        progress = Progress(await ledger.count_of(), "records let go")
        done = await ledger.purge(retention, progress=progress.advance)
        progress.finish()
        print(f"{done.removed:,} records were removed, {done.erased:,} more were erased and keep their links for now.")
        return 0

    return ledgers.with_ledger(arguments, work, keys=ledgers.secret_keys(arguments))


def _retention(arguments: argparse.Namespace) -> Retention:
    if arguments.policy is not None:
        return retention_of(Policy.load(arguments.policy))
    try:
        lifetime = Lifetime.parse(arguments.keep)
    except ValueError as error:
        raise ConfigurationError(f"--keep {arguments.keep!r}: {error}") from error
    if lifetime.seconds is None:
        raise ConfigurationError("A record of a choice cannot be kept for a session: it is a proof.")
    return Retention(kinds={}, others=lifetime.seconds)
