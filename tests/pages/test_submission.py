import json
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_middleware.pages.submission import Submission, media_type_of, read_form, read_json
from consent_middleware.policy import Policy
from tests.pages.site import POLICY

POLICY_READ = Policy.parse(POLICY)


def form(**fields: object) -> Submission | None:
    return read_form(urlencode(fields, doseq=True).encode())


def refused_by(submission: Submission | None) -> frozenset[str]:
    assert submission is not None
    return submission.answers(POLICY_READ).refused


def test_a_purpose_that_is_switched_on_brings_its_services() -> None:
    assert not {"tracker", "heatmap"} & refused_by(form(action="save", purpose="analytics"))
    assert not {"tracker", "heatmap"} & refused_by(read_json(b'{"action": "save", "purposes": ["analytics"]}'))


def test_naming_one_service_leaves_the_others_of_its_purpose_out() -> None:
    refused = refused_by(form(action="save", purpose=["analytics", "marketing"], service="tracker"))
    assert "heatmap" in refused
    assert not {"tracker", "ads"} & refused


def test_services_that_were_listed_and_left_out_are_refused() -> None:
    assert {"tracker", "heatmap"} <= refused_by(form(action="save", purpose="analytics", listed="analytics"))
    assert {"tracker", "heatmap"} <= refused_by(form(action="save", purpose="analytics", services="listed"))
    assert {"tracker", "heatmap"} <= refused_by(read_json(b'{"action":"save","purposes":["analytics"],"services":[]}'))


def test_json_takes_one_name_or_several() -> None:
    one = read_json(b'{"action":"save","purpose":"analytics","service":"tracker"}')
    several = read_json(b'{"action":"save","purposes":["analytics"],"services":["tracker"]}')
    assert one is not None
    assert several is not None
    assert one.answers(POLICY_READ) == several.answers(POLICY_READ)


def test_unknown_names_are_ignored() -> None:
    submission = form(action="save", purpose=["analytics", "mining"], service="nobody")
    assert submission is not None
    assert submission.answers(POLICY_READ).allowed == {"analytics"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"action=",
        b"action=erase",
        b"action=save&action=accept-all",
        b"purpose=analytics",
        b"&".join([b"a=1"] * 2000),
        b"\xff",
    ],
)
def test_a_malformed_form_is_a_value(body: bytes) -> None:
    assert read_form(body) is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"action": 1}',
        b'{"action": "erase"}',
        b'{"action":"save","purposes":"x"}',
        b"\xff",
        b"[" * 16_000,
    ],
)
def test_malformed_json_is_a_value(body: bytes) -> None:
    assert read_json(body) is None


@given(st.binary(max_size=200) | st.text(alphabet="action=sve&purpo%0+", max_size=60).map(str.encode))
def test_no_form_raises(body: bytes) -> None:
    submission = read_form(body)
    assert submission is None or submission.answers(POLICY_READ).action == submission.action


_scalars: st.SearchStrategy[object] = st.sampled_from(
    [None, True, 7, 1.5, "", "save", "analytics", "tracker", "\ud800", {}, {"a": []}]
)
_values = _scalars | st.lists(_scalars, max_size=3)
_keys = st.sampled_from(["action", "purposes", "purpose", "services", "service", "listed", "next", "lang", "token"])


@given(st.dictionaries(_keys, _values).map(lambda value: json.dumps(value).encode()) | st.binary(max_size=100))
def test_no_json_raises(body: bytes) -> None:
    submission = read_json(body)
    assert submission is None or submission.answers(POLICY_READ).action == submission.action


def test_a_media_type_is_read_without_parameters() -> None:
    assert media_type_of(b"Application/JSON ; charset=utf-8") == "application/json"
