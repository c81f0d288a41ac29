"""What a how-to shows of an example is in the example, which other tests run."""

import asyncio
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from consent_middleware import ConsentMiddleware, Policy, classify, get_consent
from consent_middleware.cli import main
from consent_middleware.ledger import Ledger

ROOT = Path(__file__).resolve().parents[2]
SHOWN = [
    ("mount.md", "python"),
    ("reverse-proxy.md", "nginx"),
    ("single-page-apps.md", "python"),
]
POLICIES = [
    "reverse-proxy.md",
    "single-page-apps.md",
    "migrate-from-vanilla-cookieconsent.md",
    "migrate-from-klaro.md",
    "migrate-from-django-cookie-consent.md",
]


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


def test_a_dump_of_django_cookie_consent_becomes_the_policy_beside_it() -> None:
    (code,) = blocks("migrate-from-django-cookie-consent.md", "python")
    (dump,) = blocks("migrate-from-django-cookie-consent.md", "json")
    (policy,) = blocks("migrate-from-django-cookie-consent.md", "toml")
    names: dict[str, Callable[[str], str]] = {}
    exec(code, names)  # the page's own lines are what is tested
    drafted, written = Policy.parse(names["draft"](dump)), Policy.parse(policy)
    assert classify("_ga", policy=drafted).purpose == "analytics"
    assert drafted.digest == written.digest


def test_a_refusal_of_another_tool_is_carried_over_and_nothing_else() -> None:
    (code,) = blocks("migrate-from-vanilla-cookieconsent.md", "python")
    names: dict[str, Callable[[Request], None]] = {}
    exec(code, names)  # the page's own lines are what is tested

    async def home(request: Request) -> PlainTextResponse:
        names["carry_over"](request)
        return PlainTextResponse(str(get_consent(request).choice_made))

    app = ConsentMiddleware(Starlette(routes=[Route("/", home)]), secret_key="a key that only this test knows")
    for old, carried in {
        '{"categories":["necessary"]}': "True",
        '{"categories":["necessary","analytics"]}': "False",
        "{": "False",
    }.items():
        with TestClient(app, cookies={"cc_cookie": quote(old)}) as client:
            assert client.get("/").text == carried, old


NUMBER = re.compile(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){2}\b")
VARYING = re.compile(r"\b[0-9A-Z]{4,5}(?:-[0-9A-Z]{4,5}){2,4}\b|\b\d{4}-\d\d-\d\d\b")


def test_the_queue_is_worked_through_as_the_page_shows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONSENT_SECRET_KEY", "key")
    Path("consent.toml").write_text("[contact]\nemail = 'privacy@shop.example'\n", encoding="utf-8")
    asyncio.run(_make_ledger("sqlite:///consent.db"))
    assert main(["requests", "add", "sqlite:///consent.db", "--kind", "correction", "--message", "Misspelled"]) == 0
    found = NUMBER.search(capsys.readouterr().out)
    assert found is not None
    for session in blocks("answer-requests.md", "console"):
        for command, _, shown in (line.partition("\n") for line in session.removeprefix("$ ").split("\n$ ")):
            _, *arguments = shlex.split(NUMBER.sub(found[0], command))
            assert main(arguments) == 0, command
            said = capsys.readouterr().out
            # What the queue holds is the page's own; what is said of one request is said of each.
            if arguments[1] != "list":
                assert VARYING.sub("…", said).strip() == VARYING.sub("…", shown).strip()


async def _make_ledger(url: str) -> None:
    ledger = Ledger(url, secret_keys=["key"])
    await ledger.start()
    await ledger.stop()
