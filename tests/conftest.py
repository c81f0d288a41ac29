"""What every in-process test relies on: message catalogs that are as new as their sources; for some, a real PostgreSQL."""

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from hatch_build import compile_catalogs
from tests import deadline
from tests.deadline import pytest_runtest_call, pytest_runtest_setup, pytest_runtest_teardown  # noqa: F401
from tests.postgresql import Server, running_server

# A busy machine makes no property false. HYPOTHESIS_PROFILE=thorough tries for minutes what is tried for seconds here.
settings.register_profile("tests", deadline=None, max_examples=50)
settings.register_profile("thorough", deadline=None, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "tests"))

MEMORY = Path("/dev/shm")
"""Files that are kept in memory, where Linux has them; in a container, mostly too small."""
ENOUGH = 1 << 30


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-snapshots", action="store_true", help="write tests/demo/snapshots anew from the pages as they are now"
    )
    parser.addoption("--slow", action="store_true", help="of all tests, leave out nothing (as `./dev test` does)")


def pytest_configure(config: pytest.Config) -> None:
    """Compile edited `.po` files before any test module is imported, so that none reads yesterday's text."""
    config.addinivalue_line("markers", "slow: kills, real servers, a site that is built; left out of `pytest tests`")
    deadline.configure(config)
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH:
        # Most of what tests wait for is a disk, under databases that nobody reads again.
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
    compile_catalogs()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is slow by nature where all tests are run in passing; whoever names a folder or a file gets all of it."""
    if config.getoption("--slow") or any(Path(named).resolve() != Path(__file__).parent for named in config.args):
        return
    slow = {item for item in items if item.get_closest_marker("slow") is not None}
    config.hook.pytest_deselected(items=list(slow))
    items[:] = [item for item in items if item not in slow]


def pytest_collection_finish() -> None:
    """Spare the garbage collector what was imported: it stays to the end, and takes a third of a second to look through."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with running_server() as server:
        yield server


@pytest.fixture
def postgresql_url(server: Server) -> str:
    """A database of the test's own."""
    return server.new_database()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new ledger's address: run a test on SQLite, and again on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    found: str = request.getfixturevalue("postgresql_url")
    return found
