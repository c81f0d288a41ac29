"""The tutorial's app and policy do, step by step, what the tutorial says."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from consent_middleware.cli import main

ROOT = Path(__file__).resolve().parents[2]
TUTORIAL = (ROOT / "docs" / "tutorial" / "consent-in-ten-minutes.md").read_text(encoding="utf-8")
PYTHON = re.findall(r"```python\n(.*?)```", TUTORIAL, re.S)
(POLICY,) = re.findall(r"```toml\n(.*?)```", TUTORIAL, re.S)
ORIGIN = "http://localhost:8000"
SAME_ORIGIN = {"origin": ORIGIN, "sec-fetch-site": "same-origin"}
NAVIGATION = {"accept": "text/html", "sec-fetch-dest": "document", "sec-fetch-mode": "navigate"}


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "consent.toml").write_text(POLICY, encoding="utf-8")
    names: dict[str, Any] = {}
    for lines in PYTHON:
        exec(lines, names)  # the tutorial's own lines are what is tested
    with TestClient(names["app"], base_url=ORIGIN) as client:
        yield client


def read(shop: TestClient) -> str:
    return shop.get("/", headers=NAVIGATION).text


def got(page: str) -> str:
    found = re.search("This app got: ([^<]+)<", page)
    assert found is not None
    return found[1]


def choose(shop: TestClient, action: str) -> None:
    shop.post("/-/privacy/choice", data={"action": action, "next": "/"}, headers=SAME_ORIGIN)


def test_without_the_three_lines_the_shop_counts_everyone(tmp_path: Path) -> None:
    names: dict[str, Any] = {}
    exec(PYTHON[0], names)
    with TestClient(names["app"], base_url=ORIGIN) as client:
        read(client)
        assert got(read(client)) == "sessionid, shop_visitor"


def test_starting_without_a_policy_file_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(PYTHON[0], names)
    with pytest.raises(Exception, match=r"consent\.toml"):
        exec(PYTHON[1], names)


def test_the_policy_of_the_tutorial_has_no_problem(shop: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "consent.toml"]) == 0
    assert "problem" not in capsys.readouterr().out


def test_before_a_choice_only_the_session_is_set(shop: TestClient) -> None:
    page = read(shop)
    assert 'id="privacy-consent-ui"' in page
    assert got(read(shop)) == "sessionid"


def test_the_language_button_works_at_once_and_for_the_session(shop: TestClient) -> None:
    page = shop.post("/language", data={"to": "zh-Hans"}, headers=SAME_ORIGIN).text
    assert "你好" in page
    assert got(page) == "lang"
    assert [cookie.expires for cookie in shop.cookies.jar if cookie.name == "lang"] == [None]


def test_accepting_shows_the_visitor_number_and_rejecting_takes_it_back(shop: TestClient) -> None:
    shop.post("/language", data={"to": "zh-Hans"}, headers=SAME_ORIGIN)
    choose(shop, "accept-all")
    read(shop)
    assert got(read(shop)) == "lang, privacy, sessionid, shop_visitor"
    choose(shop, "reject-all")
    assert got(read(shop)) == "privacy, sessionid"
    assert {cookie.name for cookie in shop.cookies.jar} == {"sessionid", "privacy"}
