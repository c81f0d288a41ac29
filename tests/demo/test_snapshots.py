"""The examples as HTML, each beside what it was when somebody last looked: tests/demo/snapshots/<name>.html.

`./dev test tests/demo/test_snapshots.py --update-snapshots` writes them anew; the difference is then for a reviewer to read.
"""

import difflib
import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from demo_site.review.examples import Example, load_examples
from demo_site.review.stage import Stage

FOLDER = Path(__file__).parent / "snapshots"
REFRESH = "./dev test tests/demo/test_snapshots.py --update-snapshots"
BUDGET = 250_000
"""Bytes of all of them together: what nobody reads guards nothing."""

LANGUAGES = {"ar", "ja"}
"""Of the examples that come in many: from right to left, and without spaces. What catalogs say, their own tests look at."""
LOOKS = ("theme-", "long-words")
"""What only a stylesheet or a width makes of a page that is another example's too."""


def is_kept(example: Example) -> bool:
    if example.name.endswith(f"language-{example.language}"):
        return example.language in LANGUAGES
    return not any(look in example.name for look in LOOKS)


KEPT = [name for name, example in load_examples().items() if is_kept(example)]


@pytest.fixture(scope="module")
def is_refreshed(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-snapshots"))


@pytest.mark.parametrize("name", KEPT)
def test_an_example_is_as_it_was_when_somebody_last_looked(name: str, is_refreshed: bool) -> None:
    file, seen = FOLDER / f"{name}.html", render(load_examples()[name])
    if is_refreshed:
        FOLDER.mkdir(exist_ok=True)
        file.write_text(seen, encoding="utf-8", newline="\n")
    kept = file.read_text(encoding="utf-8") if file.exists() else ""
    if kept != seen:
        pytest.fail(f"{told(name, kept, seen)}\nIf that is meant: {REFRESH}", pytrace=False)


def test_every_snapshot_is_of_an_example(is_refreshed: bool) -> None:
    stale = {file.name for file in FOLDER.iterdir()} - {f"{name}.html" for name in KEPT}
    if is_refreshed:
        while stale:
            (FOLDER / stale.pop()).unlink()
    assert not stale, f"of no example that is kept: {', '.join(sorted(stale))}; to remove them: {REFRESH}"


def test_the_snapshots_are_few_enough_to_be_read() -> None:
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < BUDGET


def test_of_a_snapshot_only_names_made_of_content_are_left_out_and_what_cannot_be_seen_is_spelled() -> None:
    assert normalized('<link href="/static/choices.89ff76f67240.css">') == '<link href="/static/choices.*.css">\n'
    assert normalized('<input name="told" value="rV8UH5l3-Qy_">') == '<input name="told" value="*">\n'
    assert normalized("<p>&#1606;&#39;\n\n  \na&#173;b\u00a0c</p>  \n") == "<p>\u0646&#39;\na&#xad;b&#xa0;c</p>\n"


def render(example: Example) -> str:
    """What the visitor of an example is sent, whatever the day, the machine and the version."""
    return normalized(TestClient(Stage(example), base_url="https://www.example.com").get("/").text)


def normalized(html: str) -> str:
    """Without what changes whenever a stylesheet, a script or a text does, and readable: one line for each of the template's."""
    html = re.sub(r"(/static/[\w-]+)\.[0-9a-f]{12}\.(css|js)", r"\1.*.\2", html)
    html = re.sub(r'(name="told" value=")[\w-]+', r"\1*", html)
    # In a host page of unknown encoding letters are numbers; whoever reads a difference wants letters.
    html = re.sub(r"&#(\d+);", lambda found: chr(int(found[1])) if int(found[1]) > 127 else found[0], html)
    lines = (line.rstrip() for line in html.split("\n"))
    return "".join(f"{_spelled(line)}\n" for line in lines if line)


def _spelled(line: str) -> str:
    """Spaces that do not break, soft hyphens and marks of direction look like nothing."""
    return "".join(character if character.isprintable() else f"&#x{ord(character):x};" for character in line)


def told(name: str, kept: str, seen: str) -> str:
    if not kept:
        return f"{name} has no snapshot yet."
    lines = difflib.unified_diff(
        kept.splitlines(), seen.splitlines(), f"snapshots/{name}.html", "as rendered now", n=1, lineterm=""
    )
    return "\n".join(lines)
