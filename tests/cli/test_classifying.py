"""``classify`` answers with the classifier's own verdicts."""

import json
from pathlib import Path

import pytest

from consent_middleware.cli import main
from consent_middleware.cli.classifying import read_attributes
from consent_middleware.policy.classifier import classify


def test_a_line_says_name_purpose_rule_and_reason(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["classify", "_ga", "sessionid"]) == 0
    lines = capsys.readouterr().out.splitlines()
    for line, name in zip(lines, ["_ga", "sessionid"], strict=True):
        verdict = classify(name)
        assert " ".join(line.split()) == f"{name} {verdict.purpose} {verdict.rule} {verdict.reason}"


def test_the_policys_declaration_wins(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy = tmp_path / "consent.toml"
    policy.write_text('[[cookies]]\nname = "_ga"\npurpose = "security"\n')
    assert main(["classify", "--json", "--policy", str(policy), "_ga"]) == 0
    assert json.loads(capsys.readouterr().out)[0] | {"reason": ""} == {
        "name": "_ga",
        "purpose": "security",
        "reason": "",
        "rule": "policy:cookies[0]",
        "confidence": 1.0,
        "kind": None,
        "vendor": None,
        "service": None,
    }


def test_evidence_reaches_the_classifier(capsys: pytest.CaptureFixture[str]) -> None:
    evidence = ["--value", "GA1.1.123456789.1700000000", "--attributes", "Max-Age=3600", "--host", "www.example.com"]
    assert main(["classify", "--json", "qz", *evidence]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    verdict = classify("qz", value="GA1.1.123456789.1700000000", attributes={"max-age": "3600"}, host="www.example.com")
    assert (found["purpose"], found["rule"]) == (verdict.purpose, verdict.rule)
    assert found["rule"] == "evidence:value"


def test_an_explanation_has_one_fact_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["classify", "--explain", "_ga", "unheard-of-q"]) == 0
    first, second = capsys.readouterr().out.split("\n\n")
    assert first.splitlines()[0] == "_ga"
    assert "  vendor      Google Analytics" in first.splitlines()
    assert "vendor" not in second


def test_an_explanation_shows_the_weight_of_each_word(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["classify", "--explain", "login_language", "__Host-sessionid"]) == 0
    first, second = capsys.readouterr().out.split("\n\n")
    assert [line for line in first.splitlines() if line.startswith("  word ")] == [
        "  word        login: authentication, weight 4",
        "  word        language: preference (language), weight 5.5",
    ]
    assert "  word " not in second, "a known name is not judged by its words"


def test_a_policy_with_problems_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["classify", "--policy", str(tmp_path / "none.toml"), "_ga"]) == 1
    assert "1 problem in the policy" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "attributes"),
    [
        ("HttpOnly; Max-Age=3600", {"httponly": True, "max-age": "3600"}),
        ("  Path=/a=b ;SECURE;; ", {"path": "/a=b", "secure": True}),
        ("Max-Age=1; max-age=2", {"max-age": "2"}),
        ("", {}),
    ],
)
def test_attributes_are_read_as_a_browser_reads_them(text: str, attributes: dict[str, str | bool]) -> None:
    assert read_attributes(text) == attributes
