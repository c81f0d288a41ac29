"""What a mount may write to say where its records are kept.

Read without SQLAlchemy, so that a wrong address is an error at mount time and costs no import.
"""

import importlib.util
from dataclasses import dataclass
from pathlib import Path

from ..errors import ConfigurationError

_EXAMPLES = '"sqlite:///consent.db" or "postgresql://user@host/database"'
_POSTGRESQL = ("postgresql", "postgres", "postgresql+asyncpg")
_SQLITE = ("sqlite", "sqlite+aiosqlite")


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseUrl:
    """A database's address, checked. A PostgreSQL one has a ``dsn``, a SQLite file a ``path``, one in memory neither."""

    path: Path | None = None
    dsn: str | None = None

    @property
    def is_postgresql(self) -> bool:
        return self.dsn is not None

    @classmethod
    def parse(cls, url: str) -> "DatabaseUrl":
        """Read ``url``; ConfigurationError, which never repeats a password, says what to write instead."""
        scheme, separator, rest = url.partition("://")
        if separator and scheme in _POSTGRESQL:
            return cls._postgresql(rest)
        if separator and scheme in _SQLITE:
            return cls._sqlite(rest)
        if separator:
            raise ConfigurationError(f'The ledger cannot be kept in "{scheme}": write {_EXAMPLES}.')
        raise ConfigurationError(f"The ledger needs the URL of a database, not a bare name: write {_EXAMPLES}.")

    @classmethod
    def _postgresql(cls, rest: str) -> "DatabaseUrl":
        if importlib.util.find_spec("asyncpg") is None:
            raise ConfigurationError(
                "A ledger in PostgreSQL needs the driver asyncpg: "
                'install the extra, pip install "consent-middleware[postgres]".'
            )
        return cls(dsn=f"postgresql://{rest}")

    @classmethod
    def _sqlite(cls, rest: str) -> "DatabaseUrl":
        if rest in ("", "/", "/:memory:"):
            return cls()
        if not rest.startswith("/"):
            raise ConfigurationError(
                f'"sqlite://{rest}" names a host, and SQLite has none: '
                f"write three slashes for a file here, sqlite:///{rest}, or four for an absolute path."
            )
        if "?" in rest:
            raise ConfigurationError(
                f'The ledger sets SQLite\'s options itself: write "sqlite://{rest.partition("?")[0]}".'
            )
        path = Path(rest[1:])
        if not path.parent.is_dir():
            raise ConfigurationError(
                f'The folder "{path.parent}" of the ledger does not exist: make it, or write another path.'
            )
        if path.is_dir():
            raise ConfigurationError(f'The ledger\'s path "{path}" is a folder: write the path of a file in it.')
        return cls(path=path)
