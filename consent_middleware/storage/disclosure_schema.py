"""The table of disclosures: masked details that were asked for, by whom and why. Never the detail itself."""

from sqlalchemy import BigInteger, Boolean, Column, Connection, Table, Text

from .schema import METADATA

DISCLOSURES = Table(
    "consent_disclosures",
    METADATA,
    Column("disclosure_id", Text, primary_key=True),
    Column("consent_id", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("is_raw", Boolean, nullable=False),
    Column("first_at", BigInteger, nullable=False),
    Column("last_at", BigInteger, nullable=False),
    Column("times", BigInteger, nullable=False),
)
"""One row for each visitor, field, purpose, reason, outcome and day: a visitor who signs in a thousand times fills no disk.

``disclosure_id`` is a digest of just that, so that every process counts in the same row.
"""


def disclosure_table(connection: Connection) -> None:
    """The migration that makes it; never changed once released."""
    connection.exec_driver_sql(
        "CREATE TABLE consent_disclosures ("
        "disclosure_id TEXT NOT NULL PRIMARY KEY, consent_id TEXT NOT NULL, field TEXT NOT NULL, "
        "purpose TEXT NOT NULL, reason TEXT NOT NULL, is_raw BOOLEAN NOT NULL, "
        "first_at BIGINT NOT NULL, last_at BIGINT NOT NULL, times BIGINT NOT NULL)"
    )
    # One visitor's are read, and erased, by the first; what is too old is found by the second.
    connection.exec_driver_sql("CREATE INDEX consent_disclosures_of_visitor ON consent_disclosures (consent_id)")
    connection.exec_driver_sql("CREATE INDEX consent_disclosures_in_time ON consent_disclosures (last_at)")
