"""No leak: what an app can reach before consent, on five frameworks and three servers."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect

from consent_middleware.testing import consent_cookie
from tests.serving import SERVERS, Running, running
from tests.telemetry import listed_headers as listed
from tests.waiting import PATIENCE

pytestmark = pytest.mark.slow

PLANTED = "7f3a9c1e5d"
# Documentation addresses (RFC 5737, RFC 3849) that nothing else here uses.
ADDRESSES = ("203.0.113.77", "2001:db8:77:88::99")
FRAMEWORKS = ("starlette", "fastapi", "django", "litestar", "quart")
AT_ONCE = 60
ENOUGH = 100
SECRET = "only for this test"

SPECIAL = {
    "forwarded": f'for="[{ADDRESSES[1]}]:4711";by={ADDRESSES[0]};x={PLANTED}, for={ADDRESSES[0]}',
    "x-forwarded-for": f"{PLANTED}, {ADDRESSES[0]}, [{ADDRESSES[1]}]:443",
}
ORDINARY = {
    "user-agent": f"Mozilla/5.0 (Linux; Android 14; {PLANTED}) AppleWebKit/537.36 Chrome/121.0.{PLANTED} Mobile Safari/537.36",
    "accept-language": f"zh-CN,x-{PLANTED[:8]};q=0.9",
    "referer": f"https://elsewhere.example/{PLANTED}?q={PLANTED}",
    "x-requested-with": f"com.example.{PLANTED}",
    "cookie": f"_ga={PLANTED}; lang=seen",
    "cf-visitor": f'{{"scheme":"https","id":"{PLANTED}"}}',
    "x-seen": "it sees what it may",
}


def planted() -> Iterator[dict[str, str]]:
    """Requests that together carry something in every listed header."""
    names = [
        *listed.CLIENT_IP,
        *listed.GEO_NETWORK,
        *listed.TLS_DEVICE_FINGERPRINT,
        *listed.ORIGINAL_USER_AGENT,
        *listed.CARRIER_TRACKING,
        *listed.CLIENT_HINTS_HIGH_ENTROPY,
    ]
    for start in range(0, len(names), AT_ONCE):
        some = names[start : start + AT_ONCE]
        yield ORDINARY | {name: SPECIAL.get(name, f"{ADDRESSES[0]}, {PLANTED}") for name in some}


def leaks(text: str) -> list[str]:
    needles = (PLANTED, PLANTED[:8], *ADDRESSES, "2001:db8:77:88")
    return [line[:300] for line in text.splitlines() if any(needle in line for needle in needles)]


@pytest.fixture(scope="module", params=SERVERS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    log: Path = tmp_path_factory.mktemp(request.param) / "log"
    with running(request.param, "tests.frameworks.leaking:app", log) as started:
        yield started


@pytest.mark.parametrize("path", [*(f"{name}/dump" for name in FRAMEWORKS), "starlette/below/dump"])
def test_before_consent_nothing_planted_can_be_reached(server: Running, path: str) -> None:
    for headers in planted():
        answer = httpx.get(f"{server.url}/{path}", headers=headers, timeout=PATIENCE)
        assert answer.status_code == 200
        assert leaks(answer.text) == []
        assert "it sees what it may" in answer.text
        assert answer.text.count("\n") > ENOUGH


@pytest.mark.parametrize("framework", [name for name in FRAMEWORKS if name != "django"])
def test_nor_on_a_websocket(server: Running, framework: str) -> None:
    for headers in planted():
        # The client writes its own User-Agent.
        others = {name: value for name, value in headers.items() if name != "user-agent"}
        with connect(
            f"{server.url.replace('http', 'ws')}/{framework}/socket",
            additional_headers=others,
            user_agent_header=headers["user-agent"],
            max_size=None,
        ) as socket:
            answer = socket.recv()
        text = answer.decode("latin-1") if isinstance(answer, bytes) else answer
        assert leaks(text) == []
        assert "it sees what it may" in text


def test_and_nothing_of_it_is_in_the_servers_log(server: Running) -> None:
    httpx.get(f"{server.url}/starlette/dump", headers=next(planted()), timeout=PATIENCE)
    text = server.read_log("/starlette/dump")
    assert leaks(text) == []
    assert "it sees what it may" in text


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_what_is_allowed_is_found_so_the_search_would_have_found_the_rest(server: Running, framework: str) -> None:
    name, value = consent_cookie(None, SECRET, allow={"network", "device", "analytics"})
    for headers in planted():
        headers["cookie"] += f"; {name}={value}"
        answer = httpx.get(f"{server.url}/{framework}/dump", headers=headers, timeout=PATIENCE)
        # What carriers inject goes whatever is allowed.
        expected = [key for key in headers if key not in listed.CARRIER_TRACKING and key != "cookie"]
        missing = [key for key in expected if headers[key] not in answer.text]
        assert missing == []
        assert leaks(answer.text)
