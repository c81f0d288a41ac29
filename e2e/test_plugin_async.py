"""The plugin's asynchronous form, and that it is found without any configuration but the site's.

In a process of its own: pytest-playwright and its asynchronous sibling exclude each other, and the latter's fixtures are what a
few lines stand in for here.
"""

import subprocess
import sys
from pathlib import Path

from e2e.browser import find_chromium, launch_arguments

ROOT = Path(__file__).parents[1]
CONFTEST = """
import contextlib, pathlib, tempfile
import pytest
from playwright.async_api import async_playwright
from consent_middleware.testing import serve_app
from demo_site.assembly import assemble

@pytest.fixture(scope="session")
def consent_site(tmp_path_factory):
    app = assemble(data=tmp_path_factory.mktemp("demo"), tracker="http://tracker.localhost:9", secret_key="a key for tests")
    with serve_app(app, host="console.localhost") as site:
        yield site

@pytest.fixture
def anyio_backend():
    return "asyncio"

@pytest.fixture
async def browser():
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch({launch})
        yield browser
        await browser.close()

@pytest.fixture
async def new_context(browser):
    return browser.new_context
"""
TESTS = """
import pytest

pytestmark = pytest.mark.anyio

async def test_a_refusal_holds(async_privacy):
    await async_privacy.goto("/analytics")
    await async_privacy.reject_all()
    await async_privacy.goto("/analytics")
    await async_privacy.expect_everything_allowed()
    assert (await async_privacy.recorded_choice()).action == "reject-all"

@pytest.mark.consent_states("accepted", "withdrawn", gpc=[False, True])
async def test_in_these_states_nothing_happens_that_was_not_allowed(async_privacy):
    await async_privacy.goto("/analytics")
    await async_privacy.expect_everything_allowed()

async def test_that_fails(async_privacy):
    await async_privacy.save({"preference"})
    await async_privacy.context.add_cookies([{"name": "_ga", "value": "GA1.1.1.1700000000", "url": async_privacy.site.url}])
    await async_privacy.expect_cookies_allowed()
"""


def test_asynchronous_tests_find_the_same(tmp_path: Path) -> None:
    options: dict[str, object] = {"args": launch_arguments()}
    chromium = find_chromium()
    if chromium is not None:
        options["executable_path"] = chromium
    (tmp_path / "conftest.py").write_text(CONFTEST.replace("{launch}", f"**{options!r}"))
    (tmp_path / "test_flow.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -p no:playwright -p consent_middleware.testing.plugin\n")
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--strict-markers", str(tmp_path)],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert "1 failed, 5 passed" in ran.stdout, ran.stdout + ran.stderr
    assert "1 cookie kept that the visitor did not allow" in ran.stdout
    assert "_ga (console.localhost): cookie kept although the visitor has not allowed it (analytics" in ran.stdout
    assert "What the visitor did, and what came of it" in ran.stdout
    assert "1. save preference" in ran.stdout
    assert "     + cookie _ga (console.localhost/)" in ran.stdout
