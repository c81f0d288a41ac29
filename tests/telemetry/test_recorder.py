"""Page views and clicks, through the whole middleware."""

import asyncio
import json
import logging
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consent_middleware import ConfigurationError, ConsentMiddleware, record_choice
from consent_middleware.asgi import Header
from consent_middleware.errors import LedgerUnavailable
from consent_middleware.pages.beacon import MEDIA_TYPES
from consent_middleware.storage import buffered
from consent_middleware.telemetry import Event, Recorder
from tests.driving import (
    NAVIGATION,
    SAME_ORIGIN,
    Answer,
    App,
    call,
    mounted,
    page,
    scope_of,
    serving,
    tell,
    token,
    visit_page,
)
from tests.waiting import PATIENCE, until

POLICY = """
[recorder]
page_views = true
clicks = true
fields = ["ip", "ip_prefix", "browser", "browser_version", "os", "device_model", "language"]
skip_paths = ["/reset/*"]
[[telemetry]]
field = "ip"
purpose = "network"
[[telemetry]]
field = "ip_prefix"
purpose = "network"
[[telemetry]]
field = "browser"
purpose = "device"
[[telemetry]]
field = "browser_version"
purpose = "device"
[[telemetry]]
field = "os"
purpose = "device"
[[telemetry]]
field = "device_model"
purpose = "device"
[[telemetry]]
field = "language"
purpose = "preference"
"""
CHROME = (
    b"user-agent",
    b"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.7339.81 Safari/537.36",
)
GERMAN = (b"accept-language", b"de-CH,de;q=0.9")
EVENTS = "/-/privacy/events"
TEXT = (b"content-type", b"text/plain;charset=UTF-8")


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'consent.db'}"


Mount = Callable[..., ConsentMiddleware]


@pytest.fixture
def recording(url: str) -> Mount:
    def mount(app: App | None = None, policy: str = POLICY, **options: Any) -> ConsentMiddleware:
        return mounted(app or page(), policy, **{"ledger": url, **options})

    return mount


def recorder_of(middleware: ConsentMiddleware) -> Recorder:
    assert middleware.recorder is not None
    return middleware.recorder


def events(middleware: ConsentMiddleware, consent_id: str) -> list[Event]:
    async def collect() -> list[Event]:
        return [event async for event in recorder_of(middleware).events(consent_id)]

    return asyncio.run(collect())


def kept(middleware: ConsentMiddleware) -> int:
    async def count() -> int:
        await recorder_of(middleware).flush()
        return await recorder_of(middleware).count()

    return asyncio.run(count())


def visitor(*allow: str, policy: str = POLICY) -> tuple[str, str]:
    """A Cookie header, and the consent id in it."""
    cookie = token(policy, *allow)
    return cookie, cookie.partition("=")[2][:16]


def report(
    middleware: ConsentMiddleware,
    body: bytes | str = '{"path": "/", "clicks": [["sign-up", 5]]}',
    *,
    cookie: str = "",
    headers: Iterable[Header] = (*SAME_ORIGIN, TEXT),
) -> Answer:
    body = body.encode() if isinstance(body, str) else body
    return call(middleware, scope_of(EVENTS, method="POST", headers=headers, cookie=cookie), body)


def test_a_page_view_is_recorded_with_its_path_and_the_consent_id(recording: Mount) -> None:
    middleware = recording()
    cookie, consent_id = visitor("analytics")
    with serving(middleware):
        visit_page(middleware, "/a page?token=secret", cookie=cookie)
        (event,) = events(middleware, consent_id)
    assert (event.kind, event.path, event.name, event.consent_id) == ("page-view", "/a page", "", consent_id)
    assert abs(event.occurred_at - time.time()) < 10
    assert event.details == {}


@pytest.mark.parametrize("allow", [None, (), ("preference", "network", "device", "marketing")])
def test_without_permission_nothing_is_recorded(recording: Mount, allow: tuple[str, ...] | None) -> None:
    middleware = recording()
    cookie = visitor(*allow)[0] if allow is not None else ""
    with serving(middleware):
        visit_page(middleware, cookie=cookie)
        answer = report(middleware, cookie=cookie)
        assert kept(middleware) == 0
    assert (answer.status, json.loads(answer.body)) == (403, {"error": "not-allowed"})


