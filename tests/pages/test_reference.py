"""What the reference pages say is so."""

import json
import re
from pathlib import Path

from starlette.testclient import TestClient

from consent_middleware.pages.messages import MESSAGES

DOCS = Path(__file__).parents[2] / "docs" / "reference"
TEMPLATES = Path(__file__).parents[2] / "banner_templates"
HTTP = (DOCS / "http.md").read_text(encoding="utf-8")
DOM = (DOCS / "dom.md").read_text(encoding="utf-8")
STYLE = (TEMPLATES / "static" / "choices.css").read_text(encoding="utf-8")


def test_the_state_has_the_keys_of_the_reference(client: TestClient) -> None:
    shown = json.loads(re.findall(r"```json\n(.*?)```", HTTP, re.DOTALL)[-1])
    assert list(shown) == list(client.get("/-/privacy/choice").json())


def test_the_request_of_the_reference_works(client: TestClient) -> None:
    request = re.findall(r"```http\n(.*?)```", HTTP, re.DOTALL)[0]
    body = request.partition("\n\n")[2].strip()
    answer = client.post("/-/privacy/choice", content=body, headers={"content-type": "application/json"})
    assert answer.json()["allowed"] == ["authentication", "security", "preference", "analytics", "tracker"]


def test_every_error_of_a_choice_is_in_the_reference() -> None:
    for name, message in MESSAGES.items():
        if name not in ("not-found", "wrong-method"):
            assert re.search(rf"\| {message.status} \|.*\| `{name}` \|", HTTP), name


def test_every_theme_property_is_in_the_reference_with_its_defaults() -> None:
    used: dict[str, list[str]] = {}
    for name, light, dark, single in re.findall(
        r"var\((--privacy-\w+(?:-\w+)*), (?:var\(--_privacy-l, (#\w+)\) var\(--_privacy-d, (#\w+)\)|([^()]+))\)", STYLE
    ):
        used.setdefault(name, []).extend(default for default in (light, dark, single) if default)
    documented = dict(re.findall(r"\| `(--privacy-[\w-]+)`[^|]*\| ([^|]*\|[^|]*)\|", DOM))
    assert documented.keys() == used.keys()
    for name, defaults in used.items():
        if name != "--privacy-font":
            assert re.findall(r"`([^`]+)`", documented[name]) == defaults, name


def test_every_block_of_a_template_is_in_the_reference() -> None:
    for template in ("banner.html", "page.html", "preferences.html"):
        blocks = set(re.findall(r"{% block (\w+) %}", (TEMPLATES / template).read_text(encoding="utf-8")))
        row = next(line for line in HTTP.splitlines() if line.startswith(f"| `{template}`"))
        frame = next(line for line in HTTP.splitlines() if line.startswith("| `page.html`"))
        assert blocks <= set(re.findall(r"`(\w+)`", row + frame)), template
