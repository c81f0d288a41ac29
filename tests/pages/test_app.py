import asyncio
import gzip
import re

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from consent_middleware.asgi import Message
from consent_middleware.consent import SCOPE_KEY
from consent_middleware.policy import Policy
from tests.pages.site import Site


def test_pages_own_what_is_below_the_prefix_and_the_gpc_file(site: Site) -> None:
    for path in ("/-/privacy", "/-/privacy/", "/-/privacy/choice", "/-/privacy/nothing", "/.well-known/gpc.json"):
        assert site.pages.owns(path)
    for path in ("/", "/-/privacyx", "/a/-/privacy/choice", "/.well-known/gpc.json/", "/.well-known/other"):
        assert not site.pages.owns(path)


def test_the_gpc_file_is_the_same_for_everyone(client: TestClient) -> None:
    answer = client.get("/.well-known/gpc.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {"gpc": True, "lastUpdate": "2024-08-26"}


def test_a_site_whose_marketing_ignores_the_signal_does_not_claim_to_honor_it() -> None:
    policy = Policy.parse('[site]\nname = "x"\n[purposes.marketing]\nhonors_gpc = false')
    assert TestClient(Site(policy)).get("/.well-known/gpc.json").json()["gpc"] is False


def static_names(client: TestClient) -> list[str]:
    return re.findall(r"/-/privacy/static/[\w.]+", client.get("/").text)


def test_static_files_may_be_kept_forever(client: TestClient) -> None:
    style, script = static_names(client)
    for path, media_type in ((style, "text/css; charset=utf-8"), (script, "text/javascript; charset=utf-8")):
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == media_type
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-encoding"] == "gzip"
        plain = client.get(path, headers={"accept-encoding": "identity"})
        assert "content-encoding" not in plain.headers
        assert plain.content == answer.content


def test_static_files_of_another_content_are_not_there(client: TestClient) -> None:
    style, _ = static_names(client)
    assert client.get(style.replace(".css", "0.css")).status_code == 404
    assert client.get("/-/privacy/static/..%2f__init__.py").status_code == 404


def test_stylesheet_and_module_weigh_at_most_5_kilobytes_together(client: TestClient) -> None:
    bodies = [client.get(path).content for path in static_names(client)]
    assert sum(len(gzip.compress(body, 9)) for body in bodies) <= 5_000


@pytest.mark.parametrize("path", ["/-/privacy", "/-/privacy/", "/-/privacy/data/x", "/-/privacy/preferences/"])
def test_an_unknown_address_is_a_small_page(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "There is no such page" in answer.text
    assert client.get(path, headers={"accept": "application/json"}).json()["error"] == "not-found"


@pytest.mark.parametrize(
    ("path", "allowed"),
    [("preferences", "GET, HEAD"), ("cookies", "GET, HEAD"), ("choice", "GET, HEAD, POST, OPTIONS")],
)
def test_a_wrong_method_is_told_the_right_ones(client: TestClient, path: str, allowed: str) -> None:
    answer = client.delete(f"/-/privacy/{path}")
    assert answer.status_code == 405
    assert answer.headers["allow"] == allowed


@pytest.mark.parametrize("path", ["preferences", "cookies", "choice"])
def test_a_head_has_the_headers_of_the_get(client: TestClient, path: str) -> None:
    head, get = client.head(f"/-/privacy/{path}"), client.get(f"/-/privacy/{path}")
    assert head.content == b""
    assert head.headers == get.headers


def test_below_a_mount_every_link_includes_it(site: Site) -> None:
    with TestClient(Starlette(routes=[Mount("/shop", app=site)])) as client:
        client.headers["sec-fetch-site"] = "same-origin"
        page = client.get("/shop/a").text
        assert 'action="/shop/-/privacy/choice"' in page
        assert 'value="/shop/a"' in page
        assert client.get("/shop/-/privacy/preferences").status_code == 200
        answer = client.post("/shop/-/privacy/choice", data={"action": "reject-all"}, follow_redirects=False)
        assert answer.headers["location"] == "/shop/-/privacy/preferences?saved=1"


def test_a_mount_that_a_visitor_names_leads_to_no_other_host(site: Site) -> None:
    with TestClient(Starlette(routes=[Mount("/{rest:path}/x", app=site)])) as client:
        page = client.get("http://testserver//evil.net/x/-/privacy/preferences").text
    assert not re.search(r'(href|action)="//', page)


def test_a_visitor_who_leaves_halfway_gets_no_answer(site: Site) -> None:
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/-/privacy/choice",
        "headers": [(b"sec-fetch-site", b"same-origin"), (b"content-type", b"application/json")],
        SCOPE_KEY: site.visit(),
    }
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(site.pages(scope, receive, send))
    assert sent == []


def test_a_websocket_below_the_prefix_is_closed(site: Site) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(site.pages({"type": "websocket", "path": "/-/privacy/choice", "headers": []}, receive, send))
    assert [message["type"] for message in sent] == ["websocket.close"]
