"""The tables as they are now, for queries; ``migrations`` makes them.

The names carry a prefix because the database may be the app's own. Only what SQLite, PostgreSQL and databases that speak its
protocol have in common is used: no sequences, no arrays, no locks.
"""

from sqlalchemy import BigInteger, Boolean, Column, Insert, Integer, MetaData, Table, Text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

METADATA = MetaData()

SCHEMA = Table("consent_schema", METADATA, Column("version", Integer, primary_key=True, autoincrement=False))

CHOICES = Table(
    "consent_choices",
    METADATA,
    Column("record_id", Text, primary_key=True),
    Column("consent_id", Text, nullable=False),
    Column("chosen_at", BigInteger, nullable=False),
    Column("policy_version", Text, nullable=False),
    Column("policy_digest", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("allowed", Text, nullable=False),
    Column("refused", Text, nullable=False),
    Column("gpc", Boolean, nullable=False),
    Column("precedence", Text, nullable=False),
)
"""``allowed`` and ``refused`` are JSON arrays."""

SIGHTINGS = Table(
    "consent_cookie_sightings",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("domain", Text, primary_key=True),
    Column("path", Text, primary_key=True),
    Column("secure", Boolean, primary_key=True),
    Column("partitioned", Boolean, primary_key=True),
)
"""``domain`` is empty for a host-only cookie: in a unique key, NULL would not equal NULL."""


def insert_new(table: Table, connection: AsyncConnection) -> Insert:
    """Insert rows whose primary key is not there yet; the others stay as they are."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()
