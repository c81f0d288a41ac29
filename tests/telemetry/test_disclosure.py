"""Who may see an unmasked value, and what is left behind when it was shown."""

import logging

import pytest

from consent_middleware import ConfigurationError, Policy, Telemetry, get_telemetry, record_choice
from consent_middleware.telemetry import Disclosure, Disclosures
from consent_middleware.telemetry.disclosure import OTHER_REASONS
from tests.driving import App, call, mounted, scope_of, token

PEER = ("203.0.113.77", 50123)
CHROME = b"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/121.0.6167.85 Safari/537.36"
IDENTIFIERS = """
[[telemetry]]
field = "cid"
purpose = "analytics"
cookie = "cid"
header = "X-Client-ID"
query = "cid"
form = "cid"
"""


class Guard(App):
    """An app that limits how often somebody may try a password."""

    field, purpose, reason = "ip", "security", "login rate limit"

    async def act(self) -> None:
        self.telemetry = get_telemetry(self.scope)
        self.value = self.telemetry.disclose(self.field, purpose=self.purpose, reason=self.reason)


def ask(field: str, purpose: str, policy: str | None = None, **options: object) -> str | None:
    guard = Guard()
    guard.field, guard.purpose = field, purpose
    answer = call(mounted(guard, policy), scope_of(**{"client": PEER, **options}))  # type: ignore[arg-type]
    if answer.error is not None:
        raise answer.error
    return guard.value


def test_a_necessary_purpose_sees_the_whole_address_and_the_scope_still_does_not() -> None:
    guard = Guard()
    call(mounted(guard), scope_of(client=PEER))
    assert guard.value == "203.0.113.77"
    assert guard.telemetry.ip is None
    assert guard.scope["client"] == ("203.0.113.0", 0)


@pytest.mark.parametrize("purpose", ["analytics", "network", "marketing", "no such purpose"])
def test_any_other_purpose_sees_the_masked_one(purpose: str) -> None:
    assert ask("ip", purpose) == "203.0.113.0"


def test_what_the_visitor_allows_is_there_for_any_purpose() -> None:
    assert ask("ip", "analytics", cookie=token(None, "network")) == "203.0.113.77"


def test_other_fields_are_disclosed_too() -> None:
    headers = [(b"user-agent", CHROME), (b"accept-language", b"de-AT")]
    assert ask("browser_version", "security", headers=headers) == "121.0.6167"
    assert ask("browser_version", "analytics", headers=headers) == "121"
    assert ask("language", "security", headers=headers) == "de-AT"
    assert ask("device_model", "analytics", headers=headers) is None


@pytest.mark.parametrize(
    ("peer", "forwarded"),
    [
        (("127.0.0.1", 4000), [(b"x-forwarded-for", b"198.51.100.9, 203.0.113.77")]),
        (("10.0.0.2", 4000), [(b"x-forwarded-for", b"203.0.113.77, 10.0.0.7")]),
        (("127.0.0.1", 4000), [(b"forwarded", b'for="203.0.113.77:4711";proto=https')]),
        # uvicorn --proxy-headers has worked it out already; what stands in the header, the visitor may have written.
        (PEER, [(b"x-forwarded-for", b"198.51.100.9")]),
        (["203.0.113.77", 50123], []),
    ],
)
def test_behind_proxies_it_is_the_visitors_own_address(peer: object, forwarded: list[tuple[bytes, bytes]]) -> None:
    assert ask("ip", "security", client=peer, headers=forwarded) == "203.0.113.77"
    assert ask("ip", "analytics", client=peer, headers=forwarded) == "203.0.113.0"


def test_without_a_client_there_is_nothing_to_disclose() -> None:
    assert ask("ip", "security", client=None) is None


def test_a_websocket_discloses_as_well() -> None:
    class Socket(Guard):
        async def __call__(self, scope, receive, send):  # type: ignore[no-untyped-def]
            self.scope = scope
            await self.act()

    guard = Socket()
    call(mounted(guard), scope_of(kind="websocket", scheme="ws", client=PEER))
    assert guard.value == "203.0.113.77"


