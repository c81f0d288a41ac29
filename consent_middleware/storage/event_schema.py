"""The table of recorded page views and clicks."""

from sqlalchemy import BigInteger, Column, Connection, Table, Text

from .schema import METADATA

EVENTS = Table(
    "consent_events",
    METADATA,
    Column("event_id", Text, primary_key=True),
    Column("consent_id", Text, nullable=False),
    Column("occurred_at", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("details", Text, nullable=False),
)
"""``details`` is a JSON object: the telemetry that was allowed."""


def event_table(connection: Connection) -> None:
    """The migration that makes it; never changed once released."""
    connection.exec_driver_sql(
        "CREATE TABLE consent_events ("
        "event_id TEXT NOT NULL PRIMARY KEY, consent_id TEXT NOT NULL, occurred_at BIGINT NOT NULL, "
        "kind TEXT NOT NULL, path TEXT NOT NULL, name TEXT NOT NULL, details TEXT NOT NULL)"
    )
    # One visitor's events are read, and erased, by the first; what is too old is found by the second.
    connection.exec_driver_sql(
        "CREATE INDEX consent_events_of_visitor ON consent_events (consent_id, occurred_at, event_id)"
    )
    connection.exec_driver_sql("CREATE INDEX consent_events_in_time ON consent_events (occurred_at)")
