"""What the documentation points at exists: files, commands of `./dev`."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\((?!https?://|mailto:)([^)#\s]+)")
COMMAND = re.compile(r"\./dev ([a-z]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_within_the_repository_leads_somewhere(page: Path) -> None:
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_command_that_a_page_names_is_one_of_the_script() -> None:
    usage = subprocess.run([sys.executable, ROOT / "dev"], capture_output=True, text=True, check=True).stdout
    commands = set(re.findall(r"^  ([a-z]+) ", usage, re.M))
    named = {command for page in PAGES for command in COMMAND.findall(page.read_text(encoding="utf-8"))}
    assert named - commands == set()
    assert commands == {
        "setup",
        "demo",
        "test",
        "lint",
        "fix",
        "bench",
        "transparency",
        "proof",
        "docs",
        "lock",
        "pictures",
    }
