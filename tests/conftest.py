"""What every in-process test relies on: message catalogs that are as new as their sources."""

from hypothesis import settings

from hatch_build import compile_catalogs

# A busy machine makes no property false.
settings.register_profile("tests", deadline=None)
settings.load_profile("tests")


def pytest_configure() -> None:
    """Compile edited `.po` files before any test module is imported, so that none reads yesterday's text."""
    compile_catalogs()
