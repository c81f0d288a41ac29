"""The lock files install the same bytes everywhere, from whatever index a machine is set up with."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.packaging.conftest import ROOT

LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
PIN = re.compile(
    r"^(?P<name>[a-z0-9-]+)==(?P<version>[^ ;]+)[^\\\n]*\\\n(?: +--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+", re.M
)


def pins(lock: Path) -> set[tuple[str, str]]:
    """Return the names and versions that a lock file installs; a name may stand twice, under different markers."""
    return {(pin["name"], pin["version"]) for pin in PIN.finditer(lock.read_text())}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_requirement_is_pinned_with_hashes(lock: Path) -> None:
    lines = [line for line in lock.read_text().splitlines() if re.match(r"[^ #]", line)]
    assert len(lines) == len(pins(lock)) > 0


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_no_lock_file_names_an_address(lock: Path) -> None:
    assert not re.search(r"://|--(extra-)?index-url|--find-links|^-e ", lock.read_text(), re.M)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_no_lock_file_disagrees_with_the_one_for_development(lock: Path) -> None:
    development = pins(ROOT / "requirements" / "dev.txt")
    known = {name for name, _ in development}
    assert {pin for pin in pins(lock) if pin[0] in known} <= development


def test_the_locks_cover_what_the_project_declares() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    extras = project["project"]["optional-dependencies"]
    runtime = [*project["project"]["dependencies"], *extras["demo"]]
    development = [
        *runtime,
        *(entry for extra in extras.values() for entry in extra),
        *project["build-system"]["requires"],
    ]
    development += [
        entry for group in groups if group != "transparency" for entry in groups[group] if type(entry) is str
    ]
    for lock, declared in (
        ("runtime.txt", runtime),
        ("dev.txt", development),
        ("transparency.txt", groups["transparency"]),
    ):
        locked = dict(pins(ROOT / "requirements" / lock))
        for requirement in map(Requirement, declared):
            name = canonicalize_name(requirement.name)
            assert name in locked, f"{name} is not in {lock}: run ./dev lock"
            assert requirement.specifier.contains(locked[name], prereleases=True), f"{name} in {lock}: run ./dev lock"
