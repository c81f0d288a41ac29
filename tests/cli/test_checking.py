"""``check`` tells a team everything it has to mend."""

import json
from pathlib import Path

import pytest

from consent_middleware.cli import main

GOOD = """
[site]
url = "https://www.example.com"
controller = {en = "Example Ltd", zh-Hans = "示例公司"}
languages = ["en", "zh-Hans"]

[contact]
email = "privacy@example.com"

[[versions]]
version = "2024-08-26"
effective = 2024-08-26

[purposes.preference]
offered = false
[purposes.marketing]
offered = false
[purposes.network]
offered = false
[purposes.device]
offered = false

[[cookies]]
name = "sid"
purpose = "authentication"
lifetime = "session"
description = {en = "Keeps you signed in.", zh-Hans = "保持登录。"}

[[services]]
id = "visits-provider"
purpose = "analytics"
name = "Visits"
hosts = ["visits.example.net"]
cookies = ["_visits_*"]
recipient = "Visits Inc."
country = "DE"
"""

BAD = """
[[cookies]]
name = "_ga"
purpose = "analitics"

[[services]]
id = "Visits"
purpose = "analytics"
country = "Germany"
"""


@pytest.fixture
def good(tmp_path: Path) -> str:
    return written(tmp_path / "good.toml", GOOD)


@pytest.fixture
def bad(tmp_path: Path) -> str:
    return written(tmp_path / "bad.toml", BAD)


def written(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_policy_without_a_fault_is_summed_up(good: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", good]) == 0
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    for expected in (
        f"{good}: this policy can be enforced.",
        "Languages en, zh-Hans",
        "Version 2024-08-26",
        "authentication necessary 1 cookie",
        "analytics consent 1 cookie 1 service",
        "sid authentication session",
        "visits-provider analytics DE Visits Inc. visits.example.net",
    ):
        assert expected in lines
    assert "warning" not in "\n".join(lines)


def test_what_visitors_are_told_of_before_it_takes_effect_is_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    following = GOOD + '[[versions]]\nversion = "2999"\neffective = 2999-01-01\nsummary = "x"\n'
    following = following.replace("Visits Inc.", "Other Inc.")
    written(tmp_path / "next.toml", following)
    file = written(tmp_path / "consent.toml", 'next = "next.toml"\n' + GOOD)
    assert main(["check", file]) == 0
    assert "Announced  2999 from 2999-01-01, asks again about: Analytics" in capsys.readouterr().out
    assert main(["check", "--json", file]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["announced"] == [{"version": "2999", "effective": "2999-01-01"}]


def test_every_problem_is_printed_with_its_way_out(bad: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", bad]) == 1
    output = capsys.readouterr().out
    assert output.startswith("3 problems in the policy")
    assert 'cookies[0].purpose = "analitics"' in output
    assert 'services[0].id = "Visits"' in output
    assert "→ Write two capital letters" in output


def test_one_bad_file_among_several_is_enough_to_fail(
    good: str, bad: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", good, bad, str(tmp_path / "none.toml")]) == 1
    output = capsys.readouterr().out
    assert f"{good}: this policy can be enforced." in output
    assert "3 problems" in output
    assert "No such file" in output


def test_json_says_the_same(good: str, bad: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--json", good, bad]) == 1
    first, second = json.loads(capsys.readouterr().out)
    assert first["fine"] is True
    assert first["problems"] == first["warnings"] == []
    assert first["version"] == "2024-08-26"
    assert {purpose["id"]: purpose["basis"] for purpose in first["purposes"]} == {
        "authentication": "necessary",
        "security": "necessary",
        "analytics": "consent",
    }
    assert first["services"][0]["recipient"] == "Visits Inc."
    assert second["fine"] is False
    assert [problem["key"] for problem in second["problems"]] == [
        "services[0].id",
        "services[0].country",
        "cookies[0].purpose",
    ]


@pytest.mark.parametrize(
    ("removed", "replacement", "warned"),
    [
        ('controller = {en = "Example Ltd", zh-Hans = "示例公司"}', "", "site.controller: "),
        ('url = "https://www.example.com"', "", "site.url: "),
        ('email = "privacy@example.com"', "", "contact: "),
        ('[[versions]]\nversion = "2024-08-26"\neffective = 2024-08-26', "", "versions: "),
        (', zh-Hans = "示例公司"', "", "site.controller: The text is missing in zh-Hans"),
        (', zh-Hans = "保持登录。"', "", "cookies[0].description: The text is missing in zh-Hans"),
        ('lifetime = "session"', "", "cookies[0].lifetime: "),
        ('country = "DE"', "", "services[0].country: "),
        ('hosts = ["visits.example.net"]', "", "services[0].hosts: "),
        ('recipient = "Visits Inc."', "", "services[0].recipient: "),
        ("[purposes.marketing]\noffered = false", "", "purposes.marketing: Nothing declared needs it"),
        ("\n[site]", 'unclassified = "allow"\n[site]', "unclassified: "),
        ("\n[site]", 'lifetime = "5 months"\n[site]', "lifetime: "),
        ("effective = 2024-08-26", "effective = 2999-08-26", "versions[0].summary: "),
    ],
)
def test_what_a_visitor_would_miss_is_a_warning_and_no_failure(
    removed: str, replacement: str, warned: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert removed in GOOD
    file = written(tmp_path / "consent.toml", GOOD.replace(removed, replacement))
    assert main(["check", file]) == 0
    output = capsys.readouterr().out
    assert "\n1 warning\n" in output
    assert f"\n  {warned}" in output
