"""The commands on a ledger: what they print, and how they end."""

import asyncio
import json
import sqlite3
import uuid
from pathlib import Path

import pytest

from consent_middleware.cli import main
from consent_middleware.ledger import ChoiceRecord, Ledger

KEY = "the-site's-key"


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A ledger of five choices, two of them old, and its key in the environment."""
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    monkeypatch.setenv("CONSENT_SECRET_KEY", KEY)

    async def fill() -> None:
        ledger = Ledger(url, secret_keys=[KEY])
        for number in range(5):
            await ledger.append(
                ChoiceRecord(
                    record_id=uuid.uuid4().hex,
                    consent_id="visitor",
                    chosen_at=1_000_000_000 if number < 2 else 4_000_000_000,
                    policy_version="1",
                    policy_digest="q1Zc",
                    language="en",
                    method="form",
                    action="save",
                    allowed=(),
                    refused=(),
                    gpc=False,
                    precedence="latest",
                )
            )
        await ledger.stop()

    asyncio.run(fill())
    return url


def test_a_ledger_that_holds_is_said_to_hold(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger", "verify", url]) == 0
    assert capsys.readouterr().out == "The ledger holds: 5 records, 0 erased, 0 expired, in 1 chain.\n"


def test_the_first_record_that_was_touched_is_named(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    connection = sqlite3.connect(tmp_path / "ledger.db")
    (record_id,) = connection.execute('SELECT record_id FROM consent_records WHERE "position" = 3').fetchone()
    connection.execute("UPDATE consent_records SET consent_id = 'another' WHERE \"position\" = 3")
    connection.commit()
    connection.close()
    assert main(["ledger", "verify", url]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("The ledger does not hold")
    assert lines[1].startswith("  edited: chain ")
    assert f"place 3, record {record_id}" in lines[1]
    assert main(["ledger", "verify", url, "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["holds"] is False
    assert [problem["position"] for problem in found["problems"]] == [3]


def test_without_a_key_the_way_out_is_told(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CONSENT_SECRET_KEY")
    for task in ("verify", "anchor"):
        assert main(["ledger", task, url]) == 1
        assert "--key-file" in capsys.readouterr().err


def test_a_file_of_keys_serves_as_well(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONSENT_SECRET_KEY")
    (tmp_path / "keys").write_text(f"brand-new\n{KEY}\n\n")
    assert main(["ledger", "verify", url, "--key-file", str(tmp_path / "keys")]) == 0
    assert main(["ledger", "verify", url, "--key-file", str(tmp_path / "none")]) == 1


def test_an_anchor_finds_what_was_cut_off(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger", "anchor", url]) == 0
    captured = capsys.readouterr()
    anchor = tmp_path / "anchor.json"
    anchor.write_text(captured.out)
    assert captured.err == f"root {json.loads(captured.out)['root']}\n"
    assert main(["ledger", "verify", url, "--anchor", str(anchor)]) == 0
    connection = sqlite3.connect(tmp_path / "ledger.db")
    connection.execute('DELETE FROM consent_records WHERE "position" = 5')
    connection.commit()
    connection.close()
    assert main(["ledger", "verify", url]) == 0
    assert main(["ledger", "verify", url, "--anchor", str(anchor)]) == 1
    assert "truncated" in capsys.readouterr().out
    assert main(["ledger", "verify", url, "--anchor", str(tmp_path / "none")]) == 1


def test_a_purge_says_what_it_let_go_and_the_ledger_holds(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "consent.toml").write_text('[retention]\nchoices = "3 years"\n')
    assert main(["ledger", "purge", url, "--policy", str(tmp_path / "consent.toml")]) == 0
    assert capsys.readouterr().out.startswith("2 records were removed")
    assert main(["ledger", "purge", url, "--keep", "1 day"]) == 0
    assert capsys.readouterr().out.startswith("0 records")
    assert main(["ledger", "verify", url]) == 0
    assert capsys.readouterr().out == "The ledger holds: 3 records, 0 erased, 2 expired, in 1 chain.\n"


@pytest.mark.parametrize("time", ["soon", "session"])
def test_a_time_that_is_none_is_refused(url: str, time: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger", "purge", url, "--keep", time]) == 1
    assert capsys.readouterr().err.startswith("consent-middleware: ")


def test_no_ledger_is_made_where_there_is_none(url: str, tmp_path: Path) -> None:
    for task in (["verify"], ["anchor"], ["purge", "--keep", "1 day"]):
        assert main(["ledger", task[0], f"sqlite:///{tmp_path / 'none.db'}", *task[1:]]) == 1
    assert not (tmp_path / "none.db").exists()


def test_what_is_no_ledger_no_file_of_keys_and_no_anchor_is_named(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "notes.db"
    other.write_bytes(b"\xff\xfe a note, no database")
    for arguments, said in (
        (["ledger", "verify", f"sqlite:///{other}"], f'"{other}" is no ledger: it is not a SQLite database.'),
        (["requests", "list", f"sqlite:///{other}"], f'"{other}" is no ledger: it is not a SQLite database.'),
        (
            ["ledger", "verify", url, "--key-file", str(other)],
            f'The keys in "{other}" cannot be read: write them in UTF-8',
        ),
        (["ledger", "verify", url, "--anchor", str(other)], f'The anchor "{other}": This is no anchor of a ledger'),
    ):
        assert main(arguments) == 1
        assert said in capsys.readouterr().err
