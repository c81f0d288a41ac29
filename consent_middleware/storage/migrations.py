"""Brings a database's tables up to date.

A migration is never changed once released; what it made is changed by the next one. So they are written in SQL of their own and
do not follow ``schema``.
"""

import asyncio
import time
from collections.abc import Callable, Sequence

from sqlalchemy import Connection, column, inspect, select, table
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine

from ..errors import LedgerError
from .disclosure_schema import disclosure_table
from .event_schema import event_table
from .outbox_schema import outbox_table
from .overview_schema import overview_tables
from .request_schema import request_table
from .schema import RECORDS, SCHEMA
from .subject_schema import subject_table
from .task_schema import task_table

Migration = Callable[[Connection], None]

FIRST_TABLE = "consent_choices"
"""What the first release kept choices in; gone once they are chained."""
_NOT_ALLOWED = "42501"
"""PostgreSQL's "insufficient privilege"."""
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


def chained_records(connection: Connection) -> None:
    """Records of every kind, in chains; what they show, once; how far chains were let go.

    ``Ledger`` moves the rows of the first table over: chaining them takes its key.
    """
    binary = "BYTEA" if connection.dialect.name == "postgresql" else "BLOB"
    connection.exec_driver_sql(
        "CREATE TABLE consent_records ("
        "record_id TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, consent_id TEXT NOT NULL, "
        f"recorded_at BIGINT NOT NULL, content TEXT NOT NULL, salt {binary} NOT NULL, "
        f'writer TEXT NOT NULL, "position" BIGINT NOT NULL, digest {binary} NOT NULL, seal {binary} NOT NULL, '
        f"erased_at BIGINT NOT NULL, erasure {binary} NOT NULL)"
    )
    # Read in the order of time and in the order of the chains; found by visitor.
    connection.exec_driver_sql("CREATE INDEX consent_records_in_time ON consent_records (recorded_at, record_id)")
    connection.exec_driver_sql('CREATE INDEX consent_records_in_chain ON consent_records (writer, "position")')
    connection.exec_driver_sql("CREATE INDEX consent_records_of_visitor ON consent_records (consent_id)")
    connection.exec_driver_sql(
        "CREATE TABLE consent_texts ("
        "digest TEXT NOT NULL PRIMARY KEY, language TEXT NOT NULL, layer TEXT NOT NULL, content TEXT NOT NULL)"
    )
    connection.exec_driver_sql(
        "CREATE TABLE consent_checkpoints ("
        f'writer TEXT NOT NULL PRIMARY KEY, "position" BIGINT NOT NULL, seal {binary} NOT NULL, '
        f"made_at BIGINT NOT NULL, signature {binary} NOT NULL)"
    )


MIGRATIONS: Sequence[Migration] = (
    first_tables,
    event_table,
    chained_records,
    disclosure_table,
    request_table,
    subject_table,
    task_table,
    overview_tables,
    outbox_table,
)
"""In order; a migration's version is its place, counted from 1."""


async def migrate(
    engine: AsyncEngine,
    *,
    create: bool = True,
    seconds: float = 5.0,
    migrations: Sequence[Migration] = MIGRATIONS,
    upgrade: Migration | None = None,
) -> None:
    """Apply what is missing, then ``upgrade``, which moves what the first release kept.

    Nothing is written to a database that is up to date, so a read-only account will do there. Safe when several processes start at
    once: the transaction that records a version makes the others wait for it, fail, and find it done. ``create=False`` refuses to
    make a ledger where none is.
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
                await connection.run_sync(_apply, migrations, upgrade)
        except (IntegrityError, OperationalError, ProgrammingError) as error:
            if time.monotonic() >= deadline or not _is_another_process(error):
                raise
            await asyncio.sleep(_PAUSE)


def _applied(connection: Connection) -> frozenset[int]:
    if not inspect(connection).has_table(SCHEMA.name):
        return frozenset()
    return frozenset(connection.scalars(select(SCHEMA.c.version)))


def _apply(connection: Connection, migrations: Sequence[Migration], upgrade: Migration | None) -> None:
    SCHEMA.create(connection, checkfirst=True)
    done = _applied(connection)
    for version, migration in enumerate(migrations, start=1):
        if version not in done:
            connection.execute(SCHEMA.insert().values(version=version))
            migration(connection)
    tables = inspect(connection)
    if tables.has_table(RECORDS.name) and tables.has_table(FIRST_TABLE):
        _retire_first_table(connection, upgrade)


def _retire_first_table(connection: Connection, upgrade: Migration | None) -> None:
    if upgrade is not None:
        upgrade(connection)
    elif connection.execute(table(FIRST_TABLE, column("record_id")).select().limit(1)).first():
        raise LedgerError(
            "The ledger was made by an older release, and moving it takes its key: start the app with it once."
        )
    connection.exec_driver_sql(f"DROP TABLE {FIRST_TABLE}")


def _is_another_process(error: DBAPIError) -> bool:
    """PostgreSQL lets two transactions create one table and fails the second; SQLite may be locked, also while it turns to WAL."""
    if isinstance(error, OperationalError):
        return "locked" in str(error)
    # An account that may create no tables never will.
    return getattr(error.orig, "sqlstate", None) != _NOT_ALLOWED
