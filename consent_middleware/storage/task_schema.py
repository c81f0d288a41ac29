"""The table by which processes agree who does what has to be done once for all of them."""

from sqlalchemy import BigInteger, Column, Connection, Table, Text

from .schema import METADATA

TASKS = Table(
    "consent_tasks",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("due_at", BigInteger, nullable=False),
)
"""``due_at``: seconds since 1970, from when on the task may be taken again."""


def task_table(connection: Connection) -> None:
    """The migration that makes it; never changed once released."""
    connection.exec_driver_sql("CREATE TABLE consent_tasks (name TEXT NOT NULL PRIMARY KEY, due_at BIGINT NOT NULL)")
