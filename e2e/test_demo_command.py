"""The command that starts the demo: both sites, from one process."""

import sys

from playwright.sync_api import Page, expect

from e2e.demo import banner
from e2e.serving import running
from tests.ports import free_port


def test_one_command_serves_the_console_and_the_tracker(page: Page) -> None:
    port = free_port(in_a_row=2)
    command = (sys.executable, "-m", "consent_middleware", "demo", "--port", str(port), "--no-browser")
    with running(*command, url=f"http://127.0.0.1:{port}/"):
        page.goto(f"http://console.localhost:{port}/")
        expect(banner(page)).to_be_visible()
        page.goto(f"http://tracker.localhost:{port + 1}/")
        expect(page.get_by_text("Nothing yet")).to_be_visible()
