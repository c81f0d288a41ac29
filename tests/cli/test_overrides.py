"""Templates of a team's own, looked through before a visitor sees them."""

import json
from pathlib import Path

import pytest
from starlette.applications import Starlette

from consent_middleware import ConfigurationError, ConsentMiddleware
from consent_middleware.cli import main
from consent_middleware.cli.overrides import look_through
from consent_middleware.policy import Policy
from tests.driving import KEY

POLICY = Policy.parse('[site]\nname = "Example"\nlanguages = ["en", "de"]\n')
ACTIONS = """{% extends "built-in/banner.html" %}{% block actions %}
<div class="privacy-ui-actions"><form method="post" action="{{ base }}/choice">
ANSWERS</form><form method="get" action="{{ base }}/preferences"><button data-privacy-action="manage">Manage</button></form></div>
{% endblock %}"""
ACCEPT = '<button name="action" value="accept-all" data-privacy-action="accept-all">Accept all</button>'
REJECT = '<button name="action" value="reject-all" data-privacy-action="reject-all">Reject all</button>'


def said_of(folder: Path, template: str, name: str = "banner.html") -> list[str]:
    (folder / name).write_text(template, encoding="utf-8")
    broken, tilted = look_through(POLICY, folder)
    assert broken == []
    assert {found.key for found in tilted} <= {name}
    return [found.message for found in tilted]


def test_a_template_that_keeps_both_answers_alike_is_left_alone(tmp_path: Path) -> None:
    assert said_of(tmp_path, ACTIONS.replace("ANSWERS", ACCEPT + REJECT)) == []
    assert said_of(tmp_path, '{% extends "built-in/preferences.html" %}', "preferences.html") == []


def test_a_folder_without_templates_of_these_layers_has_nothing_to_say(tmp_path: Path) -> None:
    assert look_through(POLICY, tmp_path) == ([], [])


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        (ACCEPT, "There is no button that rejects everything"),
        (ACCEPT + REJECT.replace("<button", '<button class="small"'), "has another class than"),
        (ACCEPT + REJECT.replace("button", "a"), "is <a> rather than"),
        (ACCEPT + f"<details>{REJECT}</details>", "stands elsewhere than"),
        (ACCEPT + f"<p hidden>{REJECT}</p>", "stands elsewhere than"),
        (
            ACCEPT.replace("Accept all", "OK") + REJECT.replace("Reject all", "Go on without any of it"),
            "is much longer than",
        ),
        (ACCEPT.replace("Accept all", "Accept (recommended)") + REJECT, "“recommended” (en) pleads"),
        (ACCEPT + REJECT.replace("Reject all", "No, I don't care"), "puts words into the mouth"),
    ],
)
def test_answers_that_are_not_alike_are_found(tmp_path: Path, answers: str, message: str) -> None:
    assert any(message in said for said in said_of(tmp_path, ACTIONS.replace("ANSWERS", answers)))


def test_a_missing_way_to_choose_and_a_switch_that_is_on_are_found(tmp_path: Path) -> None:
    only = '{% extends "built-in/banner.html" %}{% block actions %}' + ACCEPT + REJECT + "{% endblock %}"
    assert any("no way to choose one by one" in said for said in said_of(tmp_path, only))
    (tmp_path / "banner.html").unlink()
    ticked = (
        '{% extends "built-in/preferences.html" %}{% block choices %}'
        '<input type="checkbox" data-privacy-purpose="analytics" checked>{% endblock %}'
    )
    assert any('"analytics" is on before' in said for said in said_of(tmp_path, ticked, "preferences.html"))


def test_a_text_is_read_in_each_language(tmp_path: Path) -> None:
    text = (
        '{% extends "built-in/banner.html" %}{% block text %}<p>'
        '{% if language == "de" %}Für ein besseres Nutzererlebnis.{% else %}We count visits.{% endif %}</p>{% endblock %}'
    )
    assert [said[:30] for said in said_of(tmp_path, text)] == ["“besseres Nutzererlebnis” (de)"]


def test_a_template_that_cannot_be_rendered_is_a_problem(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "banner.html").write_text(
        '{% extends "built-in/banner.html" %}{% block text %}{{ nothing }}{% endblock %}'
    )
    file = tmp_path / "consent.toml"
    file.write_text('[site]\nname = "Example"\n')
    assert main(["check", str(file), "--templates", str(tmp_path)]) == 1
    assert "This template cannot be rendered: 'nothing' is undefined." in capsys.readouterr().out


def test_check_tells_of_templates_beside_everything_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "banner.html").write_text(ACTIONS.replace("ANSWERS", ACCEPT), encoding="utf-8")
    file = tmp_path / "consent.toml"
    file.write_text('[site]\nname = "Example"\n')
    assert main(["check", str(file), "--templates", str(tmp_path), "--json"]) == 0
    (report,) = json.loads(capsys.readouterr().out)
    assert "banner.html" in [warning["key"] for warning in report["warnings"]]


def test_a_folder_that_is_not_there_is_a_problem_and_no_folder_without_templates(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = tmp_path / "consent.toml"
    policy.write_text('[site]\nname = "Example"\n', encoding="utf-8")
    assert main(["check", str(policy), "--templates", str(tmp_path / "templates")]) == 1
    assert "There is no such folder of templates" in capsys.readouterr().out
    with pytest.raises(ConfigurationError, match="There is no folder"):
        ConsentMiddleware(Starlette(), secret_key=KEY, templates=tmp_path / "templates")