def test_grounds_of_the_policy_narrow_who_may_see() -> None:
    policy = '[[grounds]]\npurpose = "security"\nreason = "Rate limits"\n'
    assert ask("ip", "security", policy) == "203.0.113.77"
    assert ask("ip", "authentication", policy) == "203.0.113.0"


def test_an_identifier_is_found_wherever_it_travels() -> None:
    assert ask("cid", "security", IDENTIFIERS, cookie="a=1; cid=one") == "one"
    assert ask("cid", "security", IDENTIFIERS, headers=[(b"x-client-id", b"two")]) == "two"
    assert ask("cid", "security", IDENTIFIERS, path="/?a=b&cid=three%21") == "three!"
    assert ask("cid", "security", IDENTIFIERS) is None
    assert ask("cid", "marketing", IDENTIFIERS, cookie="cid=one") is None
    assert ask("cid", "marketing", IDENTIFIERS, cookie=f"cid=one; {token(IDENTIFIERS, 'analytics')}") == "one"


def test_a_field_that_nobody_declares_and_a_missing_reason_are_mistakes_of_the_app() -> None:
    with pytest.raises(ConfigurationError, match="no telemetry field is called"):
        ask("is_bot", "security")
    with pytest.raises(ConfigurationError, match="reason"):
        Disclosures(Policy()).judge("ip", purpose="security", reason=" ")


def test_every_disclosure_is_counted_and_told_and_logged_without_the_value(caplog: pytest.LogCaptureFixture) -> None:
    told: list[Disclosure] = []
    guard = Guard()
    middleware = mounted(guard, disclosed=told.append)
    with caplog.at_level(logging.INFO, "consent_middleware.disclosures"):
        for _ in range(3):
            call(middleware, scope_of(client=PEER, cookie=token()))
        guard.purpose = "marketing"
        call(middleware, scope_of(client=PEER))
    assert middleware.disclosures.counts == {
        ("ip", "security", "login rate limit", True): 3,
        ("ip", "marketing", "login rate limit", False): 1,
    }
    assert [each.is_raw for each in told] == [True, True, True, False]
    assert told[0].consent_id is not None
    assert "203.0.113" not in f"{told}{caplog.text}"
    assert caplog.text.count("disclosed ip for security: 'login rate limit'") == 3
    assert "not disclosed: ip for marketing" in caplog.text


def test_reasons_are_free_text_and_the_counter_stays_small() -> None:
    disclosures = Disclosures(Policy())
    for number in range(5000):
        disclosures.judge("ip", purpose="security", reason=f"login of {number}\n" * 50)
    assert len(disclosures.counts) == 1025
    assert disclosures.counts["ip", "security", OTHER_REASONS, True] == 5000 - 1024


def test_telemetry_without_a_request_discloses_what_it_says() -> None:
    telemetry = Telemetry(ip_prefix="203.0.113.0", browser="Firefox")
    assert telemetry.disclose("ip", purpose="security", reason="none") == "203.0.113.0"
    assert telemetry.disclose("browser", purpose="security", reason="none") == "Firefox"


def test_a_choice_made_in_the_request_counts_for_its_telemetry() -> None:
    class Granting(App):
        async def act(self) -> None:
            self.before = get_telemetry(self.scope)
            record_choice(self.scope, allow={"network", "device"})
            self.after = get_telemetry(self.scope)
            record_choice(self.scope, allow=())
            self.withdrawn = get_telemetry(self.scope)

    app = Granting()
    call(mounted(app), scope_of(client=PEER, headers=[(b"user-agent", CHROME)]))
    assert (app.before.ip, app.before.browser_version) == (None, "121")
    assert (app.after.ip, app.after.browser_version) == ("203.0.113.77", "121.0.6167")
    assert app.withdrawn == app.before


def test_in_observe_mode_telemetry_waits_all_the_same() -> None:
    guard = Guard()
    call(mounted(guard, mode="observe"), scope_of(client=PEER))
    assert (guard.telemetry.ip, guard.value) == (None, "203.0.113.77")
    assert guard.scope["client"] == PEER
