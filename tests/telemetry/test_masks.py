import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_middleware.policy.known_headers import header_rules
from consent_middleware.telemetry import FORWARDING_HEADERS, RESPONSE_DROPS, build_masks

HOST = b"shop.example"
NOTHING_ALLOWED = build_masks(network=False, device=False, languages=("en", "de"))
NETWORK_ALLOWED = build_masks(network=True, device=False)
DEVICE_ALLOWED = build_masks(network=False, device=True)
ALL_ALLOWED = build_masks(network=True, device=True)
EVERY_MASK = {**build_masks(network=False, device=False, declared=frozenset({"wap-gateway", "generic-cdn"}))}

# One value for each header, in which something about one visitor is planted.
PLANTED = b"7f3a9c1e5d"


@pytest.mark.parametrize("name", NOTHING_ALLOWED)
def test_nothing_planted_in_a_listed_header_gets_through_before_consent(name: bytes) -> None:
    for value in (
        PLANTED,
        b"203.0.113.77",
        b"203.0.113.77, " + PLANTED,
        b"for=203.0.113.77;x=" + PLANTED,
        b"Mozilla/5.0 (Linux; Android 14; " + PLANTED + b") AppleWebKit/537.36 Chrome/121.0." + PLANTED,
        b"de;q=0.9, x-" + PLANTED,
        b"https://other.example/" + PLANTED,
        b"com.example." + PLANTED,
        b'{"scheme":"https","id":"' + PLANTED + b'"}',
    ):
        masked = NOTHING_ALLOWED[name](value, HOST)
        assert masked is None or (PLANTED not in masked and b"203.0.113.77" not in masked)


@given(st.sampled_from(sorted(EVERY_MASK)), st.binary(max_size=400))
def test_masks_never_raise_and_change_nothing_when_applied_twice(name: bytes, value: bytes) -> None:
    masked = EVERY_MASK[name](value, HOST)
    if masked is not None:
        assert EVERY_MASK[name](masked, HOST) == masked


@pytest.mark.parametrize(
    "name",
    b"sec-gpc dnt host cookie accept save-data sec-ch-ua sec-ch-ua-mobile sec-ch-ua-platform if-match if-none-match "
    b"if-unmodified-since if-range last-event-id x-forwarded-client-cert x-arr-clientcert x-forwarded-port "
    b"x-forwarded-proto x-forwarded-host traceparent tracestate x-request-id x-correlation-id x-amzn-trace-id "
    b"x-cloud-trace-context x-amz-cf-id authorization origin".split(),
)
def test_what_the_app_needs_is_always_kept(name: bytes) -> None:
    assert name not in EVERY_MASK


@pytest.mark.parametrize("name", [b"x-region", b"x-city", b"x-country", b"clientid", b"profile", b"x-ip", b"userip"])
def test_an_ambiguous_name_is_masked_only_where_the_policy_says_whose_it_is(name: bytes) -> None:
    assert name not in NOTHING_ALLOWED
    assert name in build_masks(network=False, device=False, declared=frozenset({name.decode()}))


def test_a_declared_carrier_or_cdn_makes_its_ambiguous_names_masked() -> None:
    masks = build_masks(network=False, device=False, declared=frozenset({"wap-gateway", "generic-cdn"}))
    assert {b"profile", b"clientid", b"x-region"} <= masks.keys()


def test_consent_for_the_network_leaves_addresses_and_places_as_they_came() -> None:
    assert not {b"x-forwarded-for", b"forwarded", b"cf-ipcity", b"referer"} & NETWORK_ALLOWED.keys()
    assert {b"user-agent", b"sec-ch-ua-model", b"cf-ja4"} <= NETWORK_ALLOWED.keys()


def test_consent_for_the_device_leaves_browser_and_hints_as_they_came() -> None:
    assert not {b"user-agent", b"accept-language", b"sec-ch-ua-model"} & DEVICE_ALLOWED.keys()
    assert {b"x-forwarded-for", b"referer"} <= DEVICE_ALLOWED.keys()


def test_identifiers_that_carriers_inject_go_whatever_is_allowed() -> None:
    assert {b"x-uidh", b"x-acr", b"msisdn", b"x-up-subno", b"x-imsi"} <= ALL_ALLOWED.keys()
    assert all(mask(PLANTED, HOST) is None for mask in ALL_ALLOWED.values())


def test_a_policy_can_keep_a_header_or_drop_one_of_its_own() -> None:
    masks = build_masks(
        network=False, device=False, kept=frozenset({"cf-ipcountry"}), dropped=frozenset({"X-Device-Id"})
    )
    assert b"cf-ipcountry" not in masks
    assert masks[b"x-device-id"](b"42", HOST) is None


@pytest.mark.parametrize(
    ("value", "masked"),
    [(b"XMLHttpRequest", b"XMLHttpRequest"), (b"fetch", b"fetch"), (b"com.example.browser", None), (b"", None)],
)
def test_the_name_of_an_android_app_goes_and_the_mark_of_a_script_stays(value: bytes, masked: bytes | None) -> None:
    assert NOTHING_ALLOWED[b"x-requested-with"](value, HOST) == masked


def test_the_scheme_stays_where_apps_build_their_links_from_it() -> None:
    assert NOTHING_ALLOWED[b"cf-visitor"](b'{"scheme":"https"}', HOST) == b'{"scheme":"https"}'


def test_a_header_has_one_rule_in_lower_case() -> None:
    names = [name for rule in header_rules() for name in rule.headers]
    assert len(names) == len(set(names))
    assert all(name == name.lower() for name in names)


def test_forwarding_headers_mark_a_proxy() -> None:
    assert {b"forwarded", b"x-forwarded-for", b"x-real-ip", b"cf-connecting-ip"} <= FORWARDING_HEADERS
    assert not {b"via", b"userip", b"user-agent"} & FORWARDING_HEADERS


def test_a_response_may_not_ask_for_hints() -> None:
    assert {b"accept-ch", b"critical-ch", b"observe-browsing-topics"} == RESPONSE_DROPS
