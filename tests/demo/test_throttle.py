"""Wrong passwords are limited by the whole address, which nobody had to allow, and which is written down nowhere."""

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from demo_site.assembly import assemble
from demo_site.throttle import Throttle
from tests.demo.conftest import ORIGIN, TRACKER, Visitor


def test_what_failed_too_often_waits_and_others_do_not() -> None:
    now = 0.0
    throttle = Throttle(times=2, seconds=60, clock=lambda: now)
    for _ in range(3):
        throttle.fail("203.0.113.77")
    assert not throttle.allows("203.0.113.77")
    assert throttle.allows("203.0.113.78")
    now = 61.0
    assert throttle.allows("203.0.113.77")


def test_a_flood_of_addresses_does_not_fill_the_memory() -> None:
    throttle = Throttle(times=1)
    for number in range(10_000):
        throttle.fail(str(number))
    assert throttle.allows("0")
    assert not throttle.allows("9999")


def test_the_console_limits_one_visitor_and_not_the_neighborhood(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    app = assemble(data=tmp_path, tracker=TRACKER, secret_key="a key for tests, long enough to sign with")
    with TestClient(app, base_url=ORIGIN, follow_redirects=False, client=("203.0.113.77", 50000)) as client:
        statuses = [Visitor(client).send("/sign-in", email="ada@example.com", password="wrong") for _ in range(11)]
        assert statuses == [400] * 10 + [429]
    with TestClient(app, base_url=ORIGIN, follow_redirects=False, client=("203.0.113.78", 50000)) as neighbor:
        assert Visitor(neighbor).send("/sign-in", email="ada@example.com", password="wrong") == 400
    assert not re.search(r"203\.0\.113\.7[78]", caplog.text)
