"""What real servers write into their real access logs."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect

from tests.serving import ROOT, SERVERS, Running, running
from tests.waiting import PATIENCE

pytestmark = pytest.mark.slow

APPS = "tests.telemetry.logging_app"
VISITOR = "203.0.113.77"
LOCAL, LOCAL_NETWORK = "127.0.0.1", "127.0.0.0"
# A peer on loopback that forwards is a proxy, and its own address is no secret.
FORWARDED = {"x-forwarded-for": VISITOR}
LOG_CONFIG = {"uvicorn": "{}", "hypercorn": "json:{}", "granian": "{}"}
RECIPES = dict(
    re.findall(r"## (\w+)\n\n[^#]*?```json\n(.*?)```", (ROOT / "docs/how-to/logs.md").read_text(encoding="utf-8"), re.S)
)


def ask(server: Running, path: str, headers: Mapping[str, str] | None = None) -> tuple[str | None, str]:
    """The client's address and the forwarded one, as the app saw them."""
    client, forwarded = httpx.get(f"{server.url}/{path}", headers=headers, timeout=PATIENCE).json()
    return (client[0] if client else None), forwarded


def ask_socket(server: Running, path: str, headers: Mapping[str, str] | None = None) -> tuple[str | None, str]:
    with connect(f"{server.url.replace('http', 'ws')}/{path}", additional_headers=headers or {}) as socket:
        client, forwarded = json.loads(socket.recv())
    return (client[0] if client else None), forwarded


def lines(server: Running, *paths: str) -> list[str]:
    found = [line for path in paths for line in server.lines_about(f"/{path}")]
    assert len(found) >= len(paths)
    return found


@pytest.mark.parametrize("server", SERVERS)
def test_a_protected_logger_writes_no_whole_address_of_an_app_that_masks_nothing(server: str, tmp_path: Path) -> None:
    with running(server, "tests.telemetry.logging_protected:app", tmp_path / "log") as started:
        assert ask(started, "page")[0] == LOCAL
        assert ask_socket(started, "socket")[0] == LOCAL
        for line in lines(started, "page", "socket"):
            assert LOCAL_NETWORK in line
            assert LOCAL not in line


@pytest.mark.parametrize("server", SERVERS)
def test_the_recipe_of_the_documentation_does_the_same(server: str, tmp_path: Path) -> None:
    config = tmp_path / "logging.json"
    config.write_text(RECIPES[server])
    options = ["--log-config", LOG_CONFIG[server].format(config)]
    with running(server, f"{APPS}:plain", tmp_path / "log", *options) as started:
        ask(started, "page")
        ask_socket(started, "socket")
        for line in lines(started, "page", "socket"):
            assert LOCAL_NETWORK in line
            assert LOCAL not in line


@pytest.mark.parametrize("server", SERVERS)
def test_what_is_masked_in_the_scope_is_masked_in_the_log_even_where_the_app_sees_it_whole(
    server: str, tmp_path: Path
) -> None:
    headers = {"user-agent": "Planted/1.2.3 (X11; planted)", "referer": "https://elsewhere.example/planted"}
    with running(server, f"{APPS}:governed", tmp_path / "log") as started:
        assert ask(started, "page", headers)[0] == LOCAL_NETWORK
        assert ask(started, "login", headers)[0] == LOCAL
        assert ask_socket(started, "socket")[0] == LOCAL_NETWORK
        assert ask_socket(started, "socket-login")[0] == LOCAL
        # granian writes the line of a WebSocket before any app has run: only a filter helps.
        sockets = () if server == "granian" else ("socket", "socket-login")
        for line in lines(started, "page", "login", *sockets):
            assert LOCAL_NETWORK in line
            assert LOCAL not in line
            assert "planted" not in line.lower()


@pytest.mark.parametrize(
    ("server", "app", "options"),
    [
        ("uvicorn", "governed", ["--proxy-headers", "--forwarded-allow-ips", LOCAL]),
        ("hypercorn", "behind_hypercorn_fix", []),
        ("granian", "behind_granian_fix", []),
    ],
)
def test_behind_a_trusted_proxy_it_is_the_visitors_address_that_is_masked(
    server: str, app: str, options: list[str], tmp_path: Path
) -> None:
    with running(server, f"{APPS}:{app}", tmp_path / "log", *options) as started:
        assert ask(started, "page", FORWARDED) == ("203.0.113.0", "203.0.113.0")
        assert ask_socket(started, "socket", FORWARDED) == ("203.0.113.0", "203.0.113.0")
        # Grounded by path, the right one is disclosed.
        assert ask(started, "login", FORWARDED) == (VISITOR, VISITOR)
        assert ask_socket(started, "socket-login", FORWARDED) == (VISITOR, VISITOR)
        text = "\n".join(lines(started, "page", "login", "socket", "socket-login"))
        assert VISITOR not in text
        assert VISITOR not in started.read_log()


@pytest.mark.parametrize("server", SERVERS)
def test_a_proxy_that_nobody_resolves_is_left_alone_and_what_it_forwards_is_masked(server: str, tmp_path: Path) -> None:
    options = ["--no-proxy-headers"] if server == "uvicorn" else []
    with running(server, f"{APPS}:governed", tmp_path / "log", *options) as started:
        assert ask(started, "page", FORWARDED) == (LOCAL, "203.0.113.0")
        assert ask_socket(started, "socket", FORWARDED) == (LOCAL, "203.0.113.0")
        lines(started, "page")
        assert VISITOR not in started.read_log()
