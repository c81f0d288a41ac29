"""The README's lines do what the README says."""

import re
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.testclient import TestClient

ROOT = Path(__file__).resolve().parents[2]
NAVIGATION = {"Accept": "text/html", "Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"}


async def home(request: Request) -> HTMLResponse:
    """A page that sets a tracker's cookie and a session."""
    response = HTMLResponse("<!doctype html><html><head><title>Home</title></head><body><p>Hello</p></body></html>")
    response.set_cookie("_ga", "GA1.2.1.2")
    response.set_cookie("sessionid", "s", httponly=True)
    return response


def test_the_lines_that_mount_it_bring_the_banner_and_stop_a_tracker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (lines,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.S)
    policy = (ROOT / "demo_site" / "consent.toml").read_text(encoding="utf-8")
    (tmp_path / "consent.toml").write_text(policy, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONSENT_SECRET_KEY", "a key that only this test knows, long enough")
    names = {"app": Starlette(routes=[Route("/", home)])}
    exec(lines, names)  # the README's own lines are what is tested
    with TestClient(names["app"]) as client:
        answer = client.get("/", headers=NAVIGATION)
    assert 'id="privacy-consent-ui"' in answer.text
    assert [name.partition("=")[0] for name in answer.headers.get_list("set-cookie")] == ["sessionid"]
