"""A visitor sees, downloads and erases what is held about them, and never anything of anybody else."""

import asyncio
import re
import sqlite3
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from consent_middleware import ConsentMiddleware, Policy, get_telemetry
from consent_middleware.consent import Tokens
from tests.pages.site import POLICY

PREFIX = "/-/privacy"
KEY = "data-key"
RECORDER = '\n[recorder]\npurpose = "analytics"\npage_views = true\n'


async def hello(request: Request) -> PlainTextResponse:
    get_telemetry(request).disclose("ip", purpose="security", reason="<rate> limit")
    return PlainTextResponse("<!doctype html><p>hello", media_type="text/html")


@pytest.fixture
def middleware(tmp_path: Path) -> Iterator[ConsentMiddleware]:
    made = ConsentMiddleware(
        Starlette(routes=[Route("/", hello)]),
        policy=Policy.parse(POLICY + RECORDER),
        secret_key=KEY,
        ledger=f"sqlite:///{tmp_path / 'ledger.db'}",
    )
    yield made
    assert made.ledger is not None
    asyncio.run(made.ledger.stop())


def browser(middleware: ConsentMiddleware, site: str = "same-origin") -> TestClient:
    """A browser of its own, with its own cookies."""
    client = TestClient(middleware, base_url="https://testserver", follow_redirects=False)
    client.headers["sec-fetch-site"] = site
    return client


@pytest.fixture
def own(middleware: ConsentMiddleware) -> TestClient:
    """A visitor who allowed everything, and changed their mind once."""
    client = browser(middleware)
    client.post(f"{PREFIX}/choice", data={"action": "accept-all", "layer": "banner"})
    client.get("/", headers={"sec-fetch-dest": "document", "sec-fetch-mode": "navigate"})
    client.post(f"{PREFIX}/choice", data={"action": "save", "purpose": ["analytics"], "layer": "preferences"})
    return client


@pytest.fixture
def other(middleware: ConsentMiddleware) -> TestClient:
    """Another visitor."""
    client = browser(middleware)
    client.post(f"{PREFIX}/choice", data={"action": "reject-all"})
    return client


def held(client: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"{PREFIX}/data", headers={"accept": "application/json"}).json()
    return found


def test_everything_held_is_told(own: TestClient) -> None:
    found = held(own)
    assert sorted(str(record["kind"]) for record in found["records"]) == ["choice", "withdrawal"]
    assert [event["kind"] for event in found["events"]] == ["page-view"]
    assert [(each["field"], each["purpose"], each["times"]) for each in found["disclosures"]] == [("ip", "security", 1)]
    assert len(str(found["consent_id"])) == 16


def test_the_page_says_it_in_words_and_offers_it_as_a_file(own: TestClient) -> None:
    page = own.get(f"{PREFIX}/data")
    assert page.status_code == 200
    assert "Your data" in page.text
    assert str(held(own)["consent_id"]) in page.text
    assert page.text.count("/receipt/") == 2
    assert "1 event" in page.text
    assert '<strong>IP address</strong> Security and delivery: <q dir="auto">&lt;rate&gt; limit</q>' in page.text
    assert "203.0" not in page.text
    assert own.get(f"{PREFIX}/data?lang=zh-Hans").text.count("您的数据")
    file = own.get(f"{PREFIX}/data?format=json")
    assert file.headers["content-disposition"].startswith("attachment")
    assert file.json() == held(own)


def test_a_receipt_shows_ones_own_choice_and_what_was_shown(own: TestClient) -> None:
    record = next(record for record in held(own)["records"] if record["kind"] == "choice")
    page = own.get(f"{PREFIX}/receipt/{record['record_id']}")
    assert page.status_code == 200
    assert "Receipt of your choice" in page.text
    assert "Accept all" in page.text
    found = own.get(f"{PREFIX}/receipt/{record['record_id']}?format=json").json()
    assert found["action"] == "accept-all"
    assert found["layer"] == "banner"
    assert "Accept all" in found["text"]


