"""Accounts and sessions, in a real SQLite file."""

from pathlib import Path

import pytest

from demo_site.accounts import Account, Accounts, read_email
from demo_site.database import Database


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(tmp_path / "console.db")


@pytest.fixture
def accounts(database: Database) -> Accounts:
    return Accounts(database)


def made(accounts: Accounts) -> Account:
    account = accounts.sign_up("ada@example.com", "correct horse")
    assert account is not None
    return account


def test_an_account_opens_with_its_password_only(accounts: Accounts) -> None:
    account = made(accounts)
    assert accounts.verify("ada@example.com", "correct horse") == account
    assert accounts.verify("ada@example.com", "Correct horse") is None
    assert accounts.verify("bob@example.com", "correct horse") is None


def test_an_address_has_one_account(accounts: Accounts) -> None:
    made(accounts)
    assert accounts.sign_up("ada@example.com", "another password") is None


def test_a_session_is_known_by_its_secret_until_it_ends(accounts: Accounts) -> None:
    account = made(accounts)
    secret = accounts.begin_session(account, keep=False)
    assert accounts.of_session(secret) == account
    assert accounts.of_session(secret + "x") is None
    accounts.end_session(secret)
    assert accounts.of_session(secret) is None


def test_a_session_ends_by_itself(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = accounts.begin_session(made(accounts), keep=False)
    monkeypatch.setattr("time.time", lambda: 4_000_000_000.0)
    assert accounts.of_session(secret) is None


def test_the_database_holds_neither_password_nor_session_secret(accounts: Accounts, database: Database) -> None:
    secret = accounts.begin_session(made(accounts), keep=True)
    with database.connect() as connection:
        kept = "\n".join(connection.iterdump())
    assert "ada@example.com" in kept
    assert "correct horse" not in kept
    assert secret not in kept


@pytest.mark.parametrize(
    ("written", "read"),
    [(" Ada@Example.com ", "ada@example.com"), ("ada", None), ("a b@example.com", None), ("@", None), ("", None)],
)
def test_an_address_has_one_spelling(written: str, read: str | None) -> None:
    assert read_email(written) == read
