"""Brings a database's tables up to date.

A migration is never changed once released; what it made is changed by the next one. So they are written in SQL of their own and
do not follow ``schema``.
"""

import asyncio
import time
from collections.abc import Callable, Sequence

from sqlalchemy import Connection, inspect, select
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine

from ..errors import LedgerError
from .event_schema import event_table
from .schema import SCHEMA

Migration = Callable[[Connection], None]

_PAUSE = 0.05


def first_tables(connection: Connection) -> None:
    """Choices and cookie sightings."""
    connection.exec_driver_sql(
        "CREATE TABLE consent_choices ("
        "record_id TEXT NOT NULL PRIMARY KEY, consent_id TEXT NOT NULL, chosen_at BIGINT NOT NULL, "
        "policy_version TEXT NOT NULL, policy_digest TEXT NOT NULL, language TEXT NOT NULL, "
        "method TEXT NOT NULL, action TEXT NOT NULL, allowed TEXT NOT NULL, refused TEXT NOT NULL, "
        "gpc BOOLEAN NOT NULL, precedence TEXT NOT NULL)"
    )
    # Reading goes through this index page by page, and one visitor's records are found by the other.
    connection.exec_driver_sql("CREATE INDEX consent_choices_in_time ON consent_choices (chosen_at, record_id)")
    connection.exec_driver_sql("CREATE INDEX consent_choices_of_visitor ON consent_choices (consent_id)")
    connection.exec_driver_sql(
        "CREATE TABLE consent_cookie_sightings ("
        "name TEXT NOT NULL, domain TEXT NOT NULL, path TEXT NOT NULL, "
        "secure BOOLEAN NOT NULL, partitioned BOOLEAN NOT NULL, "
        "PRIMARY KEY (name, domain, path, secure, partitioned))"
    )


MIGRATIONS: Sequence[Migration] = (first_tables, event_table)
"""In order; a migration's version is its place, counted from 1."""


async def migrate(
    engine: AsyncEngine, *, create: bool = True, seconds: float = 5.0, migrations: Sequence[Migration] = MIGRATIONS
) -> None:
    """Apply what is missing. Nothing is written to a database that is up to date, so a read-only account will do there.

    Safe when several processes start at once: the transaction that records a version makes the others wait for it, fail, and find
    it done. ``create=False`` refuses to make a ledger where none is.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            async with engine.connect() as connection:
                done = await connection.run_sync(_applied)
            if not done and not create:
                raise LedgerError("There is no ledger in this database.")
            if max(done, default=0) > len(migrations):
                raise LedgerError(
                    f"The ledger was made by a newer release (schema {max(done)}, this one knows {len(migrations)}): "
                    "upgrade consent-middleware."
                )
            if len(done) == len(migrations):
                return
            async with engine.execution_options(writing=True).begin() as connection:
                await connection.run_sync(_apply, migrations)
        except (IntegrityError, OperationalError, ProgrammingError) as error:
            if time.monotonic() >= deadline or not _is_another_process(error):
                raise
            await asyncio.sleep(_PAUSE)


def _applied(connection: Connection) -> frozenset[int]:
    if not inspect(connection).has_table(SCHEMA.name):
        return frozenset()
    return frozenset(connection.scalars(select(SCHEMA.c.version)))


def _apply(connection: Connection, migrations: Sequence[Migration]) -> None:
    SCHEMA.create(connection, checkfirst=True)
    done = _applied(connection)
    for version, migration in enumerate(migrations, start=1):
        if version not in done:
            connection.execute(SCHEMA.insert().values(version=version))
            migration(connection)


def _is_another_process(error: Exception) -> bool:
    """PostgreSQL lets two transactions create one table and fails the second; SQLite may be locked, also while it turns to WAL."""
    return not isinstance(error, OperationalError) or "locked" in str(error)