def test_a_choice_sent_as_json_is_answered_with_its_receipt(middleware: ConsentMiddleware) -> None:
    client = browser(middleware)
    answer = client.post(f"{PREFIX}/choice", json={"action": "reject-all"}).json()
    assert client.get(answer["receipt"], headers={"accept": "application/json"}).json()["action"] == "reject-all"


def test_another_visitors_receipt_is_answered_like_one_that_never_was(own: TestClient, other: TestClient) -> None:
    record = held(own)["records"][0]["record_id"]
    refused = other.get(f"{PREFIX}/receipt/{record}")
    unknown = other.get(f"{PREFIX}/receipt/{'0' * 32}")
    assert refused.status_code == unknown.status_code == 404
    assert refused.text == unknown.text
    assert refused.headers.keys() == unknown.headers.keys()


@pytest.mark.parametrize("name", ["%00", "%ff", "%0a", "a" * 5000, ""])
def test_a_receipt_that_could_not_be_was_never_there(url: str, name: str) -> None:
    site = ConsentMiddleware(Starlette(), policy=Policy.parse(POLICY), secret_key=KEY, ledger=url)
    with browser(site) as client:
        client.post(f"{PREFIX}/choice", data={"action": "reject-all"})
        assert client.get(f"{PREFIX}/receipt/{name}").status_code == 404


@pytest.mark.parametrize("path", ["data", "data?format=json", "receipt/{record}", "receipt/{record}?format=json"])
def test_no_parameter_names_a_visitor(own: TestClient, other: TestClient, path: str) -> None:
    consent_id, record = str(held(own)["consent_id"]), str(held(own)["records"][0]["record_id"])
    address = f"{PREFIX}/{path.format(record=record)}"
    joint = "&" if "?" in address else "?"
    for client in (other, browser(other.app)):  # type: ignore[arg-type]
        answer = client.get(
            f"{address}{joint}consent_id={consent_id}&id={consent_id}", headers={"x-consent-id": consent_id}
        )
        assert consent_id not in answer.text
        assert '"accept-all"' not in answer.text


def test_without_a_token_nothing_is_held(own: TestClient, middleware: ConsentMiddleware) -> None:
    stranger = browser(middleware)
    assert held(stranger) == {
        "consent_id": None,
        "consent_ids": [],
        "records": [],
        "events": [],
        "disclosures": [],
        "requests": [],
    }
    assert "Nothing is held" in stranger.get(f"{PREFIX}/data").text
    record = held(own)["records"][0]["record_id"]
    assert stranger.get(f"{PREFIX}/receipt/{record}").status_code == 404