def test_a_signal_that_takes_the_purpose_away_stops_it(recording: Mount) -> None:
    policy = POLICY + "[purposes.analytics]\nhonors_gpc = true\n"
    middleware = recording(policy=policy)
    cookie, _ = visitor("analytics", policy=policy)
    with serving(middleware):
        visit_page(middleware, cookie=cookie, headers=[(b"sec-gpc", b"1")])
        assert kept(middleware) == 0


@pytest.mark.parametrize(
    ("allow", "fields"),
    [
        (("analytics",), {}),
        (("analytics", "preference"), {}),
        (("analytics", "device"), {"browser": "Chrome", "browser_version": "140.0.7339", "os": "Linux"}),
        (("analytics", "network"), {"ip": "203.0.113.77", "ip_prefix": "203.0.113.0"}),
        (
            ("analytics", "network", "device", "preference"),
            {
                "ip": "203.0.113.77",
                "ip_prefix": "203.0.113.0",
                "browser": "Chrome",
                "browser_version": "140.0.7339",
                "os": "Linux",
                "language": "de-CH",
            },
        ),
    ],
)
def test_a_field_is_kept_only_where_each_of_its_purposes_is_allowed(
    recording: Mount, allow: tuple[str, ...], fields: dict[str, str]
) -> None:
    middleware = recording()
    cookie, consent_id = visitor(*allow)
    with serving(middleware):
        visit_page(middleware, cookie=cookie, headers=[CHROME, GERMAN])
        report(middleware, cookie=cookie, headers=[*SAME_ORIGIN, TEXT, CHROME, GERMAN])
        found = events(middleware, consent_id)
    assert {event.kind for event in found} == {"page-view", "click"}
    for event in found:
        assert event.details == fields


def test_nothing_of_a_request_but_the_declared_fields_is_in_the_database(recording: Mount, tmp_path: Path) -> None:
    middleware = recording()
    cookie, _ = visitor("analytics", "network", "device")
    with serving(middleware):
        visit_page(
            middleware,
            "/?q=planted-query",
            cookie=f"{cookie}; sessionid=planted-session",
            headers=[CHROME, (b"referer", b"https://a.example/planted-referer"), (b"x-forwarded-for", b"198.51.100.9")],
        )
        report(middleware, '{"path": "/?q=planted-query", "clicks": [["a", 1]]}', cookie=cookie)
        assert kept(middleware) == 2
    written = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"planted" not in written


@pytest.mark.parametrize(
    ("app", "options"),
    [
        (App(), {}),
        (page(status=404), {}),
        (page(status=500), {}),
        (page(status=304, headers=[(b"etag", b'"x"')], body=b""), {}),
        (page(), {"method": "POST"}),
        (page(), {"method": "HEAD"}),
        (page(), {"headers": [(b"sec-purpose", b"prefetch;prerender")]}),
        (page(), {"path": "/reset/secret"}),
    ],
    ids=["no page", "404", "500", "304", "POST", "HEAD", "prefetch", "skipped path"],
)
def test_what_is_no_page_that_somebody_opened_is_not_a_page_view(
    recording: Mount, app: App, options: dict[str, Any]
) -> None:
    middleware = recording(app)
    cookie, _ = visitor("analytics")
    with serving(middleware):
        visit_page(middleware, options.pop("path", "/"), cookie=cookie, **options)
        call(middleware, scope_of("/", headers=[(b"sec-fetch-mode", b"cors")], cookie=cookie))
        assert kept(middleware) == 0


class Choosing(App):
    """A page whose app records a choice before it answers."""

    allow: tuple[str, ...] = ()

    async def act(self) -> None:
        record_choice(self.scope, allow=self.allow)


def choosing(*allow: str) -> Choosing:
    app = Choosing(headers=[(b"content-type", b"text/html")], body=b"<!doctype html><title>x</title><body>")
    app.allow = allow
    return app


def test_a_withdrawal_stops_it_in_the_same_request(recording: Mount) -> None:
    middleware = recording(choosing())
    cookie, _ = visitor("analytics")
    with serving(middleware):
        visit_page(middleware, cookie=cookie)
        assert kept(middleware) == 0


def test_a_grant_starts_it_in_the_same_request_but_not_for_fields_that_were_masked(recording: Mount) -> None:
    middleware = recording(choosing("analytics", "network", "device"))
    with serving(middleware):
        answer = visit_page(middleware, headers=[CHROME, (b"sec-ch-ua-model", b'"Pixel"')])
        assert answer.token is not None
        (event,) = events(middleware, answer.token[1][:16])
    assert "device_model" not in event.details
    assert event.details["ip_prefix"] == "203.0.113.0"
    assert "ip" not in event.details


