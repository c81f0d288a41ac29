"""The table of messages that wait to be delivered to recipients."""

from sqlalchemy import BigInteger, Column, Connection, Table, Text

from .schema import METADATA

OUTBOX = Table(
    "consent_outbox",
    METADATA,
    Column("message_id", Text, primary_key=True),
    Column("service", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("consent_id", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("attempts", BigInteger, nullable=False),
    Column("next_at", BigInteger, nullable=False),
    Column("lease", Text, nullable=False),
    Column("leased_until", BigInteger, nullable=False),
    Column("problem", Text, nullable=False),
)
"""A row goes once its message is delivered. ``next_at``: when it is tried again, 0 once it was given up. ``lease``: which process
sends it at the moment, until ``leased_until``."""


def outbox_table(connection: Connection) -> None:
    """The migration that makes it; never changed once released."""
    connection.exec_driver_sql(
        "CREATE TABLE consent_outbox ("
        "message_id TEXT NOT NULL PRIMARY KEY, service TEXT NOT NULL, url TEXT NOT NULL, consent_id TEXT NOT NULL, "
        "created_at BIGINT NOT NULL, attempts BIGINT NOT NULL, next_at BIGINT NOT NULL, lease TEXT NOT NULL, "
        "leased_until BIGINT NOT NULL, problem TEXT NOT NULL)"
    )
    connection.exec_driver_sql("CREATE INDEX consent_outbox_in_time ON consent_outbox (next_at, message_id)")
