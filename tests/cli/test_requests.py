"""The commands on requests: what they print, and how they end."""

import asyncio
import io
import json
import re
import sqlite3
from pathlib import Path

import pytest

from consent_middleware.cli import main
from consent_middleware.ledger import Ledger

KEY = "the-site's-key"


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    monkeypatch.setenv("CONSENT_SECRET_KEY", KEY)

    async def make() -> None:
        ledger = Ledger(url, secret_keys=[KEY])
        await ledger.start()
        await ledger.stop()

    asyncio.run(make())
    return url


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    assert main(["requests", *arguments]) == 0
    return capsys.readouterr().out


def add(capsys: pytest.CaptureFixture[str], url: str, *arguments: str) -> str:
    said = run(capsys, "add", url, *arguments)
    assert re.search(r"^Its reference is (\w{5}-){4}\w{5}:", said, re.MULTILINE)
    return said.split()[0]


def test_a_request_goes_from_receipt_to_closing(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    number = add(capsys, url, "--kind", "correction", "--contact", "me@example.com", "--message", "My name is wrong")
    assert run(capsys, "list", url).split()[:3] == [number, "correction", "unverified"]
    assert "time not running" in run(capsys, "list", url)
    assert re.search(r"is due on \d{4}-\d\d-\d\d", run(capsys, "verify", url, number))
    assert f"{number} is answered." in run(capsys, "answer", url, number, "--text", "It is right now")
    assert run(capsys, "list", url) == "No requests.\n"
    shown = run(capsys, "show", url, number.lower())
    for said in (
        "me@example.com",
        "My name is wrong",
        "It is right now",
        "15 working days, calendar CN",
        "it is what was",
    ):
        assert said in shown
    run(capsys, "close", url, number)
    shown = run(capsys, "show", url, number)
    assert "closed" in shown
    for gone in ("me@example.com", "My name is wrong", "It is right now"):
        assert gone not in shown


def test_a_child_found_without_consent_is_queued_from_its_discovery(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    number = add(capsys, url, "--kind", "child-deletion", "--consent-id", "the-child")
    (listed,) = json.loads(run(capsys, "list", url, "--json"))
    assert (listed["number"], listed["kind"], listed["state"]) == (number, "child-deletion", "open")
    assert listed["consent_id"] == "the-child"
    assert listed["due_on"] > "2026"


def test_a_policys_calendar_and_days_count(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy = tmp_path / "consent.toml"
    policy.write_text(
        '[contact]\nreply_working_days = 5\n[rights]\nkinds = ["other"]\ncalendar = "none"\nverify = []\n'
    )
    number = add(capsys, url, "--kind", "correction", "--policy", str(policy))
    assert "5 working days, calendar none" in run(capsys, "show", url, number)


def test_what_is_due_is_listed_by_state_and_day(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    first = add(capsys, url, "--kind", "other", "--message", "one")
    second = add(capsys, url, "--kind", "correction", "--message", "two")
    assert [line.split()[0] for line in run(capsys, "list", url).splitlines()] == [second, first]
    assert run(capsys, "list", url, "--state", "open").split()[0] == first
    assert run(capsys, "list", url, "--due-before", "2020-01-01") == "No requests.\n"
    assert run(capsys, "list", url, "--due-before", "2999-01-01").split()[0] == first
    run(capsys, "answer", url, first, "--refuse", "We hold nothing of the kind")
    assert "refused" in run(capsys, "list", url, "--state", "all")
    assert json.loads(run(capsys, "list", url, "--json", "--state", "answered")) == []


def test_an_overdue_request_is_said_to_be(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add(capsys, url, "--kind", "other")
    connection = sqlite3.connect(tmp_path / "ledger.db")
    connection.execute("UPDATE consent_requests SET due_on = '2020-02-03'")
    connection.commit()
    connection.close()
    assert "2020-02-03 overdue" in run(capsys, "list", url)


def test_an_answer_is_read_from_a_file_or_standard_input(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (add(capsys, url, "--kind", "other", "--message", text) for text in "ab")
    (tmp_path / "answer.txt").write_text("Dear visitor,\n谢谢。\n", encoding="utf-8")
    run(capsys, "answer", url, first, "--file", str(tmp_path / "answer.txt"))
    monkeypatch.setattr("sys.stdin", io.StringIO("From a pipe\n"))
    run(capsys, "answer", url, second, "--file", "-")
    assert json.loads(run(capsys, "show", url, first, "--json"))["answer"] == "Dear visitor,\n谢谢。"
    assert json.loads(run(capsys, "show", url, second, "--json"))["answer"] == "From a pipe"


def test_what_was_changed_in_the_database_is_found(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    number = add(capsys, url, "--kind", "complaint", "--message", "It was you")
    connection = sqlite3.connect(tmp_path / "ledger.db")
    connection.execute("UPDATE consent_requests SET message = 'It was me'")
    connection.commit()
    connection.close()
    assert main(["requests", "show", url, number]) == 1
    assert "it is not what was received" in capsys.readouterr().out


def test_what_a_visitor_wrote_gives_a_terminal_no_orders(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    number = add(capsys, url, "--kind", "other", "--message", "\x1b[2Jgone\r\nnext")
    shown = run(capsys, "show", url, number)
    assert "\x1b" not in shown
    assert "[2Jgone  next" in shown


@pytest.mark.parametrize(
    "arguments",
    [
        ["show", "URL", "0000-0000-0000"],
        ["verify", "URL", "0000-0000-0000"],
        ["answer", "URL", "0000-0000-0000", "--text", "x"],
        ["answer", "URL", "0000-0000-0000", "--text", " "],
        ["close", "URL", "0000-0000-0000"],
        ["answer", "URL", "0000-0000-0000", "--file", "nowhere.txt"],
        ["purge", "URL", "--keep", "long"],
        ["list", "sqlite:///nowhere.db"],
    ],
)
def test_what_cannot_be_done_ends_with_one(url: str, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["requests", *[url if argument == "URL" else argument for argument in arguments]]) == 1
    assert capsys.readouterr().err.startswith("consent-middleware: ")


@pytest.mark.parametrize(
    "arguments",
    [["list"], ["list", "URL", "--due-before", "soon"], ["add", "URL", "--kind", "nothing"], ["answer", "URL", "1"]],
)
def test_a_wrong_command_line_ends_with_two(url: str, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["requests", *arguments])
    assert caught.value.code == 2


def test_nothing_is_written_without_a_key(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CONSENT_SECRET_KEY")
    assert main(["requests", "add", url, "--kind", "other"]) == 1
    assert main(["requests", "list", url]) == 0
    assert "No requests." in capsys.readouterr().out


def test_what_ended_long_ago_is_purged(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    number = add(capsys, url, "--kind", "other")
    run(capsys, "answer", url, number, "--text", "done")
    assert run(capsys, "purge", url, "--keep", "1 year") == "Deleted: nothing.\n"
    connection = sqlite3.connect(tmp_path / "ledger.db")
    connection.execute("UPDATE consent_requests SET answered_at = 1000000000")
    connection.commit()
    connection.close()
    assert run(capsys, "purge", url, "--keep", "1 year") == "Deleted: 1 request.\n"
