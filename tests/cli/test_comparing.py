"""``check --against`` says what a new policy file changes for visitors, and whom it asks again."""

import json
import time
from datetime import date
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from consent_middleware.cli import main
from consent_middleware.policy import timeline

TODAY = timeline.begins_at(date(2030, 1, 1))
OLD = """
lifetime = "6 months"
[site]
languages = ["en", "de"]
controller = {en = "Example Ltd.", de = "Beispiel GmbH"}
[[versions]]
version = "2029"
effective = 2029-01-01
[purposes.analytics]
title = {en = "Counting", de = "Zählung"}
description = {en = "We count.", de = "Wir zählen."}
[[cookies]]
name = "one"
purpose = "analytics"
lifetime = "30 days"
[[services]]
id = "counter"
purpose = "analytics"
recipient = "Counter Ltd."
country = "DE"
hosts = ["count.example"]
"""
VERSION = '[[versions]]\nversion = "2030"\neffective = 2030-01-01\nsummary = "What is new."\n'


@pytest.fixture(autouse=True)
def new_year(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: TODAY)


@pytest.fixture
def old(tmp_path: Path) -> str:
    return written(tmp_path / "old.toml", OLD)


def written(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


def compared(
    old: str, new: str, capsys: pytest.CaptureFixture[str], expected: int = 3
) -> tuple[dict[str, list[dict[str, object]]], str]:
    """The comparison as JSON and as text, in whose lines spaces are single."""
    file = written(Path(old).parent / "new.toml", new)
    assert main(["check", "--json", "--against", old, file]) == expected
    data = json.loads(capsys.readouterr().out)
    assert main(["check", "--against", old, file]) == expected
    lines = capsys.readouterr().out.splitlines()
    return data, "\n".join(" ".join(line.split()) for line in lines)


def asked(data: dict[str, list[dict[str, object]]]) -> list[tuple[object, object, object]]:
    return [(entry["purpose"], entry["reason"], entry["since"]) for entry in data["asks_again"]]


def test_a_file_that_is_the_same_changes_nothing_and_asks_nobody(old: str, capsys: pytest.CaptureFixture[str]) -> None:
    data, text = compared(old, OLD, capsys, expected=0)
    assert (data["changes"], data["asks_again"], data["warnings"]) == ([], [], [])
    assert "Nothing changes for visitors." in text
    assert "Nobody is asked again." in text


@pytest.mark.parametrize(
    ("before", "after", "about", "line"),
    [
        ('en = "We count."', 'en = "We sell."', "purposes", "analytics changed description.en: We count. → We sell."),
        ('lifetime = "30 days"', 'lifetime = "60 days"', "cookies", "one changed lifetime: 30 days → 60 days"),
        ('"Counter Ltd."', '"Other Ltd."', "services", "counter changed recipient: Counter Ltd. → Other Ltd."),
        ('"count.example"', '"c.example"', "services", "counter changed hosts: count.example → c.example"),
        (
            "[[services]]",
            '[[storage]]\nkey = "k_*"\npurpose = "analytics"\n[[services]]',
            "storage",
            "k_* added k_*; local; analytics",
        ),
        (
            "[[services]]",
            '[[telemetry]]\nfield = "ip"\npurpose = "network"\n[[services]]',
            "telemetry",
            "ip added ip; network",
        ),
    ],
)
def test_what_a_purpose_is_for_asks_again_about_it(
    old: str, before: str, after: str, about: str, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert before in OLD
    data, text = compared(old, OLD.replace(before, after), capsys)
    assert [change["about"] for change in data["changes"]] == [about]
    assert line in text
    purpose = "network" if about == "telemetry" else "analytics"
    assert asked(data) == [(purpose, "changed", None)]
    assert "no new version with a summary tells them why" in text


@pytest.mark.parametrize(
    ("before", "after", "about"),
    [
        ('de = "Zählung"', 'de = "Statistik"', "purposes"),
        ('en = "Example Ltd."', 'en = "Buyer Inc."', "controller"),
        ('lifetime = "6 months"', 'lifetime = "3 months"', "retention"),
        ("[purposes", '[retention]\nchoices = "2 years"\n[purposes', "retention"),
        ("[purposes", '[contact]\nemail = "new@example.com"\n[purposes', "texts"),
        ("[purposes", '[[notices]]\nid = "x"\ntext = "y"\nfrom = 2030-01-01\n[purposes', "texts"),
        ("lifetime = ", 'csp = "enforce"\nlifetime = ', "settings"),
    ],
)
def test_what_leaves_the_answers_valid_is_listed_and_asks_nobody(
    old: str, before: str, after: str, about: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert before in OLD
    data, text = compared(old, OLD.replace(before, after, 1), capsys, expected=0)
    assert {change["about"] for change in data["changes"]} == {about}
    assert ("announces it" in text) is (about == "controller")


def test_a_new_purpose_and_a_new_separate_one_are_told_apart(old: str, capsys: pytest.CaptureFixture[str]) -> None:
    new = OLD + VERSION
    for name, basis in (("survey", "consent"), ("export", "separate")):
        new += f'[purposes.{name}]\nbasis = "{basis}"\ntitle = "x"\ndescription = "y"\n'
    data, text = compared(old, new, capsys)
    assert asked(data) == [("survey", "new", None), ("export", "new", None)]
    assert "survey at once by the banner it is new" in text
    assert "export at once in the preference center only it is new" in text
    assert "tells them why" not in text
    assert 'Version "2030" takes effect at once, so nobody is told of it before.' in text


def test_what_a_later_version_asks_about_is_told_with_its_day(old: str, capsys: pytest.CaptureFixture[str]) -> None:
    later = VERSION.replace("2030-01-01", "2030-03-01") + 'purposes = ["marketing"]\n'
    data, text = compared(old, OLD + later, capsys)
    assert asked(data) == [("marketing", "named", "2030-03-01")]
    assert data["versions"] == [{"version": "2030", "effective": "2030-03-01", "material": True}]
    assert data["warnings"] == []
    assert "marketing from 2030-03-01 by the banner a version names it" in text


def test_a_change_that_does_not_wait_for_its_version_is_a_warning_with_the_way_out(
    old: str, capsys: pytest.CaptureFixture[str]
) -> None:
    new = OLD.replace("Counter Ltd.", "Other Ltd.") + VERSION.replace("2030-01-01", "2030-03-01")
    _, text = compared(old, new, capsys)
    assert "analytics: this counts as soon as the file is deployed, not on 2030-03-01" in text
    assert "next = …" in text


def test_a_file_that_cannot_be_enforced_is_an_error(old: str, capsys: pytest.CaptureFixture[str]) -> None:
    bad = written(Path(old).parent / "bad.toml", "lifetime = 5")
    assert main(["check", "--against", old, bad]) == 1
    assert "This is not a lifetime" in capsys.readouterr().err
    assert main(["check", "--against", bad, old]) == 1
    with pytest.raises(SystemExit) as wrong:
        main(["check", "--against", old, old, old])
    assert wrong.value.code == 2


def test_the_json_is_what_its_schema_says(old: str, capsys: pytest.CaptureFixture[str]) -> None:
    schema = json.loads((Path(__file__).parents[2] / "docs/reference/schemas/comparison.json").read_text("utf-8"))
    new = OLD.replace("Counter Ltd.", "Other Ltd.") + VERSION
    data, _ = compared(old, new, capsys)
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(data)