@pytest.mark.parametrize(
    "client", [None, [], ("",), ["203.0.113.77", 5], ("/run/app.sock", None), "unix:", ("testclient", 50000)]
)
def test_whatever_a_server_calls_its_client_a_page_is_recorded(recording: Mount, client: object) -> None:
    middleware = recording()
    cookie, consent_id = visitor("analytics", "network")
    with serving(middleware):
        assert visit_page(middleware, cookie=cookie, client=client).error is None
        (event,) = events(middleware, consent_id)
    assert set(event.details) <= {"ip", "ip_prefix"}


def test_a_withdrawal_stops_clicks_of_the_page_that_is_still_open(recording: Mount) -> None:
    middleware = recording()
    cookie, _ = visitor("analytics")
    with serving(middleware):
        assert report(middleware, cookie=cookie).status == 204
        withdrawn = call(
            middleware,
            scope_of(
                "/-/privacy/choice",
                method="POST",
                cookie=cookie,
                headers=[*SAME_ORIGIN, (b"content-type", b"application/json")],
            ),
            b'{"action": "reject-all"}',
        )
        assert withdrawn.token is not None
        assert report(middleware, cookie="{}={}".format(*withdrawn.token)).status == 403
        assert kept(middleware) == 1


def test_clicks_are_recorded_with_the_time_they_happened(recording: Mount) -> None:
    middleware = recording()
    cookie, consent_id = visitor("analytics")
    body = '{"path": "/caf%C3%A9?q=1#x", "clicks": [["注册", 60000], ["nav.help", 0]]}'
    with serving(middleware):
        answer = report(middleware, body, cookie=cookie)
        found = events(middleware, consent_id)
    assert (answer.status, answer.body, answer.set_cookies) == (204, b"", [])
    assert [(event.kind, event.path, event.name) for event in found] == [
        ("click", "/café", "注册"),
        ("click", "/café", "nav.help"),
    ]
    assert 59 <= found[1].occurred_at - found[0].occurred_at <= 61


def test_a_form_is_a_report_too(recording: Mount) -> None:
    middleware = recording()
    cookie, consent_id = visitor("analytics")
    form = (b"content-type", b"application/x-www-form-urlencoded")
    with serving(middleware):
        report(middleware, "path=%2Fa&name=one&name=two", cookie=cookie, headers=[*SAME_ORIGIN, form])
        assert {(event.path, event.name) for event in events(middleware, consent_id)} == {("/a", "one"), ("/a", "two")}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([(b"sec-fetch-site", b"cross-site"), TEXT], 403),
        ([(b"sec-fetch-site", b"same-site"), TEXT], 403),
        ([(b"origin", b"https://evil.example"), TEXT], 403),
        ([(b"origin", b"null"), TEXT], 403),
        ([TEXT], 403),
        ([(b"origin", b"http://www.shop.example"), TEXT], 204),
        ([(b"origin", b"https://app.shop.example"), TEXT], 204),
        ([*SAME_ORIGIN], 415),
        ([*SAME_ORIGIN, (b"content-type", b"multipart/form-data; boundary=x")], 415),
        ([*SAME_ORIGIN, TEXT, (b"content-length", b"99999")], 413),
    ],
)
def test_only_a_page_of_the_site_may_report(recording: Mount, headers: list[Header], status: int) -> None:
    policy = 'origins = ["https://app.shop.example"]\n' + POLICY
    middleware = recording(policy=policy)
    cookie, _ = visitor("analytics", policy=policy)
    with serving(middleware):
        assert report(middleware, cookie=cookie, headers=headers).status == status
        assert kept(middleware) == (status == 204)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    body=st.one_of(st.binary(max_size=200), st.text(max_size=50).map(lambda text: json.dumps({"path": text}).encode())),
    media_type=st.one_of(st.sampled_from([*map(str.encode, MEDIA_TYPES)]), st.binary(max_size=30)),
    more=st.lists(st.tuples(st.sampled_from([b"origin", b"sec-fetch-site", b"content-length"]), st.binary(max_size=9))),
)
def test_whatever_is_sent_is_answered_and_never_an_error(
    recording: Mount, body: bytes, media_type: bytes, more: list[Header]
) -> None:
    middleware = recording()
    cookie, _ = visitor("analytics")
    answer = report(middleware, body, cookie=cookie, headers=[*SAME_ORIGIN, (b"content-type", media_type), *more])
    assert answer.error is None
    assert answer.status in (204, 400, 403, 413, 415)


