"""The guard's table says what the classifier says, and the policy speaks first."""

import json
import re

import pytest

from consent_middleware import Policy, classify
from consent_middleware.policy.guarded import KINDS, guarded, shipped

SAMPLES = ("", "1", "1234", "a1b2c3d4e5", "UA-1-1", "phc_x")

OWN = """
[[cookies]]
pattern = "_ga*"
purpose = "security"
[[cookies]]
name = "_ga_asked"
purpose = "preference"
explicit_act = true
[[services]]
id = "hog"
purpose = "analytics"
cookies = ["hog_*"]
[[storage]]
key = "ph_own?"
purpose = "preference"
[[storage]]
key = "hog.*"
kind = "session"
purpose = "analytics"
service = "hog"
"""


def owner(policy: Policy, kind: str, name: str) -> str | None:
    for found, expression in guarded(policy)[kind]:
        if re.fullmatch(expression, name):
            return found
    return None


def test_the_shipped_names_are_what_the_classifier_says_they_are() -> None:
    disputed = []
    for purpose, kinds in shipped().items():
        for pattern in kinds["cookie"]:
            verdicts = {classify(pattern.replace("*", sample).replace("??", "a1")).purpose for sample in SAMPLES}
            if verdicts - {purpose, "unclassified"} or purpose not in verdicts:
                disputed.append((pattern, purpose, verdicts))
    assert disputed == []


def test_the_shipped_table_has_known_kinds_and_purposes() -> None:
    assert set(shipped()) <= set(Policy().purposes)
    assert all(set(kinds) == set(KINDS) for kinds in shipped().values())


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        ("cookie", "_ga", ""),
        ("cookie", "_ga_ABC", ""),
        ("cookie", "_ga_asked", ""),
        ("cookie", "_fbp", "marketing"),
        ("cookie", "hog_1", "hog"),
        ("cookie", "_sp_id.1fff", "analytics"),
        ("cookie", "sessionid", None),
        ("cookie", "x_ga", None),
        ("local", "ph_phc_x_posthog", "analytics"),
        ("local", "ph_own1", "preference"),
        ("local", "theme", None),
        ("session", "hog.window", "hog"),
        ("session", "hogXwindow", None),
        ("indexeddb", "mixpanelBrowserDb", "analytics"),
    ],
)
def test_the_policy_speaks_before_the_shipped_table(kind: str, name: str, expected: str | None) -> None:
    assert owner(Policy.parse(OWN), kind, name) == expected


def test_the_table_is_data_that_a_script_can_hold() -> None:
    assert json.loads(json.dumps(guarded(Policy.parse(OWN))))
