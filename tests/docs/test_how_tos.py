"""What a how-to shows of an example is in the example, which other tests run."""

import re
from pathlib import Path

import pytest

from consent_middleware import Policy

ROOT = Path(__file__).resolve().parents[2]
SHOWN = [
    ("mount.md", "python"),
    ("reverse-proxy.md", "nginx"),
    ("single-page-apps.md", "python"),
]
POLICIES = ["reverse-proxy.md", "single-page-apps.md"]


def blocks(page: str, language: str) -> list[str]:
    text = (ROOT / "docs" / "how-to" / page).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.S)


@pytest.mark.parametrize(("page", "language"), SHOWN, ids=[page for page, _ in SHOWN])
def test_every_line_that_is_shown_is_in_an_example_that_the_page_links(page: str, language: str) -> None:
    text = (ROOT / "docs" / "how-to" / page).read_text(encoding="utf-8")
    linked = re.findall(r"\]\(\.\./\.\./(examples/\w+\.(?:py|conf))\)", text)
    files = "\n".join((ROOT / name).read_text(encoding="utf-8") for name in linked)
    there = {line.strip().partition("  # type:")[0] for line in files.splitlines()}
    shown = [line.strip().partition("  # type:")[0] for block in blocks(page, language) for line in block.splitlines()]
    assert len(shown) > 3
    assert [line for line in shown if line and line not in there] == []


@pytest.mark.parametrize("page", POLICIES)
def test_every_policy_that_is_shown_can_be_enforced(page: str) -> None:
    shown = blocks(page, "toml")
    assert shown
    for block in shown:
        Policy.parse(block)
