"""What a policy says of rights is checked at start-up, the calendar too."""

import sys

import pytest

from consent_middleware import Policy
from consent_middleware.errors import PolicyError

ON = '[rights]\nkinds = ["correction"]\n'


def problems_of(toml: str) -> dict[str, str]:
    with pytest.raises(PolicyError) as caught:
        Policy.parse(toml)
    return {problem.key: problem.way_out for problem in caught.value.problems}


def test_rights_are_off_until_a_kind_is_named() -> None:
    assert Policy().declarations.rights.kinds == []
    assert Policy.parse('[rights]\ncalendar = "nowhere"').declarations.rights.kinds == []


def test_a_calendar_that_nobody_knows_is_a_problem() -> None:
    assert problems_of(f'{ON}calendar = "XX"').keys() == {"rights.calendar"}


def test_without_the_library_that_is_said_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    from consent_middleware.policy import working_days

    monkeypatch.setitem(sys.modules, "holidays", None)
    working_days._holidays_of.cache_clear()
    way_out = problems_of(ON)["rights.calendar"]
    assert 'pip install "consent-middleware[rights]"' in way_out
    assert Policy.parse(f'{ON}calendar = "none"').declarations.rights.calendar == "none"
    working_days._holidays_of.cache_clear()


def test_an_unknown_kind_is_answered_with_those_there_are() -> None:
    assert '"account-erasure"' in problems_of('[rights]\nkinds = ["forget-me"]')["rights.kinds"]
    assert problems_of('[rights]\nkinds = ["other", "other"]').keys() == {"rights.kinds[1]"}


SERVICE = '[[services]]\nid = "mail"\npurpose = "marketing"\nerasure_webhook = "{}"\n'


@pytest.mark.parametrize(
    "url",
    ["https://mail.example/erase", "https://mail.example:8443/e?a=b", "http://127.0.0.1:8000/", "http://localhost/e"],
)
def test_recipients_are_told_over_https_or_on_this_machine(url: str) -> None:
    assert Policy.parse(SERVICE.format(url)).services["mail"].erasure_webhook == url


@pytest.mark.parametrize(
    "url",
    [
        "http://mail.example/erase",
        "http://localhost.example/",
        "ftp://mail.example/",
        "mail.example/erase",
        "https://user:secret@mail.example/",
        "http://127.0.0.1@mail.example/",
        "https://mail.example/#there",
        "https:///erase",
        "https://mail.example/e r",
    ],
)
def test_another_address_is_a_problem(url: str) -> None:
    assert problems_of(SERVICE.format(url)).keys() == {"services[0].erasure_webhook"}


def test_where_a_service_is_told_asks_nobody_again() -> None:
    told, before = Policy.parse(SERVICE.format("https://mail.example/e")), Policy.parse(SERVICE.split("erasure")[0])
    assert told.digests == before.digests
