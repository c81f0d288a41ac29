"""The documentation is a site: every page is in it, it can be searched, and it asks nobody else for anything."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import consent_middleware
from docs.policy_reference import MARK, PAGE, made

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(path.relative_to(DOCS) for path in DOCS.glob("**/*.md") if path.name != "0000-template.md")
ASKS = r"(?:script|img|iframe|link(?=[^>]*rel=\"(?:stylesheet|preload|icon|preconnect)\"))"
LOADED = re.compile(rf'<{ASKS}[^>]*?(?:src|href)="(https?:)?//')


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built where a warning is an error: a page without a place, a link into nothing, a name that is not there."""
    target = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "--quiet", "--fail-on-warning", "--keep-going", str(DOCS), str(target)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    built = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert built.returncode == 0, f"{built.stderr}\nA new page needs a place in docs/index.md."
    return target


def test_every_page_is_in_the_site(site: Path) -> None:
    assert [page for page in PAGES if not (site / page.with_suffix(".html")).is_file()] == []


def test_the_site_can_be_searched(site: Path) -> None:
    index = (site / "searchindex.js").read_text(encoding="utf-8")
    for word in ("withdraw", "ledger", "explicit_act", "get_consent"):
        assert word in index, word


def test_no_page_loads_anything_from_elsewhere(site: Path) -> None:
    assert LOADED.search('<script async src="https://cdn.example/x.js">')
    loading = [page.name for page in site.glob("**/*.html") if LOADED.search(page.read_text(encoding="utf-8"))]
    assert loading == []


def test_every_public_name_is_in_the_reference(site: Path) -> None:
    page = (site / "reference" / "python.html").read_text(encoding="utf-8")
    assert [name for name in consent_middleware.__all__ if f'id="consent_middleware.{name}"' not in page] == []


def test_the_reference_of_the_policy_is_what_the_schema_says() -> None:
    assert MARK in PAGE.read_text(encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == made(), "python docs/policy_reference.py writes it anew"
