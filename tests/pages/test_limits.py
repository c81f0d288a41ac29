"""One sender cannot flood the team's queue, and none shuts out another for long."""

import asyncio
import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from consent_middleware import ConsentMiddleware
from consent_middleware.asgi import Header
from consent_middleware.consent import SCOPE_KEY
from consent_middleware.pages import requests
from consent_middleware.pages.buckets import Buckets, Rate
from consent_middleware.pages.limits import Limit, network_of
from tests.driving import SAME_ORIGIN, Answer, App, call, get, mounted, scope_of, serving, token
from tests.pages.site import Site

RIGHTS = '[rights]\nkinds = ["complaint"]\ncontact = "off"\n'
CLICKS = "[recorder]\nclicks = true\n"
FORM: Header = (b"content-type", b"application/x-www-form-urlencoded")
JSON: Header = (b"content-type", b"application/json")
REQUESTS = "/-/privacy/data/requests"
ERASE = "/-/privacy/data/erase"
EVENTS = "/-/privacy/events"
NETWORK = "203.0.113.5"


class Clock:
    """Goes where it is told to."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def middleware(tmp_path: Path) -> Iterable[ConsentMiddleware]:
    made = mounted(App(), RIGHTS + CLICKS, ledger=f"sqlite:///{tmp_path / 'ledger.db'}")
    with serving(made):
        yield made


def post(
    app: ConsentMiddleware, path: str, body: bytes, client: str = NETWORK, *headers: Header, **options: Any
) -> Answer:
    kind = () if any(name == b"content-type" for name, _ in headers) else (FORM,)
    scope = scope_of(path, method="POST", headers=[*SAME_ORIGIN, *kind, *headers], client=(client, 4711), **options)
    return call(app, scope, body)


def complain(app: ConsentMiddleware, client: str = NETWORK, *headers: Header, text: bytes = b"Too+loud") -> Answer:
    return post(app, REQUESTS, b"kind=complaint&message=" + text, client, *headers)


def test_a_burst_fits_in_and_then_one_at_a_time(clock: Clock) -> None:
    buckets = Buckets(Rate(burst=3, pause=10), clock=clock)
    for _ in range(3):
        assert buckets.wait("a") == 0
        buckets.add("a")
    assert buckets.wait("a") == 10
    assert buckets.wait("b") == 0
    clock.now += 10
    assert buckets.wait("a") == 0
    buckets.add("a")
    assert buckets.wait("a") == 10
    assert buckets.wait("a", 3) == 30
    buckets.add("a", -1)
    assert buckets.wait("a") == 0


def test_a_bucket_that_was_left_alone_is_empty_and_no_emptier(clock: Clock) -> None:
    buckets = Buckets(Rate(burst=2, pause=10), clock=clock)
    buckets.add("a", 2)
    clock.now += 1000
    assert buckets.wait("a", 2) == 0
    assert buckets.wait("a", 3) == 10


def test_buckets_hold_no_name_and_forget_all_marks_within_a_day(clock: Clock) -> None:
    buckets = Buckets(Rate(burst=1, pause=1_000_000), clock=clock)
    buckets.add(NETWORK)
    (mark,) = dict.keys(buckets._empty_at)
    assert NETWORK.encode() not in mark
    buckets.add(NETWORK)
    assert list(dict.keys(buckets._empty_at)) == [mark]
    clock.now += 86_400
    assert buckets.wait(NETWORK) == 0
    buckets.add(NETWORK)
    assert list(dict.keys(buckets._empty_at)) != [mark]
    other = Buckets(Rate(burst=1, pause=1), clock=clock)
    other.add(NETWORK)
    assert dict.keys(other._empty_at).isdisjoint(dict.keys(buckets._empty_at))


def test_buckets_are_bounded(clock: Clock) -> None:
    buckets = Buckets(Rate(burst=1, pause=60), clock=clock)
    for number in range(20_000):
        buckets.add(str(number))
    assert len(buckets._empty_at) <= 8192
    assert buckets.wait("19999") == 60


@pytest.mark.parametrize(
    ("client", "headers", "network"),
    [
        (("203.0.113.77", 1), (), "203.0.113.0"),
        (("2001:db8:1:2::3", 1), (), "2001:db8:1::"),
        (("10.0.0.7", 1), ((b"x-forwarded-for", b"198.51.100.9, 10.0.0.3"),), "198.51.100.0"),
        (("203.0.113.77", 1), ((b"x-forwarded-for", b"198.51.100.9"),), "203.0.113.0"),
        (("10.0.0.7", 1), (), "10.0.0.0"),
        (None, (), None),
        (("/run/app.sock", None), (), None),
    ],
)
def test_a_network_is_the_shortened_address_of_the_visitor(
    client: object, headers: tuple[Header, ...], network: str | None
) -> None:
    assert network_of(scope_of(client=client, headers=headers)) == network


def test_nothing_is_counted_of_what_has_to_wait_or_came_to_nothing(clock: Clock) -> None:
    limit = Limit("tests", network=Rate(2, 10), everybody=Rate(3, 10), clock=clock)
    one, other = ({**scope_of(client=(host, 1)), SCOPE_KEY: Site().visit()} for host in ("203.0.113.1", "198.51.100.1"))
    assert [limit.take(one) for _ in range(4)] == [0, 0, 10, 10]
    assert [limit.take(other) for _ in range(2)] == [0, 10]
    limit.give_back(other)
    assert limit.take(other) == 0


def test_it_is_logged_once_that_everybody_has_to_wait(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    limit = Limit("tests", everybody=Rate(1, 10), clock=clock)
    scope = {**scope_of(), SCOPE_KEY: Site().visit()}
    with caplog.at_level(logging.WARNING):
        assert [limit.take(scope) for _ in range(3)] == [0, 10, 10]
        assert len(caplog.records) == 1
        clock.now += 10
        assert [limit.take(scope) for _ in range(2)] == [0, 10]
        assert len(caplog.records) == 2


def test_a_network_that_asks_too_often_waits_with_what_was_written_in_hand(middleware: ConsentMiddleware) -> None:
    references = [complain(middleware, text=b"No+%d" % number).status for number in range(10)]
    assert references == [201] * 10
    answer = complain(middleware, "203.0.113.200", text=b"The+dog+of+my+neighbor")
    assert answer.status == 429
    assert 0 < int(answer.value(b"retry-after") or 0) <= 300
    page = answer.body.decode()
    assert '<h1 id="privacy-ui-heading">Too many requests in a short time</h1>' in page
    assert "Nothing was changed. Please try again in a while." in page
    assert "The dog of my neighbor</textarea>" in page
    assert complain(middleware, "198.51.100.1").status == 201


def test_it_says_so_in_json(middleware: ConsentMiddleware) -> None:
    body = b'{"kind": "complaint", "message": "Too loud"}'
    answers = [post(middleware, REQUESTS, body, NETWORK, JSON) for _ in range(11)]
    assert [answer.status for answer in answers] == [201] * 10 + [429]
    assert b'"error":"too-many"' in answers[-1].body
    assert answers[-1].value(b"retry-after")


def test_a_form_that_is_not_filled_in_counts_for_nothing(middleware: ConsentMiddleware) -> None:
    assert {complain(middleware, text=b"").status for _ in range(15)} == {422}
    assert complain(middleware).status == 201


def test_a_proxy_that_says_nothing_of_its_visitors_is_no_network(middleware: ConsentMiddleware) -> None:
    assert {complain(middleware, "10.0.0.7").status for _ in range(15)} == {201}
    behind = [(b"x-forwarded-for", b"198.51.100.9")]
    assert [complain(middleware, "10.0.0.7", *behind).status for _ in range(11)] == [201] * 10 + [429]


def test_all_networks_together_are_bounded_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(requests, "_IN_ALL", Rate(burst=3, pause=3600))
    middleware = mounted(App(), RIGHTS, ledger=f"sqlite:///{tmp_path / 'ledger.db'}")
    with serving(middleware):
        statuses = [complain(middleware, f"9.9.{number}.1").status for number in range(4)]
    assert statuses == [201, 201, 201, 429]
    assert "requests that need a person" in caplog.text


def test_what_could_not_be_stored_is_not_counted(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_text("not a database, but long enough to be taken for one by its size\n" * 50)
    middleware = mounted(App(), RIGHTS, ledger=f"sqlite:///{tmp_path / 'ledger.db'}")
    answers = [complain(middleware) for _ in range(12)]
    assert {(answer.status, answer.value(b"retry-after")) for answer in answers} == {(503, b"10")}
    cookie = token(middleware.policy, "analytics")
    assert {post(middleware, ERASE, b"", cookie=cookie).status for _ in range(5)} == {503}
    assert middleware.ledger is not None
    asyncio.run(middleware.ledger.stop())


def test_one_id_is_erased_a_few_times_an_hour(middleware: ConsentMiddleware) -> None:
    cookie = token(middleware.policy, "analytics")
    answers = [post(middleware, ERASE, b"", f"9.9.{number}.1", cookie=cookie) for number in range(4)]
    assert [answer.status for answer in answers] == [303, 303, 303, 429]
    assert "Too many requests in a short time" in answers[-1].body.decode()
    assert answers[-1].value(b"retry-after") == b"3600"
    assert answers[-1].set_cookies == []
    another = token(middleware.policy, "analytics")
    assert post(middleware, ERASE, b"", "9.9.1.1", cookie=another).status == 303


def test_a_visitor_cannot_fill_the_recorder(middleware: ConsentMiddleware) -> None:
    cookie = token(middleware.policy, "analytics")
    body = b'{"path": "/", "clicks": [%b]}' % b",".join([b'["help", 0]'] * 50)
    answers = [post(middleware, EVENTS, body, f"9.9.{number}.1", JSON, cookie=cookie) for number in range(25)]
    assert [answer.status for answer in answers] == [204] * 24 + [429]
    assert answers[-1].body == b'{"error":"too-many"}'
    assert 0 < int(answers[-1].value(b"retry-after") or 0) <= 13
    another = token(middleware.policy, "analytics")
    assert post(middleware, EVENTS, body, "9.9.1.1", JSON, cookie=another).status == 204


def test_what_a_visitor_reads_is_never_limited(middleware: ConsentMiddleware) -> None:
    for _ in range(12):
        complain(middleware)
    assert {get(middleware, "/-/privacy/data").status for _ in range(3)} == {200}
    assert post(middleware, "/-/privacy/choice", b"action=reject-all").status == 303
