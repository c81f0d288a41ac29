"""A demo console in process, behind the real middleware, and a visitor of it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from demo_site.assembly import assemble

ORIGIN = "http://console.localhost"
TRACKER = "http://tracker.localhost:8001"


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spend no quarter of a second on each password; the costs in use are written into each digest."""
    monkeypatch.setattr("demo_site.passwords.COSTS", (2**4, 8, 1))


@pytest.fixture
def visitor(tmp_path: Path) -> Iterator["Visitor"]:
    app = assemble(data=tmp_path, tracker=TRACKER, secret_key="a key for tests, long enough to sign with")
    with TestClient(app, base_url=ORIGIN, follow_redirects=False) as client:
        yield Visitor(client)


class Visitor:
    """What a person with a browser does: open a page, send the form that is in it."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def read(self, path: str, **headers: str) -> str:
        answer = self.client.get(path, headers={"accept": "text/html", **headers})
        assert answer.status_code == 200, answer.text
        return answer.text

    def send(self, path: str, page: str | None = None, **fields: str) -> int:
        """Post a form of ``page`` (by default the page at ``path``) and return the status."""
        token = re.search(r'name="form_token" value="([0-9a-f]+)"', self.read(page or path))
        assert token is not None
        answer = self.client.post(path, data={"form_token": token[1], **fields}, headers=SAME_ORIGIN)
        return answer.status_code

    def sign_up(self, email: str = "ada@example.com", password: str = "correct horse") -> int:
        return self.send("/sign-up", email=email, password=password, age="on")

    def choose(self, action: str, *purposes: str) -> None:
        answer = self.client.post(
            "/-/privacy/choice", data={"action": action, "purpose": list(purposes), "next": "/"}, headers=SAME_ORIGIN
        )
        assert answer.status_code == 303, answer.text

    @property
    def cookies(self) -> set[str]:
        return {cookie.name for cookie in self.client.cookies.jar}


SAME_ORIGIN = {"origin": ORIGIN, "sec-fetch-site": "same-origin"}
