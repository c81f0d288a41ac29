"""A template is compiled once in a process, and anew where it was changed."""

from pathlib import Path

import pytest
from jinja2 import Environment

from consent_middleware.pages.templates import Templates
from consent_middleware.pages.wording import Wording
from consent_middleware.policy import Policy

ENGLISH = Wording(Policy(), "en")


def test_what_one_mount_compiled_another_need_not(monkeypatch: pytest.MonkeyPatch) -> None:
    Templates().warm()

    def refuse(*_: object) -> None:
        raise AssertionError("compiled once more")

    monkeypatch.setattr(Environment, "compile", refuse)
    Templates().warm()


def test_a_template_that_was_changed_is_compiled_anew_and_another_folders_is_another(tmp_path: Path) -> None:
    for folder, text in (("a", "one {{ more }}"), ("b", "two {{ more }}"), ("a", "three {{ more }}")):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "note.html").write_text(text)
        assert Templates(tmp_path / folder).render("note.html", ENGLISH, more="<") == text.replace("{{ more }}", "&lt;")