def test_clicks_on_a_page_that_is_skipped_are_not_recorded(recording: Mount) -> None:
    middleware = recording()
    cookie, _ = visitor("analytics")
    with serving(middleware):
        report(middleware, '{"path": "/reset/abc", "clicks": [["a", 1]]}', cookie=cookie)
        report(middleware, '{"path": "/res%65t/abc", "clicks": [["a", 1]]}', cookie=cookie)
        assert kept(middleware) == 0


def test_where_only_page_views_are_switched_on_there_is_no_endpoint_and_no_script(recording: Mount) -> None:
    policy = POLICY.replace("clicks = true", "clicks = false")
    middleware = recording(policy=policy)
    cookie, _ = visitor("analytics", policy=policy)
    with serving(middleware):
        assert b"events." not in visit_page(middleware, cookie=cookie).body
        assert report(middleware, cookie=cookie).status == 404
        assert kept(middleware) == 1


@pytest.mark.parametrize("entry", ["auto", "manual"])
def test_the_script_is_sent_only_to_whoever_allows_it(recording: Mount, entry: str) -> None:
    policy = f'entry = "{entry}"\n' + POLICY
    middleware = recording(policy=policy)
    with serving(middleware):
        for allow, is_sent in ((("analytics",), True), (("network", "device"), False), ((), False)):
            body = visit_page(middleware, cookie=visitor(*allow, policy=policy)[0]).body
            assert (b"/-/privacy/static/events." in body) is is_sent
        assert b"events." not in visit_page(middleware).body


def test_the_script_carries_the_nonce_of_the_page(recording: Mount) -> None:
    csp = (b"content-security-policy", b"script-src 'nonce-abc123' 'strict-dynamic'; style-src 'nonce-abc123'")
    middleware = recording(page(headers=[csp]))
    with serving(middleware):
        body = visit_page(middleware, cookie=visitor("analytics")[0]).body
    assert b'data-privacy-records="analytics" nonce="abc123"></script>' in body


def test_a_policy_that_records_needs_a_database() -> None:
    with pytest.raises(ConfigurationError, match=r"ledger="):
        mounted(App(), POLICY)


def test_without_the_table_nothing_is_recorded_but_what_was_can_be_erased(recording: Mount) -> None:
    cookie, consent_id = visitor("analytics")
    first = recording()
    with serving(first):
        visit_page(first, cookie=cookie)
    second = recording(policy="")
    with serving(second):
        visit_page(second, cookie=token("", "analytics"))
        assert report(second, cookie=token("", "analytics")).status == 404
        assert [event.path for event in events(second, consent_id)] == ["/"]
        assert asyncio.run(recorder_of(second).erase(consent_id)) == 1
        assert kept(second) == 0


def test_in_observe_mode_nothing_is_recorded(recording: Mount) -> None:
    middleware = recording(mode="observe")
    cookie, _ = visitor("analytics")
    with serving(middleware):
        visit_page(middleware, cookie=cookie)
        assert kept(middleware) == 0


def test_a_middleware_further_in_records_a_page_once(recording: Mount, url: str) -> None:
    inner = recording()
    middleware = mounted(inner, POLICY, ledger=url)
    cookie, _ = visitor("analytics")
    with serving(middleware):
        visit_page(middleware, cookie=cookie)
        asyncio.run(recorder_of(inner).flush())
        assert kept(middleware) == 1


def test_what_waits_is_written_when_the_server_stops(recording: Mount) -> None:
    middleware = recording()
    cookie, consent_id = visitor("analytics")
    tell(middleware, "lifespan.startup")
    for number in range(20):
        visit_page(middleware, f"/{number}", cookie=cookie)
    tell(middleware, "lifespan.shutdown")
    assert not any(thread.name == "consent-ledger" for thread in threading.enumerate())
    assert {event.path for event in events(middleware, consent_id)} == {f"/{number}" for number in range(20)}
    tell(middleware, "lifespan.shutdown")


def test_without_lifespan_events_are_written_by_themselves(recording: Mount) -> None:
    middleware = recording()
    recorder = recorder_of(middleware)
    recorder._writes.pause = 0.05
    visit_page(middleware, cookie=visitor("analytics")[0])
    assert until(lambda: asyncio.run(recorder.count())) == 1
    tell(middleware, "lifespan.shutdown")


