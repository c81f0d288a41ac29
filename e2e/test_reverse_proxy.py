"""Behind a real nginx that ends TLS: the example of docs/how-to/reverse-proxy.md, as a browser and as clients of other kinds see it."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest
from playwright.sync_api import Page, expect

from e2e.nginx import Proxy, nginx
from e2e.serving import running
from e2e.visitor import banner, choose, names_kept, withdraw
from tests.ports import free_port
from tests.waiting import PATIENCE, until

ROOT = Path(__file__).parents[1]
SITE = (ROOT / "examples" / "behind_nginx.conf").read_text(encoding="utf-8")
HOST = "www.shop.localhost"
NAVIGATION = {"Accept": "text/html", "Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"}
VISITOR = "203.0.113.77"


@pytest.fixture(scope="module")
def app_log() -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        yield Path(folder) / "app.log"


@pytest.fixture(scope="module")
def proxy(app_log: Path) -> Iterator[Proxy]:
    app, listen, check = free_port(), free_port(), free_port()
    command = [sys.executable, "-m", "uvicorn", "examples.behind_nginx:app", "--port", str(app), "--proxy-headers"]
    serving = ["/bin/sh", "-c", f'exec "$@" >{app_log} 2>&1', "uvicorn", *command]
    with (
        running(*serving, "--forwarded-allow-ips", "127.0.0.1", url=f"http://127.0.0.1:{app}", cwd=ROOT),
        nginx(SITE, listen=listen, app=app, check=check) as started,
    ):
        yield started


@pytest.fixture
def client(proxy: Proxy) -> Iterator[httpx.Client]:
    """A client whose cookies are those of nobody yet, and who comes from elsewhere."""
    address = f"https://127.0.0.1:{proxy.port}"
    headers = {"Host": f"{HOST}:{proxy.port}", "X-Visitor": VISITOR}
    with httpx.Client(base_url=address, headers=headers, verify=False, trust_env=False, timeout=PATIENCE) as visiting:
        yield visiting


def test_a_choice_over_https_is_enforced_by_an_app_that_speaks_plain_http(page: Page, proxy: Proxy) -> None:
    page.goto(f"https://{HOST}:{proxy.port}/")
    assert names_kept(page.context) == {"sessionid"}
    choose(page, "accept-all")
    (token,) = [cookie for cookie in page.context.cookies() if "privacy" in cookie["name"]]
    assert (token["name"], token["secure"], token["httpOnly"]) == ("__Host-privacy", True, True)
    page.reload()
    assert names_kept(page.context) == {"sessionid", "_ga"}
    withdraw(page)
    page.reload()
    expect(banner(page)).to_have_count(0)
    assert names_kept(page.context) == {"sessionid"}


def assert_written(log: Path, line: str) -> None:
    """A proxy writes its line when the answer is out, and that may be read by then."""
    wanted = re.compile(line, re.M)
    assert wanted.search(until(log.read_text, lambda text: bool(wanted.search(text))))


def test_no_log_and_no_app_sees_a_whole_address(client: httpx.Client, proxy: Proxy, app_log: Path) -> None:
    told = client.get("/seen", headers={"X-Forwarded-For": "198.51.100.200"}).json()
    assert told == {"scheme": "https", "client": "203.0.113.0", "forwarded": "203.0.113.0"}
    assert_written(app_log, r'203\.0\.113\.0:0 - "GET /seen')
    assert_written(proxy.folder / "access.log", r'^203\.0\.113\.0 .*"GET /seen" 200')
    for log in (app_log, proxy.folder / "access.log"):
        assert VISITOR not in log.read_text()


def test_an_address_of_the_new_kind_is_masked_by_both(client: httpx.Client, proxy: Proxy, app_log: Path) -> None:
    told = client.get("/seen", headers={"X-Visitor": "2001:db8:7:8:9::77"}).json()
    assert told["client"] == "2001:db8:7::"
    assert_written(proxy.folder / "access.log", r"2001:db8:7:: - \[")
    for log in (app_log, proxy.folder / "access.log"):
        assert "2001:db8:7:8" not in log.read_text()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "https://{host}"}, 303),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "https://{host}1"}, 403),
        ({}, 403),
    ],
)
def test_a_choice_is_taken_from_our_own_pages_alone(client: httpx.Client, headers: dict[str, str], status: int) -> None:
    sent = {name: value.format(host=client.headers["host"]) for name, value in headers.items()}
    answer = client.post("/-/privacy/choice", data={"action": "reject-all"}, headers=sent)
    assert answer.status_code == status
    assert ("__Host-privacy=" in answer.headers.get("set-cookie", "")) == (status == 303)


def test_the_proxy_keeps_no_page_of_one_visitor_for_another(client: httpx.Client) -> None:
    # What a cache may share is what any visitor without a choice would get.
    assert 'id="privacy-consent-ui"' in client.get("/news", headers=NAVIGATION).text
    client.post("/-/privacy/choice", data={"action": "accept-all"}, headers={"Sec-Fetch-Site": "same-origin"})
    token = client.cookies.get("__Host-privacy", "")
    assert token
    chosen = {**NAVIGATION, "Cookie": f"__Host-privacy={token}"}
    client.cookies.clear()
    for _ in range(2):
        assert 'id="privacy-consent-ui"' not in client.get("/news", headers=chosen).text
        client.cookies.clear()
        assert 'id="privacy-consent-ui"' in client.get("/news", headers=NAVIGATION).text


def test_the_proxy_still_keeps_what_is_the_same_for_everyone(client: httpx.Client) -> None:
    said = [client.get("/style.css").headers["x-cache"] for _ in range(2)]
    assert said[1] == "HIT"
    assert "set-cookie" not in client.get("/style.css").headers
