"""Whatever a page shows in a language that can be read here without running it is at least well formed."""

import ast
import doctest
import json
import re
import textwrap
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import jinja2
import pytest
import yaml  # type: ignore[import-untyped]  # comes with myst-parser, and has no types

ROOT = Path(__file__).resolve().parents[2]
_FENCE = re.compile(r"^( *)```([\w+-]+)\n(.*?)^\1```", re.S | re.M)


def snippets() -> Iterator[tuple[str, str, str]]:
    """Yield the place, the language and the text of each code block of the README and of the documentation."""
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))):
        text = page.read_text(encoding="utf-8")
        for found in _FENCE.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            yield f"{page.relative_to(ROOT)}:{line}", found[2], textwrap.dedent(found[3])


def _read_http(text: str) -> None:
    """A request or an answer; what follows the empty line is JSON, if anything is."""
    _, _, body = text.partition("\n\n")
    if body:
        json.loads(body)


def _read_python(text: str) -> None:
    """Lines of a file, or of a session."""
    if text.startswith(">>> "):
        text = "".join(example.source for example in doctest.DocTestParser().get_examples(text))
    ast.parse(text)


READERS: dict[str, Callable[[str], object]] = {
    "http": _read_http,
    "jinja": jinja2.Environment().parse,
    "html+jinja": jinja2.Environment().parse,
    "json": json.loads,
    "python": _read_python,
    "toml": tomllib.loads,
    "yaml": yaml.safe_load,
}
"""Scripts are read by a browser: e2e/test_docs_scripts.py."""
UNREAD = frozenset({"bash", "console", "css", "html", "html+django", "ini", "js", "nginx", "text", "vcl"})
"""Browsers and shells read these whatever is in them, or a server's own test does."""
FOUND = [(place, language, text) for place, language, text in snippets() if language in READERS]


def test_every_language_is_read_or_known_not_to_be() -> None:
    assert {language for _, language, _ in snippets()} <= READERS.keys() | UNREAD


@pytest.mark.parametrize(("language", "text"), [each[1:] for each in FOUND], ids=[place for place, *_ in FOUND])
def test_every_snippet_is_well_formed(language: str, text: str) -> None:
    READERS[language](text)
