"""What a policy lets the recorder record, and that a change of it is asked again."""

import pytest

from consent_middleware import Policy

DECLARED = """
[recorder]
page_views = true
clicks = true
fields = ["ip", "browser"]
skip_paths = ["/reset/*", "/secret"]
[[telemetry]]
field = "ip"
purpose = "security"
[[telemetry]]
field = "browser"
purpose = "device"
[[telemetry]]
field = "os"
purpose = "device"
"""


def test_without_a_table_nothing_is_recorded() -> None:
    assert Policy().recording is None
    assert Policy.parse("[recorder]\npurpose = 'preference'").recording is None


def test_a_field_waits_for_what_it_was_declared_for_and_for_what_it_tells() -> None:
    recording = Policy.parse(DECLARED).recording
    assert recording is not None
    assert recording.fields == {"ip": {"network", "security"}, "browser": {"device"}}
    assert recording.retention == 90 * 86_400


@pytest.mark.parametrize(
    ("path", "is_covered"),
    [("/", True), ("/secret", False), ("/secrets", True), ("/reset/abc", False), ("/reset/a/b\n", False)],
)
def test_pages_that_the_policy_names_are_skipped(path: str, is_covered: bool) -> None:
    recording = Policy.parse(DECLARED).recording
    assert recording is not None
    assert recording.covers(path) is is_covered


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("page_views = true", "page_views = false", {"analytics"}),
        ("clicks = true", "clicks = true\n", set()),
        ('fields = ["ip", "browser"]', 'fields = ["browser", "ip"]', set()),
        ('fields = ["ip", "browser"]', 'fields = ["ip", "browser", "os"]', {"device"}),
        ('fields = ["ip", "browser"]', 'fields = ["browser"]', {"network", "security"}),
        ('skip_paths = ["/reset/*", "/secret"]', "", set()),
        (
            "[recorder]",
            '[recorder]\npurpose = "preference"',
            {"analytics", "preference", "network", "device", "security"},
        ),
        ("[recorder]", '[retention]\ntelemetry = "1 year"\n[recorder]', {"analytics", "security", "device"}),
    ],
)
def test_only_purposes_whose_recording_changes_are_asked_again(old: str, new: str, changed: set[str]) -> None:
    assert old in DECLARED
    before, after = Policy.parse(DECLARED).digests, Policy.parse(DECLARED.replace(old, new)).digests
    assert {name for name in before if before[name] != after[name]} == changed


def test_switching_it_on_asks_for_its_purposes_and_no_other() -> None:
    off = DECLARED.replace("= true", "= false")
    before, after = Policy.parse(off).digests, Policy.parse(DECLARED).digests
    assert {name for name in before if before[name] != after[name]} == {"analytics", "network", "device", "security"}
