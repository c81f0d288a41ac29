"""Whoever erases everything under "Your data" has the recipients told too, without waiting for them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from consent_middleware import ConsentMiddleware, Policy
from consent_middleware.cli import main
from consent_middleware.errors import ConfigurationError
from consent_middleware.rights.webhooks import webhook_secret
from tests.rights.recipient import Recipient, recipient
from tests.rights.test_outbox import POLICY
from tests.rights.test_webhooks import verifies

PREFIX = "/-/privacy"
KEY = "erasure-key"


@pytest.fixture
def there() -> Iterator[Recipient]:
    with recipient() as found:
        yield found


def mount(tmp_path: Path, there: Recipient) -> ConsentMiddleware:
    return ConsentMiddleware(
        Starlette(),
        policy=Policy.parse(POLICY.format(url=there.url)),
        secret_key=KEY,
        ledger=f"sqlite:///{tmp_path / 'ledger.db'}",
    )


@contextmanager
def visitor(middleware: ConsentMiddleware) -> Iterator[TestClient]:
    with TestClient(middleware, base_url="https://testserver", follow_redirects=False) as client:
        client.headers["sec-fetch-site"] = "same-origin"
        yield client


def own_id(client: TestClient) -> str:
    return str(client.get(f"{PREFIX}/data", headers={"accept": "application/json"}).json()["consent_id"])


def test_recipients_are_told_soon_after_the_visitor_was_answered(tmp_path: Path, there: Recipient) -> None:
    with visitor(mount(tmp_path, there)) as client:
        client.post(f"{PREFIX}/choice", data={"action": "save", "purpose": ["marketing"], "service": ["mail"]})
        client.post(f"{PREFIX}/choice", data={"action": "reject-all"})
        consent_id = own_id(client)
        assert "Recipients who got your data are told" in client.get(f"{PREFIX}/data").text
        assert client.post(f"{PREFIX}/data/erase").status_code == 303
        (got,) = there.wait_for(1)
    assert json.loads(got.body)["data"] == {"consent_id": consent_id, "service": "mail"}
    assert verifies(webhook_secret(KEY, "mail"), dict(got.headers), got.body)


def test_a_recipient_that_is_slow_or_away_does_not_hold_up_the_visitor(tmp_path: Path, there: Recipient) -> None:
    there.may_answer.clear()
    there.statuses = [500]
    with visitor(mount(tmp_path, there)) as client:
        client.post(f"{PREFIX}/choice", data={"action": "accept-all"})
        assert client.post(f"{PREFIX}/data/erase", json={}).json()["erased"]["records"] == 1
        # Answered before any recipient answered.
        assert there.statuses == [500]
        there.may_answer.set()


def test_what_an_earlier_process_left_is_delivered_when_the_next_one_starts(tmp_path: Path, there: Recipient) -> None:
    away = Recipient(url="http://127.0.0.1:9/erasures?of=us")
    with visitor(mount(tmp_path, away)) as client:
        client.post(f"{PREFIX}/choice", data={"action": "accept-all"})
        client.post(f"{PREFIX}/data/erase")
    make_due(tmp_path)
    with visitor(mount(tmp_path, there)):
        assert {json.loads(got.body)["data"]["service"] for got in there.wait_for(3)} == {"mail", "ads", "visits"}


def make_due(tmp_path: Path) -> None:
    import sqlite3

    connection = sqlite3.connect(tmp_path / "ledger.db")
    connection.execute("UPDATE consent_outbox SET next_at = 1, leased_until = 0 WHERE next_at > 0")
    connection.commit()
    connection.close()


def test_without_a_ledger_nobody_could_be_told(there: Recipient) -> None:
    policy = Policy.parse(POLICY.format(url=there.url))
    with pytest.raises(ConfigurationError, match="mail, ads, visits"):
        ConsentMiddleware(Starlette(), policy=policy, secret_key=KEY)


@pytest.fixture
def left(tmp_path: Path, there: Recipient, monkeypatch: pytest.MonkeyPatch) -> str:
    """A ledger whose outbox holds three messages that are due."""
    monkeypatch.setenv("CONSENT_SECRET_KEY", KEY)
    with visitor(mount(tmp_path, Recipient(url="http://127.0.0.1:9/erasures?of=us"))) as client:
        client.post(f"{PREFIX}/choice", data={"action": "accept-all"})
        client.post(f"{PREFIX}/data/erase")
    make_due(tmp_path)
    (tmp_path / "consent.toml").write_text(POLICY.format(url=there.url))
    return f"sqlite:///{tmp_path / 'ledger.db'}"


def test_cron_delivers_what_is_due(
    left: str, tmp_path: Path, there: Recipient, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ledger", "deliver", left, "--policy", str(tmp_path / "consent.toml")]) == 0
    assert capsys.readouterr().out == "Delivered: 3 messages.\n"
    assert len(there.got) == 3
    assert main(["ledger", "deliver", left]) == 0
    assert capsys.readouterr().out == "Delivered: nothing.\n"
    assert main(["ledger", "verify", left]) == 0


def test_what_was_given_up_fails_the_command_until_it_is_tried_again(
    left: str, tmp_path: Path, there: Recipient, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = ["--policy", str(tmp_path / "consent.toml")]
    there.statuses = [410]
    assert main(["ledger", "deliver", left, *policy]) == 1
    said = capsys.readouterr().out
    assert said.startswith("Delivered: 2 messages.\n")
    assert "given up" in said
    assert "HTTP status 410" in said
    assert main(["ledger", "deliver", left, *policy, "--json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert [message["is_given_up"] for message in data["waiting"]] == [True]
    assert main(["ledger", "deliver", left, *policy, "--retry"]) == 0
    assert len({got.message_id for got in there.got}) == 3


def test_a_recipient_is_handed_its_secret(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("CONSENT_SECRET_KEY", KEY)
    assert main(["ledger", "webhook-secret", "mail"]) == 0
    assert capsys.readouterr().out.strip() == webhook_secret(KEY, "mail")


def test_a_childs_data_is_erased_with_the_answer(
    tmp_path: Path, there: Recipient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CONSENT_SECRET_KEY", KEY)
    (tmp_path / "consent.toml").write_text(POLICY.format(url=there.url))
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    with visitor(mount(tmp_path, there)) as client:
        client.post(f"{PREFIX}/choice", data={"action": "accept-all"})
        consent_id = own_id(client)
        assert main(["requests", "add", url, "--kind", "child-deletion", "--consent-id", consent_id]) == 0
        number = capsys.readouterr().out.split()[0]
        done = ["requests", "answer", url, number, "--text", "It is deleted."]
        assert main([*done, "--erase"]) == 1
        assert main([*done, "--erase", "--policy", str(tmp_path / "consent.toml")]) == 0
        assert "Erased: 1 record." in capsys.readouterr().out
        held = client.get(f"{PREFIX}/data", headers={"accept": "application/json"}).json()
        assert held["records"] == []
        assert [request["state"] for request in held["requests"]] == ["answered"]
    assert {json.loads(got.body)["data"]["consent_id"] for got in there.wait_for(3)} == {consent_id}
    assert main([*done, "--erase", "--policy", str(tmp_path / "consent.toml")]) == 1
