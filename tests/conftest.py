"""What every in-process test relies on: message catalogs that are as new as their sources."""

import pytest
from hypothesis import settings

from hatch_build import compile_catalogs

# A busy machine makes no property false.
settings.register_profile("tests", deadline=None)
settings.load_profile("tests")


@pytest.fixture(scope="session", autouse=True)
def fresh_catalogs() -> None:
    """Compile edited `.po` files, so that no test reads yesterday's text."""
    compile_catalogs()
