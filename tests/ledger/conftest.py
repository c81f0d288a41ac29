"""Records to append."""

import itertools
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from consent_middleware.ledger import ChoiceRecord


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
