"""The examples under each server, in processes of their own."""

from pathlib import Path

import httpx
import pytest

from tests.serving import SERVERS, running
from tests.waiting import PATIENCE

NAVIGATION = {"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate", "Accept": "text/html"}
FORM = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "document"}


@pytest.mark.parametrize("server", SERVERS)
def test_an_example_runs_under_each_server(server: str, tmp_path: Path) -> None:
    with (
        running(server, "examples.starlette_shop:app", tmp_path / "log") as started,
        httpx.Client(trust_env=False, timeout=PATIENCE, base_url=started.url) as client,
    ):
        page = client.get("/", headers=NAVIGATION)
        assert 'id="privacy-consent-ui"' in page.text
        assert set(client.cookies) == {"sessionid"}
        client.post("/-/privacy/choice", data={"action": "accept-all"}, headers=FORM)
        client.get("/", headers=NAVIGATION)
        assert "_ga" in client.cookies


def test_a_nicegui_app_asks_and_works(tmp_path: Path) -> None:
    with running("uvicorn", "examples.nicegui_shop:app", tmp_path / "log") as started:
        page = httpx.get(started.url, headers=NAVIGATION, trust_env=False, timeout=PATIENCE)
        assert 'id="privacy-consent-ui"' in page.text
        assert "Shop" in page.text
