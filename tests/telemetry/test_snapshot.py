import subprocess
import sys

import pytest
import ua_parser
import user_agents
from hypothesis import given
from hypothesis import strategies as st
from ua_parser.basic import Resolver as BasicResolver

from consent_middleware import telemetry
from consent_middleware.telemetry import Telemetry, build_masks, snapshot, take_snapshot, visitors, warm
from consent_middleware.telemetry.visitors import ParsedUserAgent, parse_user_agent
from tests.telemetry.user_agent_examples import ENGINES

CLIENT = ("203.0.113.77", 51234)
PHONE = {
    b"user-agent": b"Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) "
    b"Chrome/121.0.6167.85 Mobile Safari/537.36",
    b"accept-language": b"zh-TW,zh;q=0.9",
}
FROZEN = {
    b"user-agent": b"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/121.0.0.0 Mobile "
    b"Safari/537.36",
    b"sec-ch-ua": b'"Chromium";v="121", "Google Chrome";v="121"',
    b"sec-ch-ua-model": b'"SM-S918B"',
    b"sec-ch-ua-platform-version": b'"14.0.0"',
    b"sec-ch-ua-full-version-list": b'"Chromium";v="121.0.6167.85", "Google Chrome";v="121.0.6167.86"',
}


def test_before_consent_everything_is_coarse_or_none() -> None:
    assert take_snapshot(PHONE, CLIENT, network=False, device=False) == Telemetry(
        ip=None,
        ip_prefix="203.0.113.0",
        browser="Chrome Mobile",
        browser_version="121",
        os="Android",
        os_version=None,
        device_type="mobile",
        device_brand=None,
        device_model=None,
        layout_engine="Blink",
        language="zh-Hant",
        is_bot=False,
    )


def test_after_consent_everything_is_there() -> None:
    assert take_snapshot(PHONE, CLIENT, network=True, device=True) == Telemetry(
        ip="203.0.113.77",
        ip_prefix="203.0.113.0",
        browser="Chrome Mobile",
        browser_version="121.0.6167",
        os="Android",
        os_version="14",
        device_type="mobile",
        device_brand="Samsung",
        device_model="SM-S918B",
        layout_engine="Blink",
        language="zh-TW",
        is_bot=False,
    )


def test_each_purpose_opens_its_own_fields_only() -> None:
    network_only = take_snapshot(PHONE, CLIENT, network=True, device=False)
    assert (network_only.ip, network_only.device_model) == ("203.0.113.77", None)
    device_only = take_snapshot(PHONE, CLIENT, network=False, device=True)
    assert (device_only.ip, device_only.device_model) == (None, "SM-S918B")


def test_granted_client_hints_say_what_a_frozen_user_agent_does_not() -> None:
    snapshot = take_snapshot(FROZEN, CLIENT, network=False, device=True)
    assert (snapshot.device_brand, snapshot.device_model) == ("Samsung", "SM-S918B")
    assert (snapshot.browser_version, snapshot.os_version) == ("121.0.6167.86", "14.0.0")


def test_hints_are_not_read_without_consent() -> None:
    snapshot = take_snapshot(FROZEN, CLIENT, network=False, device=False)
    assert (snapshot.device_model, snapshot.os_version, snapshot.browser_version) == (None, None, "121")


def test_a_frozen_model_is_no_model() -> None:
    only_user_agent = {b"user-agent": FROZEN[b"user-agent"]}
    assert take_snapshot(only_user_agent, CLIENT, network=False, device=True).device_model is None


@pytest.mark.parametrize(
    ("hint", "version"), [(b'"15.0.0"', "11"), (b'"13.0.0"', "11"), (b'"10.0.0"', "10"), (b"x", "10")]
)
def test_windows_11_calls_itself_10_except_in_client_hints(hint: bytes, version: str) -> None:
    headers = {
        b"user-agent": b"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        b"Chrome/131.0.0.0 Safari/537.36",
        b"sec-ch-ua-platform-version": hint,
    }
    assert take_snapshot(headers, CLIENT, network=False, device=True).os_version == version


