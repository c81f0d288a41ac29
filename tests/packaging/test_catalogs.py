"""The build hook compiles message catalogs: whole, only where needed, and never from a broken source."""

import gettext
import os
from pathlib import Path

import pytest

from hatch_build import compile_catalogs

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'


def catalog(root: Path, messages: str) -> Path:
    """Write a Chinese catalog below the root."""
    path = root / "banner_templates" / "locales" / "zh_Hans" / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER + messages, encoding="utf-8")
    return path


def test_a_catalog_is_compiled_beside_its_source(tmp_path: Path) -> None:
    source = catalog(tmp_path, 'msgid "Reject all"\nmsgstr "全部拒绝"\n')
    (target,) = compile_catalogs(tmp_path)
    assert target.parent == source.parent
    with target.open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Reject all") == "全部拒绝"


def test_a_catalog_is_compiled_again_only_when_its_source_is_newer(tmp_path: Path) -> None:
    source = catalog(tmp_path, 'msgid "Save"\nmsgstr "保存"\n')
    (target,) = compile_catalogs(tmp_path)
    assert compile_catalogs(tmp_path) == []
    later = target.stat().st_mtime + 1
    os.utime(source, (later, later))
    assert compile_catalogs(tmp_path) == [target]


def test_a_guessed_translation_is_not_shown_to_anyone(tmp_path: Path) -> None:
    catalog(tmp_path, '#, fuzzy\nmsgid "Save"\nmsgstr "保护"\n')
    (target,) = compile_catalogs(tmp_path)
    with target.open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Save") == "Save"


def test_a_malformed_catalog_stops_the_build(tmp_path: Path) -> None:
    source = catalog(tmp_path, 'msgid "Save"\nmsgstr "保存"\nand so on\n')
    with pytest.raises(ValueError, match=r"messages\.po:6: "):
        compile_catalogs(tmp_path)
    assert not source.with_suffix(".mo").exists()
