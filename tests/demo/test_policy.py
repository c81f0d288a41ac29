"""The demo's own policy, held against the document it models."""

from collections.abc import Iterator

import msgspec
import pytest

from consent_middleware import Policy, classify
from consent_middleware.cli import main
from demo_site.assembly import POLICY
from demo_site.counting import COOKIES
from demo_site.preferences import LANGUAGES

LISTED_IN_SECTION_2 = {
    "ip", "carrier", "pages_visited", "clicks", "os", "device_type", "device_model", "browser", "device_id", "language",
    "layout_engine", "sid", "cid", "uid", "appid", "logs",
}  # fmt: skip


@pytest.fixture(scope="module")
def policy() -> Policy:
    return Policy.load(POLICY)


def texts(value: object, key: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    if isinstance(value, dict):
        if "en" in value:
            yield key, value
            return
        for name, part in value.items():
            yield from texts(part, f"{key}.{name}")
    if isinstance(value, list):
        for index, part in enumerate(value):
            yield from texts(part, f"{key}[{index}]")


def test_every_text_comes_in_every_language_of_the_console(policy: Policy) -> None:
    assert list(policy.languages) == list(LANGUAGES)
    found = list(texts(msgspec.to_builtins(policy.declarations)))
    assert len(found) >= 60
    assert [key for key, text in found if set(text) != set(LANGUAGES) or not all(text.values())] == []


def test_the_check_has_nothing_to_say_against_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(POLICY)]) == 0
    assert "warning" not in capsys.readouterr().out


def test_every_purpose_is_told_in_the_sites_own_words(policy: Policy) -> None:
    assert [purpose.id for purpose in policy.purposes.values() if isinstance(purpose.description, str)] == []


def test_every_field_of_section_2_waits_for_a_purpose(policy: Policy) -> None:
    assert {field.field for field in policy.declarations.telemetry} >= LISTED_IN_SECTION_2


@pytest.mark.parametrize("name", ["lang", "tz", "region", "font"])
def test_the_settings_of_section_3_are_preferences_that_a_visitor_may_ask_for(policy: Policy, name: str) -> None:
    declared = policy.find_cookie(name)
    assert declared is not None
    assert declared.purpose == "preference"
    assert declared.cookie.explicit_act == "POST /preferences"


def test_only_identity_and_security_are_necessary(policy: Policy) -> None:
    assert policy.necessary == {"authentication", "security"}
    assert classify("console_session", policy=policy).purpose == "authentication"
    assert classify("form_guard", policy=policy).purpose == "security"


def test_disclosure_to_another_company_is_asked_apart(policy: Policy) -> None:
    assert policy.purposes["disclosure"].basis == "separate"


def test_the_age_the_date_and_the_time_to_answer_are_those_of_the_document(policy: Policy) -> None:
    declared = policy.declarations
    assert declared.site.minimum_age == 14
    assert declared.contact.reply_working_days == 15
    assert policy.version == "2024-08-26"


@pytest.mark.parametrize("name", COOKIES)
def test_each_cookie_of_the_naive_counting_is_declared_as_optional(policy: Policy, name: str) -> None:
    assert classify(name, policy=policy).purpose in policy.optional
