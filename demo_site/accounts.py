"""Accounts of the console, with the sessions that keep them signed in."""

import hashlib
import re
import secrets
import sqlite3
import time
from dataclasses import dataclass

from .database import Database
from .passwords import hash_password, nobody, verify_password

SHORT_SESSION = 12 * 3600
LONG_SESSION = 30 * 86_400
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    id: int
    email: str


class Accounts:
    def __init__(self, database: Database) -> None:
        self._database = database

    def sign_up(self, email: str, password: str) -> Account | None:
        """Make an account; ``None`` where the address has one already."""
        kept = hash_password(password)
        try:
            with self._database.connect() as connection:
                made = connection.execute("INSERT INTO accounts (email, password) VALUES (?, ?)", (email, kept))
        except sqlite3.IntegrityError:
            return None
        return Account(id=made.lastrowid or 0, email=email)

    def verify(self, email: str, password: str) -> Account | None:
        """Return the account, or ``None`` for a wrong address as for a wrong password."""
        with self._database.connect() as connection:
            row = connection.execute("SELECT id, password FROM accounts WHERE email = ?", (email,)).fetchone()
        if not verify_password(password, row[1] if row else nobody()) or row is None:
            return None
        return Account(id=row[0], email=email)

    def begin_session(self, account: Account, *, keep: bool) -> str:
        """Return a new session's secret. Only its digest is kept, so a stolen database signs nobody in."""
        secret = secrets.token_urlsafe(32)
        now = int(time.time())
        with self._database.connect() as connection:
            connection.execute("DELETE FROM sessions WHERE ends_at < ?", (now,))
            connection.execute(
                "INSERT INTO sessions VALUES (?, ?, ?)",
                (_digest(secret), account.id, now + (LONG_SESSION if keep else SHORT_SESSION)),
            )
        return secret

    def of_session(self, secret: str) -> Account | None:
        with self._database.connect() as connection:
            row = connection.execute(
                "SELECT id, email FROM accounts JOIN sessions ON account = id WHERE digest = ? AND ends_at >= ?",
                (_digest(secret), int(time.time())),
            ).fetchone()
        return Account(id=row[0], email=row[1]) if row else None

    def end_session(self, secret: str) -> None:
        with self._database.connect() as connection:
            connection.execute("DELETE FROM sessions WHERE digest = ?", (_digest(secret),))


def read_email(written: str) -> str | None:
    """The address in one spelling, or ``None`` where it cannot be one."""
    email = written.strip().lower()
    return email if _EMAIL.fullmatch(email) else None


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
