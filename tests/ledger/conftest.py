"""Records to append."""

import itertools
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from consent_middleware.ledger import ChoiceRecord
from tests.ledger.server import Server, running_server


@pytest.fixture
def make_record() -> Callable[[], ChoiceRecord]:
    """Make records of different visitors, each a second after the one before."""
    seconds = itertools.count(1_795_000_000)

    def make() -> ChoiceRecord:
        return ChoiceRecord(
            record_id=uuid.uuid4().hex,
            consent_id=uuid.uuid4().hex,
            chosen_at=next(seconds),
            policy_version="2024-08-26",
            policy_digest="q1Zc",
            language="zh-Hans",
            method="form",
            action="save",
            allowed=("preference", "analytics", "visits-provider"),
            refused=("marketing", "network", "device"),
            gpc=True,
            precedence="latest",
        )

    return make


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'ledger.db'}"


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with running_server() as server:
        yield server


@pytest.fixture
def postgresql_url(server: Server) -> str:
    """A database of the test's own."""
    return server.new_database()
