"""The table of requests that need a person."""

from sqlalchemy import BigInteger, Boolean, Column, Connection, LargeBinary, Table, Text

from .schema import METADATA

REQUESTS = Table(
    "consent_requests",
    METADATA,
    Column("number", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("consent_id", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("verified_at", BigInteger, nullable=False),
    Column("due_on", Text, nullable=False),
    Column("is_provisional", Boolean, nullable=False),
    Column("working_days", BigInteger, nullable=False),
    Column("calendar", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("contact", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("answered_at", BigInteger, nullable=False),
    Column("answer", Text, nullable=False),
    Column("salt", LargeBinary, nullable=False),
)
"""``reference``: the SHA-256 of what the visitor was given. ``due_on``: a day as in ISO 8601, empty until time runs.

Once closed or withdrawn, a request has neither contact nor message nor answer, nor the salt without which its digest says nothing.
"""


def request_table(connection: Connection) -> None:
    """The migration that makes it; never changed once released."""
    binary = "BYTEA" if connection.dialect.name == "postgresql" else "BLOB"
    connection.exec_driver_sql(
        "CREATE TABLE consent_requests ("
        "number TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, state TEXT NOT NULL, consent_id TEXT NOT NULL, "
        "reference TEXT NOT NULL, received_at BIGINT NOT NULL, verified_at BIGINT NOT NULL, due_on TEXT NOT NULL, "
        "is_provisional BOOLEAN NOT NULL, working_days BIGINT NOT NULL, calendar TEXT NOT NULL, language TEXT NOT NULL, "
        f"contact TEXT NOT NULL, message TEXT NOT NULL, answered_at BIGINT NOT NULL, answer TEXT NOT NULL, salt {binary} NOT NULL)"
    )
    # A visitor's own are found by the first two; what is due is read in the order of the last.
    connection.exec_driver_sql("CREATE INDEX consent_requests_of_visitor ON consent_requests (consent_id)")
    connection.exec_driver_sql("CREATE INDEX consent_requests_by_reference ON consent_requests (reference)")
    connection.exec_driver_sql("CREATE INDEX consent_requests_in_time ON consent_requests (due_on, number)")
