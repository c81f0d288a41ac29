"""Two processes of one site on one PostgreSQL: the example of docs/how-to/several-instances.md, without a browser."""

import json
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from subprocess import run

import httpx
import pytest

from e2e.serving import running
from e2e.test_examples import FORM, NAVIGATION
from tests.ports import free_port
from tests.postgresql import running_server
from tests.serving import ROOT
from tests.waiting import PATIENCE, until

KEY = "a key that both processes have, for tests only"


@pytest.fixture(scope="module")
def database_url() -> Iterator[str]:
    with running_server() as server, ThreadPoolExecutor(1) as pool:
        # Where Playwright's loop runs in this thread, another one makes the database.
        yield pool.submit(server.new_database).result()


@pytest.fixture(scope="module")
def addresses(database_url: str) -> Iterator[list[str]]:
    with ExitStack() as stack:
        found = []
        for _ in range(2):
            port = free_port()
            command = [sys.executable, "-m", "uvicorn", "examples.several_instances:app", "--port", str(port)]
            setting = ["env", f"DATABASE_URL={database_url}", f"CONSENT_SECRET_KEY={KEY}"]
            found.append(f"http://127.0.0.1:{port}")
            stack.enter_context(running(*setting, *command, url=found[-1], cwd=ROOT))
        yield found


@pytest.fixture
def visitor() -> Iterator[httpx.Client]:
    """One browser's worth of cookies, for both processes: cookies know no ports."""
    with httpx.Client(trust_env=False, timeout=PATIENCE) as client:
        yield client


def choose(visitor: httpx.Client, at: str, action: str) -> httpx.Response:
    return visitor.post(f"{at}/-/privacy/choice", data={"action": action}, headers=FORM)


def deleted(answer: httpx.Response) -> set[tuple[str, str]]:
    """Name and path of each cookie that an answer deletes."""
    lines = [line for line in answer.headers.get_list("set-cookie") if "max-age=0" in line.lower()]
    return {(line.partition("=")[0], path) for line in lines for path in [_path(line)]}


def _path(line: str) -> str:
    return next((part[5:] for part in line.split("; ") if part.lower().startswith("path=")), "")


def test_a_choice_made_at_one_holds_at_the_other(visitor: httpx.Client, addresses: list[str]) -> None:
    first, second = addresses
    choose(visitor, first, "reject-all")
    page = visitor.get(f"{second}/", headers=NAVIGATION)
    assert 'id="privacy-consent-ui"' not in page.text
    visitor.get(f"{second}/cart", headers=NAVIGATION)
    assert "_ga" not in visitor.cookies
    choose(visitor, second, "accept-all")
    visitor.get(f"{first}/cart", headers=NAVIGATION)
    assert "_ga" in visitor.cookies


def test_a_withdrawal_at_one_expires_what_only_the_other_saw_being_set(addresses: list[str]) -> None:
    first, second = addresses

    def withdraws() -> bool:
        with httpx.Client(trust_env=False, timeout=PATIENCE) as visitor:
            choose(visitor, first, "accept-all")
            visitor.get(f"{first}/cart", headers=NAVIGATION)
            # The second process is never asked for /cart: where `_ga` lives, it knows from the database.
            return ("_ga", "/cart") in deleted(choose(visitor, second, "reject-all"))

    assert until(withdraws), "what one process saw is written within a second or so, and read by the next choice"


def test_the_ledger_that_both_wrote_holds(visitor: httpx.Client, addresses: list[str], database_url: str) -> None:
    for number in range(6):
        choose(visitor, addresses[number % 2], "accept-all" if number % 3 else "reject-all")
    verify = [sys.executable, "-m", "consent_middleware", "ledger", "verify", "--json", database_url]
    told = run(verify, env={**os.environ, "CONSENT_SECRET_KEY": KEY}, cwd=ROOT, capture_output=True, text=True)
    assert told.returncode == 0, told.stderr + told.stdout
    found = json.loads(told.stdout)
    assert found["holds"]
    assert found["chains"] >= 2
    assert found["records"] >= 6
