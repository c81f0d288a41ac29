"""docs/reference/cli.md says what the command says of itself."""

import dataclasses
import json
import re
from pathlib import Path

import pytest

from consent_middleware.cli import main
from consent_middleware.ledger import ChoiceRecord

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "cli.md"
TEXT = REFERENCE.read_text(encoding="utf-8")
HELP = re.findall(r"```console\n\$ consent-middleware ([a-z ]*?) ?--help\n(.*?)\n```", TEXT, re.DOTALL)


def help_of(command: str, capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as caught:
        main([*command.split(), "--help"])
    assert caught.value.code == 0
    return capsys.readouterr().out.rstrip()


@pytest.fixture(autouse=True)
def terminal_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")


@pytest.mark.parametrize(("command", "documented"), HELP, ids=[command or "(none)" for command, _ in HELP])
def test_the_reference_shows_the_help_as_it_is(
    command: str, documented: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert documented == help_of(command, capsys)


def test_each_command_is_in_the_reference(capsys: pytest.CaptureFixture[str]) -> None:
    found = {""}
    waiting = [""]
    while waiting:
        command = waiting.pop()
        for name in re.findall(r"^    (\w+) ", help_of(command, capsys), re.MULTILINE):
            found.add(f"{command} {name}".strip())
            waiting.append(f"{command} {name}".strip())
    assert {command for command, _ in HELP} == found
    assert "ledger export" in found


def documented_names(heading: str) -> set[str]:
    """The names in the first column of the table after ``heading``."""
    table = TEXT.split(f"\n{heading}\n")[1].split("\n|---|---|\n")[1].split("\n\n")[0]
    return {name for line in table.splitlines() for name in re.findall(r"`(\w+)`", line.split("|")[1])}


def test_the_fields_of_an_exported_record_are_documented() -> None:
    assert documented_names("### ledger export") == {field.name for field in dataclasses.fields(ChoiceRecord)}


def test_the_keys_of_a_checked_policy_are_documented(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "consent.toml").write_text("")
    assert main(["check", "--json", str(tmp_path / "consent.toml")]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert documented_names("## check") == found.keys()


def test_the_problem_shown_is_one_that_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("consent.toml").write_text('[[cookies]]\nname = "_ga"\npurpose = "analitics"\n')
    assert main(["check", "consent.toml"]) == 1
    assert f"```text\n{capsys.readouterr().out}```" in TEXT


def test_the_verdict_shown_is_one_that_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("consent.toml").write_text('[[cookies]]\nname = "_ga"\npurpose = "analytics"\n')
    command = "classify _ga --policy consent.toml"
    assert main(command.split()) == 0
    assert f"$ consent-middleware {command}\n{capsys.readouterr().out}```" in TEXT
