"""The tables of what a site was seen doing, summed over all processes."""

from sqlalchemy import BigInteger, Boolean, Column, Connection, Table, Text

from .schema import METADATA

INVENTORY = Table(
    "consent_inventory",
    METADATA,
    Column("kind", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("page", Text, nullable=False),
    Column("first_seen", BigInteger, nullable=False),
    Column("last_seen", BigInteger, nullable=False),
    Column("refused", BigInteger, nullable=False),
    Column("domain", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("lifetime", BigInteger, nullable=False),
)
"""``domain`` and ``path`` are a cookie's attributes; ``lifetime`` its seconds, 0 for a session, -1 where nobody saw it being set."""

COUNTS = Table(
    "consent_daily_counts",
    METADATA,
    Column("day", BigInteger, primary_key=True),
    Column("action", Text, primary_key=True),
    Column("purpose", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("number", BigInteger, nullable=False),
)
"""``day`` counts from 1970-01-01, UTC."""

VERIFICATIONS = Table(
    "consent_verifications",
    METADATA,
    Column("verified_at", BigInteger, primary_key=True),
    Column("holds", Boolean, nullable=False),
    Column("records", BigInteger, nullable=False),
    Column("erased", BigInteger, nullable=False),
    Column("expired", BigInteger, nullable=False),
    Column("chains", BigInteger, nullable=False),
    Column("problems", BigInteger, nullable=False),
)
"""What each ``ledger verify`` found."""


def overview_tables(connection: Connection) -> None:
    """The migration that makes them; never changed once released."""
    connection.exec_driver_sql(
        "CREATE TABLE consent_inventory ("
        "kind TEXT NOT NULL, source TEXT NOT NULL, name TEXT NOT NULL, "
        "purpose TEXT NOT NULL, reason TEXT NOT NULL, rule TEXT NOT NULL, page TEXT NOT NULL, "
        "first_seen BIGINT NOT NULL, last_seen BIGINT NOT NULL, refused BIGINT NOT NULL, "
        "domain TEXT NOT NULL, path TEXT NOT NULL, lifetime BIGINT NOT NULL, "
        "PRIMARY KEY (kind, source, name))"
    )
    connection.exec_driver_sql(
        "CREATE TABLE consent_daily_counts ("
        "day BIGINT NOT NULL, action TEXT NOT NULL, purpose TEXT NOT NULL, name TEXT NOT NULL, number BIGINT NOT NULL, "
        "PRIMARY KEY (day, action, purpose, name))"
    )
    connection.exec_driver_sql(
        "CREATE TABLE consent_verifications ("
        "verified_at BIGINT NOT NULL PRIMARY KEY, holds BOOLEAN NOT NULL, records BIGINT NOT NULL, "
        "erased BIGINT NOT NULL, expired BIGINT NOT NULL, chains BIGINT NOT NULL, problems BIGINT NOT NULL)"
    )
