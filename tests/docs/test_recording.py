"""The how-to about recording does what it says."""

import re
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from consent_middleware import ConsentMiddleware, Policy
from consent_middleware.pages.assets import load_assets
from consent_middleware.policy.recording import FIELDS
from consent_middleware.testing import consent_cookie

ROOT = Path(__file__).resolve().parents[2]
HOW_TO = (ROOT / "docs" / "how-to" / "record-events.md").read_text(encoding="utf-8")
HTTP = (ROOT / "docs" / "reference" / "http.md").read_text(encoding="utf-8")
POLICY = re.findall(r"```toml\n(.*?)```", HOW_TO, re.S)[0]
NAVIGATION = {"Accept": "text/html", "Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"}


async def page(request: Request) -> HTMLResponse:
    return HTMLResponse("<!doctype html><html><head><title>x</title></head><body></body></html>")


def test_the_lines_of_the_how_to_record_and_read_an_event(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "consent.toml").write_text(POLICY, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    mount, reading = re.findall(r"```python\n(.*?)```", HOW_TO, re.S)
    names: dict[str, object] = {
        "ConsentMiddleware": ConsentMiddleware,
        "app": Starlette(routes=[Route("/{path:path}", page)]),
        "key": "a key that only this test knows",
    }
    exec(mount, names)
    name, value = consent_cookie(Policy.parse(POLICY), "a key that only this test knows", allow={"analytics"})
    app = names["app"]
    assert isinstance(app, ConsentMiddleware)
    with TestClient(app, cookies={name: value}) as client:
        client.get("/shelf", headers=NAVIGATION)
        sent = re.findall(r"```http\n(POST /-/privacy/events.*?)```", HTTP, re.S)[0].partition("\n\n")[2]
        answer = client.post("/-/privacy/events", content=sent.strip(), headers={"Origin": "http://testserver"})
        assert answer.status_code == 415
        headers = {"Origin": "http://testserver", "Content-Type": "text/plain"}
        assert client.post("/-/privacy/events", content=sent.strip(), headers=headers).status_code == 204
        body = "async def read():\n" + "".join(f"    {line}\n" for line in reading.splitlines())
        names |= {"consent_id": value[:16], "time": __import__("time")}
        exec(body, names)
        read = names["read"]
        assert client.portal is not None
        assert callable(read)
        client.portal.call(read)
    printed = capsys.readouterr().out
    assert "page-view /shelf  {}" in printed
    assert "click /shelf sign-up {}" in printed


def test_every_field_is_in_the_how_to() -> None:
    sentence = re.findall(r"`fields` may name (.*?)\. A browser", HOW_TO, re.S)[0]
    assert set(re.findall(r"`(\w+)`", sentence)) == set(FIELDS)


def test_the_script_weighs_what_the_how_to_says() -> None:
    assert len(load_assets()["events"].gzipped) <= 600


def test_every_refusal_of_a_report_is_in_the_reference() -> None:
    source = (ROOT / "consent_middleware" / "pages" / "events.py").read_text(encoding="utf-8")
    refusals = re.findall(r'_refuse\((\d+), "([\w-]+)"', source)
    assert len(refusals) == 7
    for status, error in refusals:
        assert re.search(rf"\| {status} \|.*\| `{error}` \|", HTTP), error