def test_one_visitors_events_are_erased_and_no_others(recording: Mount) -> None:
    middleware = recording()
    one, other = visitor("analytics"), visitor("analytics")
    with serving(middleware):
        for cookie, _ in (one, other, one):
            visit_page(middleware, cookie=cookie)
        assert asyncio.run(recorder_of(middleware).erase(one[1])) == 2
        assert events(middleware, one[1]) == []
        assert len(events(middleware, other[1])) == 1


def test_what_another_process_held_back_during_an_erasure_is_deleted_after_it(recording: Mount, url: str) -> None:
    here, there = recording(), recording()
    cookie, consent_id = visitor("analytics")
    recorder_of(here)._writes.pause = 0.3
    with serving(here, there):
        visit_page(there, cookie=cookie)
        assert asyncio.run(recorder_of(here).erase(consent_id)) == 0
        assert kept(there) == 1
        assert until(lambda: kept(here), lambda count: count == 0) == 0


def test_what_is_older_than_the_policy_allows_is_purged(recording: Mount) -> None:
    middleware = recording()
    cookie, consent_id = visitor("analytics")
    with serving(middleware):
        for number in range(3):
            visit_page(middleware, f"/{number}", cookie=cookie)
        asyncio.run(recorder_of(middleware).flush())
        assert asyncio.run(recorder_of(middleware).purge(time.time() + 89 * 86_400)) == 0
        assert asyncio.run(recorder_of(middleware).purge(time.time() + 91 * 86_400)) == 3
        assert events(middleware, consent_id) == []


def test_a_start_purges_what_is_too_old_by_itself(recording: Mount) -> None:
    middleware = recording()
    cookie, _ = visitor("analytics")
    with serving(middleware):
        report(middleware, '{"path": "/", "clicks": [["old", 90000], ["new", 0]]}', cookie=cookie)
        assert kept(middleware) == 2
    stricter = recording(policy=POLICY + '[retention]\ntelemetry = "1 minute"\n')
    with serving(stricter):
        assert until(lambda: kept(stricter), lambda count: count < 2) == 1


def test_what_an_earlier_policy_had_recorded_goes_in_its_time(recording: Mount) -> None:
    middleware = recording()
    cookie, _ = visitor("analytics")
    with serving(middleware):
        report(middleware, '{"path": "/", "clicks": [["old", 90000], ["new", 0]]}', cookie=cookie)
        assert kept(middleware) == 2
    without = recording(policy='[retention]\ntelemetry = "1 minute"\n')
    with serving(without):
        assert until(lambda: kept(without), lambda count: count < 2) == 1


