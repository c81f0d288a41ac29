"""The small site, with a browser-like client for it."""

import pytest
from starlette.testclient import TestClient

from tests.pages.site import Site

ORIGIN = "http://testserver"


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def client(site: Site) -> TestClient:
    """A modern browser: its requests say that they come from this site."""
    client = TestClient(site, base_url=ORIGIN, follow_redirects=False)
    client.headers["sec-fetch-site"] = "same-origin"
    return client


@pytest.fixture
def old_client(site: Site) -> TestClient:
    """A browser that sends neither fetch metadata nor Origin."""
    return TestClient(site, base_url=ORIGIN, follow_redirects=False)