@pytest.mark.parametrize("change", ["forged", "other key", "old"])
def test_a_token_that_does_not_verify_is_no_token(
    own: TestClient, middleware: ConsentMiddleware, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = held(own)["records"][0]["record_id"]
    (name, token), *_ = own.cookies.items()
    stranger = browser(middleware)
    if change == "forged":
        # The id of somebody else, under one's own signature.
        token = "A" * 16 + token[16:]
    elif change == "other key":
        consent = Tokens(middleware.policy, [KEY]).read(token.encode(), time.time())
        token = Tokens(middleware.policy, ["another"]).mint(consent)
    else:
        now = time.time()
        monkeypatch.setattr("time.time", lambda: now + 366 * 86_400)
    stranger.cookies.set(name, token)
    assert held(stranger)["consent_id"] is None
    assert stranger.get(f"{PREFIX}/receipt/{record}").status_code == 404
    assert stranger.post(f"{PREFIX}/data/erase", headers={"accept": "application/json"}).json() == {
        "erased": {"records": 0, "events": 0, "disclosures": 0, "requests": 0}
    }
    if change != "old":  # The clock went a year ahead, and cookies with it.
        assert len(held(own)["records"]) == 2


def test_erasing_takes_everything_of_ones_own_and_nothing_else(
    own: TestClient, other: TestClient, tmp_path: Path
) -> None:
    consent_id = str(held(own)["consent_id"])
    kept = held(other)
    receipt = held(own)["records"][0]["record_id"]
    (name, token), *_ = own.cookies.items()
    answer = own.post(f"{PREFIX}/data/erase")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{PREFIX}/data?erased=1&next=%2F"
    assert "Erased." in own.get(answer.headers["location"]).text
    assert own.get(f"{PREFIX}/choice").json()["choice_made"] is False
    own.cookies.set(name, token)  # A copy of the old token still signs, but nothing is found with it.
    assert held(own) == {
        "consent_id": consent_id,
        "consent_ids": [consent_id],
        "records": [],
        "events": [],
        "disclosures": [],
        "requests": [],
    }
    assert own.get(f"{PREFIX}/receipt/{receipt}").status_code == 404
    assert held(other) == kept
    connection = sqlite3.connect(tmp_path / "ledger.db")
    assert connection.execute("SELECT count(*) FROM consent_records WHERE consent_id = ?", [consent_id]).fetchone() == (
        0,
    )
    connection.close()


def test_a_receipt_and_an_erasure_keep_the_language_and_the_way_back(own: TestClient) -> None:
    kept = "next=/help&lang=zh-Hans"

    def links(address: str) -> list[str]:
        return [unescape(link) for link in re.findall(r'(?:href|action)="([^"]*)"', own.get(address).text)]

    data = links(f"{PREFIX}/data?{kept}")
    receipt = next(link for link in data if "/receipt/" in link)
    assert receipt.endswith(f"?{kept}")
    assert f"{PREFIX}/data?{kept}" in links(receipt)
    erase = next(link for link in data if "/data/erase" in link)
    erased = own.post(erase).headers["location"]
    assert parse_qs(urlsplit(erased).query) == {"erased": ["1"], "next": ["/help"], "lang": ["zh-Hans"]}
    assert any("lang=en" in link and "erased=1" in link for link in links(erased))


def test_what_another_site_sends_erases_nothing(own: TestClient) -> None:
    for site in ("cross-site", "same-site", "none"):
        assert own.post(f"{PREFIX}/data/erase", headers={"sec-fetch-site": site}).status_code == 403
    del own.headers["sec-fetch-site"]
    assert own.post(f"{PREFIX}/data/erase").status_code == 403
    assert own.post(f"{PREFIX}/data/erase", headers={"origin": "https://app.example.com"}).status_code == 403
    own.headers["sec-fetch-site"] = "same-origin"
    assert len(held(own)["records"]) == 2


def test_a_get_erases_nothing(own: TestClient) -> None:
    assert own.get(f"{PREFIX}/data/erase").status_code == 405
    assert len(held(own)["records"]) == 2


def test_an_old_browser_erases_with_the_token_of_its_page(own: TestClient) -> None:
    del own.headers["sec-fetch-site"]
    page = own.get(f"{PREFIX}/data").text
    token = page.partition('name="token" value="')[2].partition('"')[0]
    assert own.post(f"{PREFIX}/data/erase", data={"token": "wrong"}).status_code == 403
    assert own.post(f"{PREFIX}/data/erase", data={"token": token}).status_code == 303
    assert held(own)["records"] == []


def test_where_the_ledger_does_not_answer_that_is_said(own: TestClient, tmp_path: Path) -> None:
    middleware = own.app
    assert isinstance(middleware, ConsentMiddleware)
    assert middleware.ledger is not None
    asyncio.run(middleware.ledger.stop())
    (tmp_path / "ledger.db").rename(tmp_path / "elsewhere.db")
    (tmp_path / "ledger.db").write_text("not a database, but long enough to be taken for one by its size\n" * 50)
    for answer in (own.get(f"{PREFIX}/data"), own.post(f"{PREFIX}/data/erase")):
        assert answer.status_code == 503
        assert "cannot be read" in answer.text
        assert answer.headers["retry-after"]
    (tmp_path / "ledger.db").unlink()


def test_without_a_ledger_nothing_is_held(tmp_path: Path) -> None:
    middleware = ConsentMiddleware(Starlette(routes=[Route("/", hello)]), policy=Policy.parse(POLICY), secret_key=KEY)
    client = browser(middleware)
    answer = client.post(f"{PREFIX}/choice", json={"action": "accept-all"}).json()
    assert answer["receipt"] is None
    assert held(client)["records"] == []
    assert client.post(f"{PREFIX}/data/erase").status_code == 303
