"""Real pages, as a parser reads them, differ in what is gated and in what is ours, and in nothing else.

Those that are installed with the packages of this environment; ``python -m bench.html.corpus`` fetches some thousand more.
"""

import sys
from pathlib import Path

import pytest

from bench.html.corpus import Document, moved, try_out
from bench.html.trees import compare

MOST, LARGEST = 40, 200_000


def installed() -> list[Document]:
    """Templates among them are pages of a sort too, and odd ones."""
    found = []
    for folder in map(Path, sys.path):
        if folder.name in ("site-packages", "dist-packages") and folder.is_dir():
            files = sorted(file for file in folder.rglob("*.html") if 2000 < file.stat().st_size < LARGEST)
            found += [Document(str(file.relative_to(folder)), file.read_bytes()) for file in files]
    return found[:: max(1, len(found) // MOST)]


def test_installed_pages_keep_their_trees() -> None:
    found = installed()
    counts, wrong = try_out([*found, *map(moved, found)])
    assert wrong == []
    assert counts["pages"] > 20
    assert counts["gated"] > 20
    assert counts["elements"] > 300


GATED = '<template data-privacy-gated="x" data-privacy-key="0"></template>'


@pytest.mark.parametrize(
    ("before", "after", "is_fine"),
    [
        ("<p>a<b>c</b>", "<p>a<b>c</b>", True),
        ("<p>a<img src=x>b", f"<p>a{GATED}b", True),
        ("<p>a", '<aside data-privacy-ui="entry"></aside>\n<p>a', True),
        ("<p>a<img src=x>b", "<p>ab", False),
        ("<p>a", "<p>b", False),
        ("<p>a", f"<p>a{GATED}", False),
        ("<p id=x>a", "<p id=y>a", False),
        ("<p>a<p>b", f"<p>a{GATED}<p>b", False),
        ("<p>a", "<b>a</b>", False),
    ],
)
def test_the_comparison_sees_what_is_missing_moved_or_more(before: str, after: str, is_fine: bool) -> None:
    assert (compare(before, after).differences == []) is is_fine
