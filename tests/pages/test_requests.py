"""A visitor asks a person for something, sees what became of it, and nobody else does."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request as StarletteRequest
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from consent_middleware import ConsentMiddleware, Policy
from consent_middleware.asgi import Scope
from consent_middleware.consent import Consent, Tokens
from consent_middleware.errors import ConfigurationError
from consent_middleware.ledger import Ledger
from consent_middleware.rights import Request, RequestQueue
from tests.pages.site import POLICY

PREFIX = "/-/privacy"
REQUESTS = f"{PREFIX}/data/requests"
KEY = "rights-key"
RIGHTS = '\n[rights]\nkinds = ["account-erasure", "correction", "complaint", "other"]\n'
CORRECTION = {"kind": "correction", "message": "My name is spelled wrong", "contact": "me@example.com"}
REFERENCE = re.compile(r"\b(?:[0-9A-Z]{5}-){4}[0-9A-Z]{5}\b")


async def hello(_: object) -> PlainTextResponse:
    return PlainTextResponse("<!doctype html><p>hello", media_type="text/html")


def mount(tmp_path: Path, rights: str = RIGHTS, **arguments: Any) -> ConsentMiddleware:
    return ConsentMiddleware(
        Starlette(routes=[Route("/", hello)]),
        policy=Policy.parse(POLICY + rights),
        secret_key=KEY,
        ledger=f"sqlite:///{tmp_path / 'ledger.db'}",
        **arguments,
    )


@pytest.fixture
def middleware(tmp_path: Path) -> Iterator[ConsentMiddleware]:
    made = mount(tmp_path)
    yield made
    assert made.ledger is not None
    asyncio.run(made.ledger.stop())


def browser(middleware: ConsentMiddleware, *, chooses: bool = False) -> TestClient:
    """A browser of its own, with its own cookies."""
    client = TestClient(middleware, base_url="https://testserver", follow_redirects=False)
    client.headers["sec-fetch-site"] = "same-origin"
    if chooses:
        client.post(f"{PREFIX}/choice", data={"action": "reject-all"})
    return client


@pytest.fixture
def own(middleware: ConsentMiddleware) -> TestClient:
    return browser(middleware, chooses=True)


@pytest.fixture
def other(middleware: ConsentMiddleware) -> TestClient:
    return browser(middleware, chooses=True)


def ask(client: TestClient, **fields: str) -> dict[str, Any]:
    answer = client.post(REQUESTS, json={**CORRECTION, **fields})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def requests_of(client: TestClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"{PREFIX}/data", headers={"accept": "application/json"}).json()[
        "requests"
    ]
    return found


def work(middleware: ConsentMiddleware, job: Callable[[RequestQueue], Awaitable[object]]) -> None:
    """Do what staff does, in a process of its own."""
    assert middleware.ledger is not None
    url = f"sqlite:///{middleware.ledger.database.url.path}"

    async def run() -> None:
        ledger = Ledger(url, secret_keys=[KEY])
        await job(RequestQueue(ledger, [KEY]))
        await ledger.stop()

    asyncio.run(run())


def consent_in(middleware: ConsentMiddleware, token: str) -> Consent:
    return Tokens(middleware.policy, [KEY]).read(token.encode(), time.time())


def hidden(page: str, name: str) -> str:
    return page.partition(f'name="{name}" value="')[2].partition('"')[0]


def test_without_javascript_a_form_asks_and_the_answer_is_there_later(
    middleware: ConsentMiddleware, own: TestClient
) -> None:
    page = own.get(f"{PREFIX}/data").text
    assert page.count('type="radio"') == 4
    sent = own.post(REQUESTS, data={**CORRECTION, "ticket": hidden(page, "ticket")})
    assert sent.status_code == 201
    assert REFERENCE.search(sent.text)
    assert "From then on, we answer within this many working days: 15." in sent.text
    (request,) = requests_of(own)
    assert request["number"] in sent.text

    async def handle(queue: RequestQueue) -> None:
        await queue.verify(request["number"])
        await queue.answer(request["number"], "It is spelled <right> now.\nSorry.")

    work(middleware, handle)
    later = own.get(f"{PREFIX}/data").text
    assert "It is spelled &lt;right&gt; now.\nSorry." in later
    assert "Answered" in later
    assert not REFERENCE.search(later)


def test_a_request_that_needs_no_verification_says_its_day(own: TestClient) -> None:
    page = own.post(REQUESTS, data={**CORRECTION, "kind": "complaint"}).text
    (request,) = requests_of(own)
    assert request["state"] == "open"
    day = int(request["due_on"].rpartition("-")[2])
    assert f"We answer by {day} " in page


def test_a_visitor_without_a_choice_finds_a_request_by_its_reference(middleware: ConsentMiddleware) -> None:
    anonymous = browser(middleware)
    made = ask(anonymous)
    assert "set-cookie" not in anonymous.get(f"{PREFIX}/data").headers
    assert requests_of(anonymous) == []
    elsewhere = browser(middleware)
    found = elsewhere.post(f"{REQUESTS}/find", data={"reference": made["reference"].lower()})
    assert found.status_code == 200
    assert made["number"] in found.text
    assert CORRECTION["message"] in found.text
    # The number alone opens nothing.
    for wrong in (made["number"], "", "0", made["reference"][:-1], "\0", "é" * 90):
        missed = elsewhere.post(f"{REQUESTS}/find", data={"reference": wrong})
        assert missed.status_code == 404
        assert made["number"] not in missed.text


def test_no_reference_stays_in_an_address(own: TestClient) -> None:
    made = ask(own)
    found = own.post(f"{REQUESTS}/find", data={"reference": made["reference"]})
    for page in (own.get(f"{PREFIX}/data").text, found.text):
        assert made["reference"] not in re.sub(r'name="reference" value="[^"]*"', "", page)


def test_nobody_sees_or_ends_anothers_request(
    middleware: ConsentMiddleware, own: TestClient, other: TestClient
) -> None:
    made = ask(own)
    stranger, forger = browser(middleware), browser(middleware)
    name, token = next(iter(own.cookies.items()))
    forger.cookies.set(name, Tokens(middleware.policy, ["another key"]).mint(consent_in(middleware, token)))
    for client in (other, stranger, forger):
        assert requests_of(client) == []
        assert made["number"] not in client.get(f"{PREFIX}/data").text
        for fields in ({"number": made["number"]}, {"reference": made["number"]}, {"next": "/"}):
            assert client.post(f"{REQUESTS}/withdraw", data=fields).status_code == 404
            assert client.post(f"{REQUESTS}/withdraw", json=fields).status_code == 404
    assert [request["state"] for request in requests_of(own)] == ["unverified"]


def test_a_token_that_has_run_out_shows_no_requests(
    middleware: ConsentMiddleware, own: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = ask(own)
    now = time.time()
    later = browser(middleware)
    later.cookies.update(own.cookies)
    assert len(requests_of(later)) == 1
    monkeypatch.setattr(time, "time", lambda: now + 86_400 * 400)
    assert requests_of(later) == []
    assert later.post(f"{REQUESTS}/withdraw", data={"number": made["number"]}).status_code == 404


def test_an_account_sees_its_requests_in_each_browser_and_nobody_after_it_signed_out(tmp_path: Path) -> None:
    def signed_in(scope: Scope) -> str | None:
        return StarletteRequest(scope).cookies.get("session")

    mounted = mount(tmp_path, subject=signed_in)
    desk, phone = browser(mounted), browser(mounted)
    for client in (desk, phone):
        client.cookies.set("session", "ada")
        client.post(f"{PREFIX}/choice", data={"action": "reject-all"})
    made = ask(desk)
    assert [request["number"] for request in requests_of(phone)] == [made["number"]]
    del desk.cookies["session"]
    assert made["number"] not in desk.get(f"{PREFIX}/data").text
    assert desk.post(f"{REQUESTS}/withdraw", data={"number": made["number"]}).status_code == 404
    # Whoever sits there now asks for themselves.
    assert ask(desk, message="I am somebody else")["state"] == "unverified"
    assert [request["number"] for request in requests_of(phone)] == [made["number"]]
    assert phone.post(f"{REQUESTS}/withdraw", data={"number": made["number"]}).status_code == 200


def test_a_visitor_withdraws_and_nothing_of_it_is_left(middleware: ConsentMiddleware, own: TestClient) -> None:
    made = ask(own)
    answer = own.post(f"{REQUESTS}/withdraw", data={"number": made["number"]})
    assert answer.status_code == 200
    assert "Withdrawn" in answer.text
    assert CORRECTION["message"] not in answer.text
    assert requests_of(own) == []
    again = own.post(f"{REQUESTS}/withdraw", json={"reference": made["reference"]})
    assert again.json()["state"] == "withdrawn"


def test_erasing_everything_leaves_what_still_waits_for_an_answer(
    middleware: ConsentMiddleware, own: TestClient
) -> None:
    waiting, answered = ask(own), ask(own, message="Another")
    work(middleware, lambda queue: queue.answer(answered["number"], "no", is_refused=True))
    assert "stay until they have one" in own.get(f"{PREFIX}/data").text
    assert own.post(f"{PREFIX}/data/erase", json={}).json()["erased"]["requests"] == 1
    stranger = browser(middleware)
    assert stranger.post(f"{REQUESTS}/find", json={"reference": waiting["reference"]}).json()["message"]
    assert stranger.post(f"{REQUESTS}/find", json={"reference": answered["reference"]}).json()["state"] == "closed"


def test_a_form_that_is_sent_twice_is_one_request(own: TestClient) -> None:
    ticket = hidden(own.get(f"{PREFIX}/data").text, "ticket")
    pages = [own.post(REQUESTS, data={**CORRECTION, "ticket": ticket}).text for _ in range(2)]
    assert REFERENCE.findall(pages[0])[0] == REFERENCE.findall(pages[1])[0]
    assert len(requests_of(own)) == 1
    own.post(REQUESTS, data={**CORRECTION, "message": "And one more thing", "ticket": ticket})
    assert len(requests_of(own)) == 2


def test_tickets_of_ones_own_making_lead_to_no_others_request(middleware: ConsentMiddleware) -> None:
    # Nobody knows who they are, and both write the same.
    mine = browser(middleware).post(REQUESTS, json={**CORRECTION, "ticket": "1"}).json()
    theirs = browser(middleware).post(REQUESTS, json={**CORRECTION, "ticket": "1"}).json()
    assert mine["number"] != theirs["number"]
    assert mine["reference"] != theirs["reference"]


@pytest.mark.parametrize(
    ("fields", "faults"),
    [
        ({"kind": "", "message": "x"}, ["kind"]),
        ({"kind": "child-deletion", "message": "x"}, ["kind"]),
        ({"kind": "access", "message": "x"}, ["kind"]),
        ({"kind": "complaint", "message": " \r\n"}, ["message"]),
        ({"kind": "complaint", "message": "x" * 4001}, ["message"]),
        ({"kind": "complaint", "message": "x", "contact": "y" * 201}, ["contact"]),
        ({"next": "/"}, ["kind", "message"]),
    ],
)
def test_what_is_missing_is_said_and_what_was_written_stays(
    own: TestClient, fields: dict[str, str], faults: list[str]
) -> None:
    answer = own.post(REQUESTS, json=fields)
    assert answer.status_code == 422
    assert answer.json() == {"error": "incomplete", "fields": faults}
    page = own.post(REQUESTS, data=fields)
    assert page.status_code == 422
    assert "Please fill in what is missing." in page.text
    assert fields.get("message", "").strip()[:50] in page.text
    assert requests_of(own) == []


def test_an_account_is_erased_without_a_word_of_explanation(own: TestClient) -> None:
    assert own.post(REQUESTS, data={"kind": "account-erasure"}).status_code == 201


def test_a_contact_is_asked_for_as_the_policy_says(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    required = browser(mount(tmp_path / "a", RIGHTS + 'contact = "required"\n'))
    assert required.post(REQUESTS, json={**CORRECTION, "contact": ""}).json()["fields"] == ["contact"]
    (tmp_path / "b").mkdir()
    off = browser(mount(tmp_path / "b", RIGHTS + 'contact = "off"\n'))
    assert 'name="contact"' not in off.get(f"{PREFIX}/data").text
    assert ask(off)["contact"] == ""


@pytest.mark.parametrize(
    "message",
    ["\x00\x1b[2J", "<script>alert(1)</script>", "\ud83d", "{{ 7 * 7 }}", "a" * 3999, "谢" * 3999, "😀" * 3999],
    ids=["control", "markup", "half", "template", "latin", "chinese", "emoji"],
)
def test_whatever_is_written_is_kept_as_text_and_no_error(own: TestClient, message: str) -> None:
    body = {"kind": "other", "message": f"x{message}"}
    raw = "&".join(f"{name}={quoted(value)}" for name, value in body.items())
    answer = own.post(REQUESTS, content=raw, headers={"content-type": "application/x-www-form-urlencoded"})
    assert answer.status_code == 201
    assert "<script>alert" not in answer.text
    assert "\x1b" not in answer.text
    assert len(requests_of(own)) == 1


def quoted(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("path", [REQUESTS, f"{REQUESTS}/find", f"{REQUESTS}/withdraw"])
def test_only_our_own_pages_send_these_forms(own: TestClient, path: str) -> None:
    made = ask(own)
    fields = {**CORRECTION, "number": made["number"], "reference": made["reference"]}
    for site in ("cross-site", "same-site", "none"):
        assert own.post(path, data=fields, headers={"sec-fetch-site": site}).status_code == 403
    assert own.get(path).status_code == 405
    assert own.post(path, content=b"x", headers={"content-type": "text/plain"}).status_code == 415
    assert own.post(path, content=b"[", headers={"content-type": "application/json"}).status_code == 400
    assert own.post(path, json={"kind": 1}).status_code == 400
    assert own.post(path, data={"message": "x" * 300_000}).status_code == 413
    del own.headers["sec-fetch-site"]
    assert own.post(path, data=fields).status_code == 403
    assert own.post(path, data=fields, headers={"origin": "https://app.example.com"}).status_code == 403
    own.headers["sec-fetch-site"] = "same-origin"
    assert [request["state"] for request in requests_of(own)] == ["unverified"]


def test_an_old_browser_asks_with_the_token_of_its_page(own: TestClient) -> None:
    del own.headers["sec-fetch-site"]
    page = own.get(f"{PREFIX}/data").text
    assert own.post(REQUESTS, data={**CORRECTION, "token": "wrong"}).status_code == 403
    sent = own.post(REQUESTS, data={**CORRECTION, "token": hidden(page, "token")})
    assert sent.status_code == 201
    number = requests_of(own)[0]["number"]
    token = hidden(sent.text, "token")
    assert own.post(f"{REQUESTS}/withdraw", data={"number": number, "token": token}).status_code == 200


def test_where_the_ledger_does_not_answer_nothing_that_was_written_is_lost(
    middleware: ConsentMiddleware, own: TestClient, tmp_path: Path
) -> None:
    assert middleware.ledger is not None
    ticket = hidden(own.get(f"{PREFIX}/data").text, "ticket")
    asyncio.run(middleware.ledger.stop())
    (tmp_path / "ledger.db").rename(tmp_path / "elsewhere.db")
    (tmp_path / "ledger.db").write_text("not a database, but long enough to be taken for one by its size\n" * 50)
    answer = own.post(REQUESTS, data={**CORRECTION, "ticket": ticket})
    assert answer.status_code == 503
    assert CORRECTION["message"] in answer.text
    assert CORRECTION["contact"] in answer.text
    assert hidden(answer.text, "ticket") == ticket
    assert answer.headers["retry-after"]
    assert own.post(REQUESTS, json=CORRECTION).json()["error"] == "unreadable"
    assert own.post(f"{REQUESTS}/find", data={"reference": "x"}).status_code == 503
    assert own.post(f"{REQUESTS}/withdraw", data={"reference": "x"}).status_code == 503
    (tmp_path / "ledger.db").unlink()


def test_the_app_is_told_after_the_request_is_there(tmp_path: Path) -> None:
    told: list[Request] = []

    async def on_request(request: Request) -> None:
        assert mounted.ledger is not None
        stored = await RequestQueue(mounted.ledger, [KEY]).find(request.number)
        assert stored is not None
        told.append(stored.request)

    mounted = mount(tmp_path, on_request=on_request)
    made = ask(browser(mounted))
    assert [(request.number, request.kind, request.contact) for request in told] == [
        (made["number"], "correction", "me@example.com")
    ]


def test_an_app_that_fails_fails_for_nobody_else(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def on_request(request: Request) -> None:
        raise RuntimeError("the mail server is away")

    client = browser(mount(tmp_path, on_request=on_request), chooses=True)
    made = ask(client)
    assert requests_of(client)[0]["number"] == made["number"]
    assert "on_request failed" in caplog.text


def test_what_is_not_offered_is_not_there(tmp_path: Path) -> None:
    client = browser(mount(tmp_path, ""), chooses=True)
    page = client.get(f"{PREFIX}/data").text
    assert "data/requests" not in page
    assert client.post(REQUESTS, json=CORRECTION).status_code == 404
    assert "/data?" not in browser(mount(tmp_path, "")).get(f"{PREFIX}/preferences").text
    assert "/data?" in browser(mount(tmp_path)).get(f"{PREFIX}/preferences").text


def test_what_staff_put_into_the_queue_is_seen_by_its_visitor_even_where_nothing_is_offered(tmp_path: Path) -> None:
    from consent_middleware.rights.queue import Asking

    middleware = mount(tmp_path, "")
    client = browser(middleware, chooses=True)
    consent_id = client.get(f"{PREFIX}/data", headers={"accept": "application/json"}).json()["consent_id"]

    async def found(queue: RequestQueue) -> None:
        ticket = queue.numbers.ticket()
        await queue.receive(
            Asking(kind="child-deletion", ticket=ticket, consent_id=consent_id, working_days=15, calendar="CN")
        )

    work(middleware, found)
    assert "Delete a child" in client.get(f"{PREFIX}/data").text


def test_without_a_ledger_nobody_can_be_asked() -> None:
    with pytest.raises(ConfigurationError, match=r"\[rights\]"):
        ConsentMiddleware(Starlette(), policy=Policy.parse(POLICY + RIGHTS), secret_key=KEY)
    ConsentMiddleware(Starlette(), policy=Policy.parse(POLICY + RIGHTS), secret_key=KEY, mode="observe")


def test_each_language_has_the_form(tmp_path: Path) -> None:
    client = browser(mount(tmp_path))
    page = client.get(f"{PREFIX}/data?lang=zh-Hans").text
    assert "向我们提出请求" in page
    sent = client.post(f"{REQUESTS}?lang=zh-Hans", data=CORRECTION).text
    assert "请记下查询码" in sent
