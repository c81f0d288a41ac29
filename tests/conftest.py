"""What every in-process test relies on: message catalogs that are as new as their sources."""

import pytest

from hatch_build import compile_catalogs


@pytest.fixture(scope="session", autouse=True)
def fresh_catalogs() -> None:
    """Compile edited `.po` files, so that no test reads yesterday's text."""
    compile_catalogs()
