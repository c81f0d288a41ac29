"""How verdicts are shown to people and programs."""

import json

from consent_middleware.policy.classifier import classify
from consent_middleware.policy.explain import as_json, as_table


def test_a_table_has_a_line_a_cookie() -> None:
    names = ["sessionid", "_ga", "zqxj"]
    table = as_table([(name, classify(name)) for name in names])
    assert table.splitlines() == [
        "COOKIE     PURPOSE         KIND     RULE                        SURE",
        "sessionid  authentication  session  catalogue:django            98%",
        "_ga        analytics       visitor  catalogue:google-analytics  98%",
        "zqxj       unclassified    –        none                        0%",
    ]


def test_an_explained_table_gives_the_reason_below_each_line() -> None:
    table = as_table([("csrftoken", classify("csrftoken"))], explain=True)
    assert table.splitlines()[2] == "  Django uses csrftoken for security (csrf), usually kept 1y."


def test_json_has_every_field() -> None:
    (shown,) = json.loads(as_json([("_ga", classify("_ga"))]))
    assert shown["name"] == "_ga"
    assert set(shown) == {"name", "purpose", "reason", "rule", "confidence", "kind", "vendor", "service"}


def test_a_name_cannot_write_to_the_terminal() -> None:
    name = "\x1b[31mred\ud800\n"
    assert "\x1b" not in as_table([(name, classify(name))])
    assert json.loads(as_json([(name, classify(name))]))[0]["name"] == "\\x1b[31mred\\ud800\\n"


def test_a_long_name_is_cut_in_the_table() -> None:
    assert max(map(len, as_table([("n" * 1000, classify("n" * 1000))]).splitlines())) < 200
