"""What commands that work with a ledger have in common: its address, the site's keys, an open ledger."""

import argparse
import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

from ..errors import ConfigurationError, LedgerError
from ..ledger import Ledger
from ..storage.urls import DatabaseUrl

KEY_VARIABLE = "CONSENT_SECRET_KEY"
_EXAMPLE = "sqlite:///consent.db"
_SQLITE = b"SQLite format 3\0"
"""How each file begins: https://www.sqlite.org/fileformat.html, section 1.3. One that was never written to is empty."""
_PATIENCE = 60.0
"""Seconds: nobody waits for a page here, and a large ledger's database may take its time."""


def add_url(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "url", metavar="URL", help=f"the ledger's database, for example {_EXAMPLE} or postgresql://user@host/database"
    )


def add_key(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--key-file",
        type=Path,
        metavar="FILE",
        help=f"the site's secret keys, one a line, newest first; without it, ${KEY_VARIABLE} is the key",
    )


def secret_keys(arguments: argparse.Namespace) -> list[str]:
    """Return the keys, newest first. Raises ConfigurationError where there is none."""
    if arguments.key_file is not None:
        try:
            keys = [line.strip() for line in arguments.key_file.read_text(encoding="utf-8").splitlines()]
        except OSError as error:
            raise ConfigurationError(f'The keys in "{arguments.key_file}" cannot be read: {error.strerror}.') from error
        except UnicodeDecodeError as error:
            raise ConfigurationError(
                f'The keys in "{arguments.key_file}" cannot be read: write them in UTF-8, one a line.'
            ) from error
    else:
        keys = [os.environ.get(KEY_VARIABLE, "")]
    found = [key for key in keys if key]
    if not found:
        raise ConfigurationError(
            f"The ledger's seals are made with the site's secret key: put it into {KEY_VARIABLE}, or name a file of keys "
            "with --key-file."
        )
    return found


def with_ledger(
    arguments: argparse.Namespace, work: Callable[[Ledger], Awaitable[int]], *, keys: list[str] | None = None
) -> int:
    """Open the ledger, work with it, and close it. Raises LedgerError where there is none: this makes no new one."""
    path = DatabaseUrl.parse(arguments.url).path
    if path is not None and not path.is_file():
        raise LedgerError(f'There is no ledger at "{path}".')
    if path is not None and not _is_sqlite(path):
        raise LedgerError(f'"{path}" is no ledger: it is not a SQLite database.')

    async def run() -> int:
        ledger = Ledger(arguments.url, secret_keys=keys or (), create=False, patience=_PATIENCE)
        try:
            await ledger.database.start()
            return await work(ledger)
        finally:
            await ledger.stop()

    return asyncio.run(run())


def _is_sqlite(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            begins = file.read(len(_SQLITE))
    except OSError as error:
        raise LedgerError(f'The ledger "{path}" cannot be read: {error.strerror}.') from error
    return begins in (b"", _SQLITE)
