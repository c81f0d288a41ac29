"""The wheel works where there is no checkout: pages, policy and demo are inside it."""

import tarfile
import urllib.request
import zipfile
from pathlib import Path

import pytest

from e2e.serving import running
from tests.packaging.conftest import ROOT, Installed, run
from tests.ports import free_port

# A package index may be slow, and so may an installation.
pytestmark = pytest.mark.deadline(1800)

PACKAGES = ("consent_middleware", "banner_templates", "demo_site")
# Every name that the package promises must be there, and come from the wheel.
IMPORT = """
import consent_middleware
for name in consent_middleware.__all__:
    getattr(consent_middleware, name)
print(consent_middleware.__file__)
"""


def files_of_the_checkout() -> set[str]:
    """Return what the packages consist of, compiled catalogs included, in the wheel's way of writing paths."""
    files = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file()
        and "__pycache__" not in path.parts
        and path.suffix not in {".mo", ".db", ".db-shm", ".db-wal"}
    }
    return files | {file.removesuffix(".po") + ".mo" for file in files if file.endswith(".po")}


def test_the_wheel_holds_the_three_packages_whole(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if name.startswith(PACKAGES)}
    assert {name for name in names if ".dist-info/" not in name} == files_of_the_checkout()


def test_the_wheel_says_that_it_is_typed(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        assert "consent_middleware/py.typed" in archive.namelist()


def test_the_sdist_holds_the_tests_and_the_lock_files(distributions: Path) -> None:
    (path,) = distributions.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert names >= {"dev", "requirements/dev.txt", "tests/packaging/test_wheel.py", "e2e/conftest.py", "LICENSE"}


def test_the_installed_package_has_every_public_name(installed: Installed, tmp_path: Path) -> None:
    origin = run(installed.python, "-c", IMPORT, cwd=tmp_path).strip()
    assert Path(origin) == installed.packages / "consent_middleware" / "__init__.py"


def test_the_installed_command_accepts_the_demo_policy(installed: Installed, tmp_path: Path) -> None:
    run(installed.command, "check", installed.packages / "demo_site" / "consent.toml", cwd=tmp_path)


def test_the_installed_demo_serves_its_first_page_with_a_banner(installed: Installed, tmp_path: Path) -> None:
    port = free_port(in_a_row=2)
    url = f"http://127.0.0.1:{port}/"
    demo = (installed.python, "-m", "consent_middleware", "demo", "--port", str(port), "--no-browser")
    with running(*demo, url=url, cwd=tmp_path):
        request = urllib.request.Request(url, headers={"Accept": "text/html", "Sec-Fetch-Dest": "document"})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=10) as answer:
            status, page = answer.status, answer.read().decode()
    assert status == 200
    assert 'id="privacy-consent-ui"' in page