def test_a_queue_that_is_full_drops_counts_and_says_so(
    recording: Mount, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    middleware = recording()
    recorder = recorder_of(middleware)
    monkeypatch.setattr(recorder._writes, "_size", 3)
    cookie, _ = visitor("analytics")
    with serving(middleware), caplog.at_level(logging.WARNING):
        for _ in range(5):
            assert visit_page(middleware, cookie=cookie).status == 200
        assert report(middleware, cookie=cookie).status == 503
        assert recorder.dropped == 3
        assert kept(middleware) == 3
        assert report(middleware, cookie=cookie).status == 204
        assert kept(middleware) == 4
    assert "3 recorded events were dropped" in caplog.text


class Gate:
    """Holds every write of events open until it is let go."""

    def __init__(self, recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
        self.is_open = False
        insert = recorder._writes._write

        async def slow(connection: Any, batch: Any) -> None:
            while not self.is_open:  # noqa: ASYNC110 (another thread opens it)
                await asyncio.sleep(0.01)
            await insert(connection, batch)

        monkeypatch.setattr(recorder._writes, "_write", slow)


def test_a_database_that_hangs_slows_no_request(recording: Mount, monkeypatch: pytest.MonkeyPatch) -> None:
    middleware = recording()
    gate = Gate(recorder_of(middleware), monkeypatch)
    recorder_of(middleware)._writes.pause = 0.01
    cookie, consent_id = visitor("analytics")

    async def open_pages() -> None:
        for _ in range(50):
            scope = scope_of("/", headers=NAVIGATION, cookie=cookie)
            # One that waited for the database would wait until the gate is opened, which is after all of them.
            await asyncio.wait_for(_run(middleware, scope), PATIENCE)
            await asyncio.sleep(0.002)

    with serving(middleware):
        asyncio.run(open_pages())
        gate.is_open = True
        assert len(events(middleware, consent_id)) == 50


async def _run(middleware: ConsentMiddleware, scope: Any) -> None:
    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        pass

    await middleware(scope, receive, send)


def test_an_outage_is_waited_out(recording: Mount, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buffered, "_RETRY", 0.05)
    middleware = recording()
    recorder = recorder_of(middleware)
    gate = Gate(recorder, monkeypatch)
    cookie, consent_id = visitor("analytics")
    with serving(middleware):
        recorder._database.patience = 0.2
        visit_page(middleware, "/during", cookie=cookie)
        with pytest.raises(LedgerUnavailable):
            asyncio.run(recorder.flush())
        recorder._database.patience = 5
        gate.is_open = True
        assert [event.path for event in events(middleware, consent_id)] == ["/during"]
        assert recorder.dropped == 0


def test_what_a_database_that_hangs_does_not_take_at_shutdown_is_counted(
    recording: Mount, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    middleware = recording()
    recorder = recorder_of(middleware)
    Gate(recorder, monkeypatch)
    with caplog.at_level(logging.WARNING), serving(middleware):
        recorder._database.patience = 0.2
        visit_page(middleware, cookie=visitor("analytics")[0])
    assert recorder.dropped == 1
    assert "1 recorded events were dropped" in caplog.text


def test_an_event_that_cannot_be_stored_is_dropped_alone(recording: Mount, monkeypatch: pytest.MonkeyPatch) -> None:
    middleware = recording()
    recorder = recorder_of(middleware)
    insert = recorder._writes._write

    async def picky(connection: Any, batch: Any) -> None:
        if any(each.path == "/2" for each in batch):
            raise ValueError("this one cannot be stored")
        await insert(connection, batch)

    monkeypatch.setattr(recorder._writes, "_write", picky)
    cookie, consent_id = visitor("analytics")
    with serving(middleware):
        for number in range(5):
            visit_page(middleware, f"/{number}", cookie=cookie)
        assert {event.path for event in events(middleware, consent_id)} == {"/0", "/1", "/3", "/4"}
    assert recorder.dropped == 1


def test_many_threads_may_record_at_once_and_nothing_is_lost(recording: Mount) -> None:
    middleware = recording()
    recorder_of(middleware)._writes.pause = 0.01
    cookie, consent_id = visitor("analytics")

    def open_pages() -> None:
        for _ in range(100):
            visit_page(middleware, cookie=cookie)

    with serving(middleware):
        threads = [threading.Thread(target=open_pages) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(events(middleware, consent_id)) == 400


def test_a_path_that_no_database_could_keep_is_made_fit(recording: Mount) -> None:
    middleware = recording()
    cookie, consent_id = visitor("analytics")
    with serving(middleware):
        scope = scope_of(headers=NAVIGATION, cookie=cookie)
        scope["path"] = "/\x00\udcff\n" + "x" * 5000
        call(middleware, scope)
        report(middleware, '{"path": "/%00%ff", "clicks": [["a", 1]]}', cookie=cookie)
        found = sorted(event.path for event in events(middleware, consent_id))
    assert found[0] == "/\ufffd\ufffd"
    assert found[1].startswith("/\ufffd\ufffd\ufffdx")
    assert len(found[1]) == 1024


def test_what_happens_within_one_second_stays_in_order(recording: Mount) -> None:
    middleware = recording()
    cookie, consent_id = visitor("analytics")
    clicks = [[f"n{number}", number] for number in range(20)]
    with serving(middleware):
        report(middleware, json.dumps({"path": "/", "clicks": clicks}), cookie=cookie)
        report(middleware, json.dumps({"path": "/", "clicks": [["last", 0]]}), cookie=cookie)
        found = events(middleware, consent_id)
    assert [event.name for event in found] == [*(f"n{number}" for number in reversed(range(20))), "last"]


def test_events_come_in_the_order_of_time_page_by_page(recording: Mount, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("consent_middleware.telemetry.event_rows.PAGE", 7)
    middleware = recording()
    cookie, consent_id = visitor("analytics")
    clicks = [[f"n{number}", number * 1000] for number in range(50)]
    with serving(middleware):
        report(middleware, json.dumps({"path": "/", "clicks": clicks}), cookie=cookie)
        found = events(middleware, consent_id)
    assert [event.name for event in found] == [f"n{number}" for number in reversed(range(50))]
