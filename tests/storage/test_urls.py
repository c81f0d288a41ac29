"""What may be written as a ledger's address."""

import subprocess
import sys
from pathlib import Path

import pytest

from consent_middleware.errors import ConfigurationError
from consent_middleware.storage.urls import DatabaseUrl


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///consent.db", Path("consent.db")),
        ("sqlite+aiosqlite:///consent.db", Path("consent.db")),
        ("sqlite:////consent.db", Path("/consent.db")),
        ("sqlite://", None),
        ("sqlite:///", None),
        ("sqlite:///:memory:", None),
    ],
)
def test_three_slashes_name_a_file_here_and_four_an_absolute_one(url: str, path: Path | None) -> None:
    assert DatabaseUrl.parse(url) == DatabaseUrl(path=path)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+asyncpg"])
def test_postgresql_may_be_written_in_each_of_its_usual_ways(scheme: str) -> None:
    url = DatabaseUrl.parse(f"{scheme}://user:secret@host/database?sslmode=require")
    assert url.dsn == "postgresql://user:secret@host/database?sslmode=require"
    assert url.is_postgresql


@pytest.mark.parametrize(
    ("url", "way_out"),
    [
        ("consent.db", "sqlite:///consent.db"),
        ("", "sqlite:///consent.db"),
        ("mysql://user:secret@host/database", "postgresql://"),
        ("sqlite://consent.db", "sqlite:///consent.db"),
        ("sqlite:///consent.db?mode=ro", 'write "sqlite:///consent.db"'),
        ("sqlite:////no/such/folder/consent.db", "make it"),
        ("sqlite:////", "file in it"),
    ],
)
def test_an_address_that_cannot_work_names_the_way_out(url: str, way_out: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        DatabaseUrl.parse(url)
    assert way_out in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_missing_postgresql_driver_names_the_extra() -> None:
    script = """if True:
        import sys
        sys.modules["asyncpg"] = None
        from consent_middleware.ledger import Ledger
        try:
            Ledger("postgresql://user:secret@host/database")
        except Exception as error:
            print(type(error).__name__, error)
    """
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=True)
    assert answer.stdout.startswith("ConfigurationError")
    assert "consent-middleware[postgres]" in answer.stdout
    assert "secret" not in answer.stdout
