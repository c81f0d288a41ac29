"""The table of choices that follow an account from device to device."""

from sqlalchemy import BigInteger, Column, Connection, Table, Text

from .schema import METADATA

SUBJECTS = Table(
    "consent_subjects",
    METADATA,
    Column("subject", Text, primary_key=True),
    Column("consent_id", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("chosen_at", BigInteger, nullable=False),
)
"""``subject``: a keyed digest of what the app calls the account, never that itself. ``state``: what was chosen, as the token writes it,
without a signature: whoever reads this table can make no token of it. A row without ``consent_id`` says that everything up to
``chosen_at`` was erased.
"""


def subject_table(connection: Connection) -> None:
    """The migration that makes it; never changed once released."""
    connection.exec_driver_sql(
        "CREATE TABLE consent_subjects ("
        "subject TEXT NOT NULL, consent_id TEXT NOT NULL, state TEXT NOT NULL, chosen_at BIGINT NOT NULL, "
        "PRIMARY KEY (subject, consent_id))"
    )
    # What is too old is found by it; an account's rows are found by the primary key.
    connection.exec_driver_sql("CREATE INDEX consent_subjects_in_time ON consent_subjects (chosen_at)")
