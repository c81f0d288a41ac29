"""A policy is what holds on one day, and knows what comes next."""

import time
from datetime import date
from pathlib import Path

import pytest

from consent_middleware import Policy
from consent_middleware.errors import PolicyError
from consent_middleware.policy import timeline

DAY = 86_400
NEW_YEAR = timeline.begins_at(date(2030, 1, 1))
PRESENT = """
[[versions]]
version = "2029"
effective = 2029-01-01
[[versions]]
version = "2030"
effective = 2030-01-01
purposes = ["analytics"]
summary = "We also count clicks."
"""
FILE = '[[versions]]\nversion = "2029"\neffective = 2029-01-01\n'
NEXT = FILE + (
    '[[versions]]\nversion = "2030"\neffective = 2030-01-01\nsummary = "A new recipient."\n'
    '[[services]]\nid = "counter"\npurpose = "analytics"\nhosts = ["count.example"]\n'
)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> "Clock":
    clock = Clock()
    monkeypatch.setattr(time, "time", clock)
    return clock


class Clock:
    """``clock.now = …`` sets the time; seconds relative to the new year of 2030."""

    now = 0.0

    def __call__(self) -> float:
        return NEW_YEAR + self.now


def written(folder: Path, text: str, following: str = NEXT) -> str:
    (folder / "next.toml").write_text(following, encoding="utf-8")
    file = folder / "consent.toml"
    file.write_text(text, encoding="utf-8")
    return str(file)


def problem_of(file: str) -> str:
    with pytest.raises(PolicyError) as found:
        Policy.load(file)
    (problem,) = found.value.problems
    assert problem.file == file
    assert problem.key == "next"
    assert problem.way_out
    return problem.message


def test_a_version_changes_the_digests_of_the_purposes_it_names_on_its_day_and_no_others(at: Clock) -> None:
    at.now = -1
    before = Policy.parse(PRESENT)
    assert (before.version, before.until) == ("2029", NEW_YEAR)
    assert before.digests == Policy().digests
    at.now = 0
    after = before.successor()
    assert (after.version, after.until) == ("2030", timeline.NEVER)
    assert {name for name in after.digests if after.digests[name] != before.digests[name]} == {"analytics"}
    assert after.digests == Policy.parse(PRESENT).digests
    assert after.generation == before.generation + 365


def test_a_later_version_that_names_a_purpose_stands_for_all_earlier_ones(at: Clock) -> None:
    """So that a list of versions may be cut short."""
    at.now = 400 * DAY
    later = '[[versions]]\nversion = "2031"\neffective = 2031-01-01\npurposes = ["analytics"]\n'
    assert Policy.parse(PRESENT + later).digests == Policy.parse(later).digests


def test_a_version_is_announced_until_its_day_if_it_matters(at: Clock) -> None:
    at.now = -40 * DAY
    text = PRESENT + (
        '[[versions]]\nversion = "soon"\neffective = 2030-02-01\nannounced = 2030-01-01\n'
        '[[versions]]\nversion = "typo"\neffective = 2030-01-15\nmaterial = false\n'
    )
    policy = Policy.parse(text)
    assert [entry.version.version for entry in policy.announcements] == ["2030"]
    assert [entry.titles for entry in policy.announcements] == [("Analytics",)]
    at.now = 0
    assert [entry.version.version for entry in policy.successor().announcements] == ["soon"]
    at.now = 31 * DAY
    assert policy.successor().announcements == []
    assert policy.successor().last_change is not None


def test_a_notice_is_up_from_its_first_day_to_its_last(at: Clock) -> None:
    policy = Policy.parse('[[notices]]\nid = "leak"\ntext = "x"\nfrom = 2030-01-01\nuntil = 2030-01-02\n')
    at.now = -1
    assert Policy(policy.declarations).notices == []
    seen = [policy := Policy(policy.declarations)]
    for moment in (0, 2 * DAY):
        at.now = moment
        assert policy.until == NEW_YEAR + moment
        policy = policy.successor()
        seen.append(policy)
    assert [len(each.notices) for each in seen] == [0, 1, 0]
    assert policy.until == timeline.NEVER


def test_the_next_file_takes_over_on_the_day_of_its_new_version(at: Clock, tmp_path: Path) -> None:
    file = written(tmp_path, 'next = "next.toml"\n' + FILE)
    at.now = -1
    policy = Policy.load(file)
    assert (policy.version, list(policy.services), policy.until) == ("2029", [], NEW_YEAR)
    (announced,) = policy.announcements
    assert (announced.version.summary, announced.titles) == ("A new recipient.", ("Analytics",))
    at.now = 0
    following = policy.successor()
    assert (following.version, list(following.services), following.announcements) == ("2030", ["counter"], [])
    restarted = Policy.load(file)
    assert (restarted.version, restarted.digests) == (following.version, following.digests)


def test_files_may_follow_one_another_and_a_process_that_slept_catches_up(at: Clock, tmp_path: Path) -> None:
    last = NEXT + '[[versions]]\nversion = "2031"\neffective = 2031-01-01\n'
    (tmp_path / "last.toml").write_text(last, encoding="utf-8")
    file = written(tmp_path, 'next = "next.toml"\n' + FILE, 'next = "last.toml"\n' + NEXT)
    at.now = -1
    policy = Policy.load(file)
    at.now = 366 * DAY
    while time.time() >= policy.until:
        policy = policy.successor()
    assert policy.version == Policy.load(file).version == "2031"


def test_a_clock_that_goes_back_does_not_bring_an_earlier_day_back(at: Clock) -> None:
    policy = Policy.parse(PRESENT)
    at.now = -1
    policy = Policy(policy.declarations)
    at.now = 0
    # It is set back between the look that found the day over and this one.
    at.now = -3600
    assert policy.successor().version == "2030"


def test_where_nothing_will_change_a_policy_follows_itself() -> None:
    policy = Policy.parse(FILE.replace("2029-01-01", "2020-01-01"))
    assert policy.until == timeline.NEVER
    assert policy.successor() is policy


@pytest.mark.parametrize(
    ("named", "following", "message"),
    [
        ("none.toml", NEXT, "cannot be read"),
        ("next.toml", FILE, "declares no version"),
        ("next.toml", 'next = "consent.toml"\n' + NEXT, "circle"),
        ("next.toml", 'next = "../{folder}/consent.toml"\n' + NEXT, "circle"),
        ("consent.toml", NEXT, "circle"),
        ("a\\u0000b.toml", NEXT, "cannot be read"),
    ],
)
def test_a_next_file_that_cannot_follow_is_a_problem(tmp_path: Path, named: str, following: str, message: str) -> None:
    following = following.replace("{folder}", tmp_path.name)
    file = written(tmp_path, f'next = "{named}"\n' + FILE, following)
    if following.startswith("next"):
        with pytest.raises(PolicyError, match=message):
            Policy.load(file)
    else:
        assert message in problem_of(file)


def test_problems_of_the_next_file_are_told_today_under_its_own_name(tmp_path: Path) -> None:
    file = written(tmp_path, 'next = "next.toml"\n' + FILE, NEXT + "lifetime = 5\n[site]\nurl = 7\n")
    with pytest.raises(PolicyError) as found:
        Policy.load(file)
    assert {problem.file for problem in found.value.problems} == {str(tmp_path / "next.toml")}
