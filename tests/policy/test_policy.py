"""A policy answers what it was told, and its digests change with what visitors are told."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_middleware import Policy
from consent_middleware.policy import digests
from consent_middleware.policy.lifetimes import SESSION, Lifetime
from consent_middleware.policy.texts import text_in
from tests.driving import App, get, mounted

BASE = """
[site]
languages = ["en", "de"]
[purposes.analytics]
title = {en = "Counting", de = "Zählung"}
description = {en = "We count.", de = "Wir zählen."}
[[cookies]]
name = "one"
purpose = "analytics"
lifetime = "30 days"
description = {en = "Counts.", de = "Zählt."}
[[cookies]]
name = "two"
purpose = "analytics"
[[cookies]]
name = "ad"
purpose = "marketing"
[[services]]
id = "counter"
purpose = "analytics"
name = "Counter"
recipient = "Counter Ltd."
country = "DE"
hosts = ["a.example", "b.example"]
[[storage]]
key = "counter_*"
purpose = "analytics"
lifetime = "13 months"
description = {en = "Counts.", de = "Zählt."}
[[telemetry]]
field = "ip"
purpose = "network"
"""

TOLD = [
    ("We count.", "We count and sell."),
    ('en = "Counting"', 'en = "Selling"'),
    ('en = "Counts."', 'en = "Counts more."'),
    ('lifetime = "30 days"', 'lifetime = "31 days"'),
    ('name = "two"', 'name = "three"'),
    ('key = "counter_*"', 'key = "count_*"'),
    ('key = "counter_*"', 'key = "counter_*"\nkind = "session"'),
    ('lifetime = "13 months"', 'lifetime = "14 months"'),
    ('recipient = "Counter Ltd."', 'recipient = "Other Ltd."'),
    ('country = "DE"', 'country = "US"'),
    ('"b.example"]', '"c.example"]'),
    ('description = {en = "We count.", de = "Wir zählen."}', 'basis = "separate"\ndescription = {en = "We count."}'),
]
NOT_TOLD = [
    ('de = "Zählung"', 'de = "Statistik"'),
    ('languages = ["en", "de"]', 'languages = ["en", "de", "fr"]\nname = "A shop"'),
    ('lifetime = "30 days"', 'lifetime = "720 hours"'),
    ('hosts = ["a.example", "b.example"]', 'hosts = ["b.example", "a.example"]'),
    ('name = "one"\n', 'name = "one"\nhttp_only = true\npaths = ["/p"]\n'),
    ('[[cookies]]\nname = "ad"', "[[versions]]\nversion = '1'\neffective = 2026-01-01\n[[cookies]]\nname = \"ad\""),
]


@pytest.mark.parametrize(("old", "new"), TOLD)
def test_a_digest_changes_with_what_a_visitor_was_told_and_no_other_does(old: str, new: str) -> None:
    assert old in BASE
    before, after = Policy.parse(BASE), Policy.parse(BASE.replace(old, new))
    changed = {name for name in before.digests if before.digests[name] != after.digests[name]}
    assert changed == {"analytics"}
    assert before.digest != after.digest


@pytest.mark.parametrize(("old", "new"), NOT_TOLD)
def test_a_digest_stays_where_a_visitor_was_told_the_same(old: str, new: str) -> None:
    assert old in BASE
    assert Policy.parse(BASE.replace(old, new)).digests == Policy.parse(BASE).digests


def test_the_digests_of_the_built_in_policy_are_those_that_visitors_tokens_carry() -> None:
    """A release that changes one asks every visitor of every site again: bump the purpose's wording, and this test, knowingly."""
    assert Policy().digests == {
        "authentication": "VRhQ",
        "security": "_dV9",
        "preference": "Rtku",
        "analytics": "Tq3R",
        "marketing": "k4iS",
        "network": "k4tx",
        "device": "9bo8",
    }


def test_digests_that_collide_are_told_apart() -> None:
    apart = digests.told_apart({"a": "abcd", "b": "abcd", "c": "abcd"})
    assert len(set(apart.values())) == 3
    assert apart == digests.told_apart({"a": "abcd", "b": "abcd", "c": "abcd"})