@pytest.mark.parametrize("user_agent", ENGINES)
def test_raw_and_masked_headers_give_the_same_before_consent(user_agent: str) -> None:
    masks = build_masks(network=False, device=False, languages=("en", "de"))
    raw = {b"user-agent": user_agent.encode(), b"accept-language": b"de"}
    masked = {name: value for name in raw if (value := masks[name](raw[name], b"")) is not None}
    assert take_snapshot(raw, CLIENT, network=False, device=False) == take_snapshot(
        masked, ("203.0.113.0", 0), network=False, device=False
    )


@pytest.mark.parametrize(
    ("user_agent", "device_type", "is_bot"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "desktop", False),
        ("Mozilla/5.0 (Android 12; Tablet; rv:128.0) Gecko/128.0 Firefox/128.0", "tablet", False),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 Version/17.6 Safari/1",
            "mobile",
            False,
        ),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "bot", True),
        ("SomeUnknownBot/3.1", "bot", True),
        ("curl/8.5.0", None, False),
        ("", None, False),
    ],
)
@pytest.mark.parametrize("device", [False, True])
def test_the_kind_of_device_is_known_before_and_after_consent(
    user_agent: str, device_type: str | None, is_bot: bool, device: bool
) -> None:
    snapshot = take_snapshot({b"user-agent": user_agent.encode()}, CLIENT, network=False, device=device)
    assert (snapshot.device_type, snapshot.is_bot) == (device_type, is_bot)


@pytest.mark.parametrize("client", [None, ("unknown", 0), ("/run/app.sock", 0), ("", 0)])
def test_a_client_without_an_address_has_no_prefix(client: tuple[str, int] | None) -> None:
    snapshot = take_snapshot({}, client, network=True, device=True)
    assert (snapshot.ip, snapshot.ip_prefix) == (None, None)


header_values = st.one_of(st.binary(max_size=80), st.sampled_from(list(PHONE.values()) + list(FROZEN.values())))


@given(st.dictionaries(st.sampled_from(sorted({*PHONE, *FROZEN})), header_values), st.booleans(), st.booleans())
def test_no_headers_break_it(headers: dict[bytes, bytes], network: bool, device: bool) -> None:
    take_snapshot(headers, CLIENT, network=network, device=device)


@pytest.mark.parametrize("user_agent", ENGINES)
def test_the_fast_path_reads_what_user_agents_reads(user_agent: str) -> None:
    warm()
    fast, slow = ParsedUserAgent(user_agent), user_agents.parse(user_agent)
    for part in ("browser", "os", "device", "is_bot", "is_mobile", "is_tablet", "is_pc", "is_touch_capable"):
        assert getattr(fast, part) == getattr(slow, part)


def test_a_flood_of_user_agents_cannot_push_out_what_visitors_share() -> None:
    shared = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0 (shared)"
    parse_user_agent(shared)
    known = parse_user_agent(shared)
    for number in range(1500):
        parse_user_agent(f"flood/{number}")
    assert parse_user_agent(shared) is known


def test_importing_the_room_loads_no_parser() -> None:
    heavy = "[name for name in sys.modules if name.partition('.')[0] in ('ua_parser', 'user_agents', 'sqlalchemy')]"
    code = f"import sys; import consent_middleware.telemetry; print({heavy})"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_every_public_name_is_there_and_sorted() -> None:
    assert all(hasattr(telemetry, name) for name in telemetry.__all__)
    assert len(telemetry.__all__) == len(set(telemetry.__all__))


def test_without_the_rust_back_end_the_same_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    with_rust = visitors._best_finder()
    # As ua-parser does where nothing faster is installed.
    monkeypatch.setattr(ua_parser, "BestAvailableResolver", BasicResolver)
    without = visitors._best_finder()
    for text in (PHONE[b"user-agent"].decode(), "curl/8.5.0", ""):
        for fast, slow in zip(with_rust(text), without(text), strict=True):
            named = ("family", "major", "minor", "patch", "brand", "model")
            assert [getattr(fast, name, None) for name in named] == [getattr(slow, name, None) for name in named]


def test_values_longer_than_any_browser_sends_are_described_but_not_remembered() -> None:
    headers = {b"user-agent": b"Mozilla/5.0 " + b"x" * 8000, b"accept-language": b"de," * 3000}
    before = len(snapshot._full)
    assert take_snapshot(headers, None, network=True, device=True).language == "de"
    assert len(snapshot._full) == before
