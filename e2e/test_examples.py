"""The examples under each server, in processes of their own."""

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from e2e.serving import running

ROOT = Path(__file__).parents[1]
NAVIGATION = {"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate", "Accept": "text/html"}
FORM = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "document"}
SERVERS = {
    "uvicorn": ["uvicorn", "--port", "{port}", "{app}"],
    "hypercorn": ["hypercorn", "--bind", "127.0.0.1:{port}", "{app}"],
    "granian": ["granian", "--interface", "asgi", "--port", "{port}", "{app}"],
}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def served_by(server: str, app: str) -> Iterator[str]:
    port = free_port()
    command = [part.format(port=port, app=app) for part in SERVERS[server]]
    address = f"http://127.0.0.1:{port}"
    with running(sys.executable, "-m", *command, url=address, cwd=ROOT):
        yield address


@pytest.mark.parametrize("server", SERVERS)
def test_an_example_runs_under_each_server(server: str) -> None:
    with served_by(server, "examples.starlette_shop:app") as address, httpx.Client(trust_env=False) as client:
        page = client.get(address, headers=NAVIGATION)
        assert 'id="privacy-consent-ui"' in page.text
        assert set(client.cookies) == {"sessionid"}
        client.post(f"{address}/-/privacy/choice", data={"action": "accept-all"}, headers=FORM)
        client.get(address, headers=NAVIGATION)
        assert "_ga" in client.cookies


def test_a_nicegui_app_asks_and_works() -> None:
    with served_by("uvicorn", "examples.nicegui_shop:app") as address:
        page = httpx.get(address, headers=NAVIGATION, trust_env=False)
        assert 'id="privacy-consent-ui"' in page.text
        assert "Shop" in page.text