def test_the_built_in_policy_needs_no_file_and_keeps_logins_working() -> None:
    policy = Policy.of(None)
    assert policy.necessary == {"authentication", "security"}
    assert policy.optional == ("preference", "analytics", "marketing", "network", "device")
    logins = ["sessionid=1; HttpOnly; Path=/", "csrftoken=2; Path=/", "connect.sid=3; HttpOnly", "session=4; HttpOnly"]
    app = App(*logins)
    assert get(mounted(app)).set_cookies == [line.encode() for line in logins]
    get(mounted(app), cookie="sessionid=1; csrftoken=2; connect.sid=3; session=4; remember_token=5")
    assert app.cookies == [b"sessionid=1; csrftoken=2; connect.sid=3; session=4; remember_token=5"]


def test_a_purpose_that_is_not_offered_is_never_allowed() -> None:
    policy = Policy.parse("[purposes.marketing]\noffered = false\n")
    assert "marketing" not in policy.purposes
    app = App("_fbp=1")
    get(mounted(app, policy), cookie="_fbp=1; sessionid=2")
    assert app.cookies == [b"sessionid=2"]


def test_a_built_in_purpose_says_what_the_site_says_differently() -> None:
    policy = Policy.parse('[purposes.analytics]\ntitle = "Statistik"\nbasis = "separate"\n')
    assert policy.purposes["analytics"].title == "Statistik"
    assert policy.purposes["analytics"].basis == "separate"
    assert policy.purposes["analytics"].description == Policy().purposes["analytics"].description


def test_declared_cookies_are_found_by_name_pattern_and_service() -> None:
    policy = Policy.parse(
        '[[cookies]]\npattern = "ab_*"\npurpose = "preference"\n'
        '[[services]]\nid = "x"\npurpose = "analytics"\ncookies = ["xa", "xb_*"]\n'
    )
    assert [policy.find_cookie(name) and policy.find_cookie(name).purpose for name in ("ab_1", "xa", "xb_2", "c")] == [  # type: ignore[union-attr]
        "preference",
        "analytics",
        "analytics",
        None,
    ]
    assert policy.find_cookie("xb_2").key == "services[0].cookies[1]"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30 minutes", 1800),
        ("1 hour", 3600),
        (" 12  hours ", 43_200),
        ("13 months", 33_696_000),
        ("1 year", 31_536_000),
    ],
)
def test_a_lifetime_is_a_number_and_a_unit(text: str, seconds: int) -> None:
    assert Lifetime.parse(text).seconds == seconds


@pytest.mark.parametrize(
    "text", ["", "0 days", "days", "1.5 hours", "-1 day", "1 fortnight", "1day", "9999999999 days"]
)
def test_what_is_no_lifetime_is_an_error_that_says_how_to_write_one(text: str) -> None:
    with pytest.raises(ValueError, match="30 minutes"):
        Lifetime.parse(text)


@given(st.text(max_size=30))
def test_any_text_is_a_lifetime_or_a_value_error(text: str) -> None:
    try:
        lifetime = Lifetime.parse(text)
    except ValueError:
        return
    assert lifetime == SESSION or (lifetime.seconds or 0) > 0


def test_a_text_is_found_in_a_wider_language_then_in_the_sites_first() -> None:
    text = {"en": "color", "zh": "色", "zh-Hant": "顏色"}
    assert text_in(text, "zh-Hant-HK", "en") == "顏色"
    assert text_in(text, "zh-Hans-CN", "en") == "色"
    assert text_in(text, "fr", "en-GB") == "color"
    assert text_in("plain", "fr", "en") == "plain"
    assert text_in({}, "fr", "en") == ""


HEAVY = ["sqlalchemy", "aiosqlite", "asyncpg", "user_agents", "ua_parser", "jinja2", "babel", "starlette", "multipart"]


def test_importing_the_package_brings_in_nothing_heavy() -> None:
    script = (
        "import sys; import consent_middleware; consent_middleware.Policy(); "
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    printed = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout
    assert printed.strip() == "[]"
