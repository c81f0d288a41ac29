"""Projects of an account: what a developer makes in the console, each with its APPID and API key."""

import hashlib
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from .accounts import Account
from .database import Database

LIMIT = 12
"""Projects per account."""
_DAYS = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    app_id: int
    name: str
    api_key: str
    made_at: datetime


class Projects:
    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, account: Account) -> list[Project]:
        with self._database.connect() as connection:
            rows = connection.execute(
                "SELECT app_id, name, api_key, made_at FROM projects WHERE account = ? ORDER BY made_at",
                (account.id,),
            ).fetchall()
        return [
            Project(app_id=app_id, name=name, api_key=key, made_at=datetime.fromtimestamp(made / 1000, UTC))
            for app_id, name, key, made in rows
        ]

    def make(self, account: Account, name: str) -> bool:
        """Add a project; False where the account has its fill."""
        with self._database.connect() as connection:
            added = connection.execute(
                "INSERT INTO projects SELECT ?, ?, ?, ?, ? WHERE (SELECT count(*) FROM projects WHERE account = ?) < ?",
                (_new_app_id(), account.id, name, _new_key(), time.time_ns() // 1_000_000, account.id, LIMIT),
            )
        return added.rowcount == 1

    def renew_key(self, account: Account, app_id: int) -> bool:
        """Replace the key of one of the account's own projects."""
        with self._database.connect() as connection:
            changed = connection.execute(
                "UPDATE projects SET api_key = ? WHERE app_id = ? AND account = ?", (_new_key(), app_id, account.id)
            )
        return changed.rowcount == 1


def usage(projects: list[Project], today: date) -> list[tuple[date, int]]:
    """Minutes of calls per day for the last two weeks: invented, but the same at every look."""
    days = [today - timedelta(days=back) for back in range(_DAYS - 1, -1, -1)]
    return [(day, sum(_minutes(project, day) for project in projects)) for day in days]


def _minutes(project: Project, day: date) -> int:
    seed = hashlib.sha256(f"{project.app_id} {day.isoformat()}".encode()).digest()
    weekday = 1.0 if day.weekday() < 5 else 0.45
    return int((240 + int.from_bytes(seed[:2]) % 420) * weekday)


def _new_app_id() -> int:
    return 1_000_000_000 + secrets.randbelow(9_000_000_000)


def _new_key() -> str:
    return secrets.token_hex(16)
