"""The tables as they are now, for queries; ``migrations`` makes them.

The names carry a prefix because the database may be the app's own. Only what SQLite, PostgreSQL and databases that speak its
protocol have in common is used: no sequences, no arrays, no locks.
"""

from sqlalchemy import BigInteger, Boolean, Column, Insert, Integer, LargeBinary, MetaData, Table, Text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

METADATA = MetaData()

SCHEMA = Table("consent_schema", METADATA, Column("version", Integer, primary_key=True, autoincrement=False))

RECORDS = Table(
    "consent_records",
    METADATA,
    Column("record_id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("consent_id", Text, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("content", Text, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("writer", Text, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("seal", LargeBinary, nullable=False),
    Column("erased_at", BigInteger, nullable=False),
    Column("erasure", LargeBinary, nullable=False),
)
"""Every recorded fact, and its place in the chain of the process that wrote it. ``content`` is a JSON object.

An erased record keeps only its link: ``consent_id``, ``content`` and ``salt`` are empty, ``erasure`` is the seal of that.
"""

TEXTS = Table(
    "consent_texts",
    METADATA,
    Column("digest", Text, primary_key=True),
    Column("language", Text, nullable=False),
    Column("layer", Text, nullable=False),
    Column("content", Text, nullable=False),
)
"""What visitors were shown, once for each wording."""

CHECKPOINTS = Table(
    "consent_checkpoints",
    METADATA,
    Column("writer", Text, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("seal", LargeBinary, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("signature", LargeBinary, nullable=False),
)
"""How far a chain was let go when its records' time was over. One row a chain."""

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
