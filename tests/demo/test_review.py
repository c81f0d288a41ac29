"""The review page, and the file of examples behind it."""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from starlette.testclient import TestClient

from consent_middleware.pages.messages import MESSAGES
from demo_site.assembly import assemble
from demo_site.review.examples import Example, languages_with_a_catalog, load_examples
from demo_site.review.standings import RECORD, VISITOR
from tests.demo.conftest import TRACKER

EXAMPLES = load_examples()
MODERN = {"accept": "text/html", "sec-fetch-site": "same-origin"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    app = assemble(data=tmp_path_factory.mktemp("review"), tracker=TRACKER, secret_key="k" * 32, review=True)
    with TestClient(app, base_url="http://console.localhost", headers=MODERN) as client:
        yield client


def test_every_language_is_there_as_a_banner_and_as_a_preference_center() -> None:
    for language in languages_with_a_catalog():
        assert EXAMPLES[f"language-{language}"].language == language
        assert EXAMPLES[f"preferences-language-{language}"].shows == "preferences"


def test_everything_that_can_be_shown_is_shown_and_every_state_is_somebodys() -> None:
    for field in ("shows", "state"):
        known = set(msgspec.json.schema(Example)["$defs"]["Example"]["properties"][field]["enum"])
        assert {getattr(example, field) for example in EXAMPLES.values()} == known
    assert {example.message for example in EXAMPLES.values()} - {""} <= MESSAGES.keys()


@pytest.mark.parametrize("name", [name for name in EXAMPLES if "language-" not in name])
def test_an_example_is_a_whole_page(client: TestClient, name: str) -> None:
    answer = client.get(f"/review/{name}/")
    example = EXAMPLES[name]
    assert answer.status_code == (MESSAGES[example.message].status if example.shows == "message" else 200)
    assert answer.text.rstrip().endswith("</html>")
    assert f'<html lang="{example.language}"' in answer.text
    assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
    assert "x-frame-options" not in answer.headers
    assert 'href="/-/privacy' not in answer.text


def test_a_visitor_of_an_example_is_always_the_same(client: TestClient) -> None:
    client.post("/review/first-visit/-/privacy/choice", json={"action": "accept-all"})
    assert 'data-privacy-ui="banner"' in client.get("/review/first-visit/").text
    assert client.cookies.get("privacy") is None
    assert VISITOR in client.get("/review/data/").text
    assert RECORD in client.get("/review/receipt/").text


def test_what_is_pressed_in_an_example_is_answered(client: TestClient) -> None:
    answer = client.post("/review/first-visit/-/privacy/choice", json={"action": "reject-all"})
    assert answer.json()["asks"] == []
    assert client.get("/-/privacy/choice").json()["choice_made"] is False


def test_the_index_lists_every_example_once(client: TestClient) -> None:
    listed = re.findall(r'<iframe src="/review/([\w-]+)/"', client.get("/review").text)
    assert len(listed) == len(set(listed)) > 30
    german = re.findall(r'<iframe src="/review/([\w-]+)/"', client.get("/review?language=de").text)
    assert {"language-de", "long-words"} <= set(german)
    all_listed = {*listed}
    for language in languages_with_a_catalog():
        all_listed |= set(
            re.findall(r'<iframe src="/review/([\w-]+)/"', client.get(f"/review?language={language}").text)
        )
    assert all_listed == EXAMPLES.keys()


@pytest.mark.parametrize("path", ["/review/nothing/", "/review/nothing", "/review/..%2f"])
def test_an_example_that_is_not_there_is_not_found(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_console_that_others_can_reach_has_no_review_page(tmp_path: Path) -> None:
    with TestClient(assemble(data=tmp_path, tracker=TRACKER, secret_key="k" * 32)) as client:
        assert client.get("/review").status_code == 404
        assert client.get("/review/first-visit/").status_code == 404
