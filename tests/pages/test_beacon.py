"""What a page reports of clicks, whatever stands in it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_middleware.pages.beacon import MEDIA_TYPES, MOST_CLICKS, read_report
from consent_middleware.telemetry.events import recordable_path

JSON, FORM = "text/plain", "application/x-www-form-urlencoded"


def reported(**content: object) -> bytes:
    return json.dumps({"path": "/", "clicks": [["a", 0]], **content}).encode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"path": "/"}',
        b"[" * 10_000,
        reported(path="page"),
        reported(path="https://a.example/"),
        reported(path="/" * 5000),
        reported(path=5),
        reported(clicks=[]),
        reported(clicks=[["a"]]),
        reported(clicks=[["a", "b"]]),
        reported(clicks=[["", 0]]),
        reported(clicks=[["my password is secret", 0]]),
        reported(clicks=[["a" * 65, 0]]),
        reported(clicks=[["a\n", 0]]),
        reported(clicks=[["a", 0]] * (MOST_CLICKS + 1)),
        b'{"path": "/", "clicks": [["a", NaN]]}',
        b'{"path": "/", "clicks": [["a", 1e999]]}',
    ],
)
def test_a_report_that_cannot_be_read_is_none(body: bytes) -> None:
    assert read_report(body, JSON) is None


@pytest.mark.parametrize(
    "body", [b"", b"path=/", b"name=a", b"path=/&path=/b&name=a", b"path=x&name=a", b"path=/" + b"&name=a" * 51]
)
def test_a_form_that_cannot_be_read_is_none(body: bytes) -> None:
    assert read_report(body, FORM) is None


@pytest.mark.parametrize(("milliseconds", "seconds"), [(0, 0), (1500, 1.5), (-5, 0), (1e15, 86_400)])
def test_the_age_of_a_click_stays_within_a_day(milliseconds: float, seconds: float) -> None:
    report = read_report(reported(clicks=[["a", milliseconds]]), JSON)
    assert report is not None
    assert report.clicks[0].seconds_ago == seconds


garbage = st.one_of(
    st.binary(max_size=300),
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), st.text(max_size=10)),
        lambda inner: st.one_of(
            st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(["path", "clicks", "x"]), inner, max_size=3)
        ),
        max_leaves=10,
    ).map(lambda value: json.dumps(value).encode()),
    st.builds(lambda path, name, age: reported(path=path, clicks=[[name, age]]), st.text(), st.text(), st.floats()),
    st.lists(st.tuples(st.sampled_from(["path", "name", "x"]), st.text(max_size=9)), max_size=5).map(
        lambda pairs: "&".join(f"{key}={value}" for key, value in pairs).encode("utf-8", "replace")
    ),
)


@given(garbage, st.sampled_from(MEDIA_TYPES))
def test_whatever_is_sent_is_a_report_or_none(body: bytes, media_type: str) -> None:
    report = read_report(body, media_type)
    if report is not None:
        assert report.path.startswith("/")
        assert report.clicks
        assert all(0 <= click.seconds_ago <= 86_400 and 0 < len(click.name) <= 64 for click in report.clicks)
        recordable_path(report.path).encode()


@given(st.text())
def test_whatever_a_path_is_every_database_can_keep_it_and_nothing_of_a_query_is_left(path: str) -> None:
    kept = recordable_path(path)
    kept.encode()
    assert len(kept) <= 1024
    assert not {"?", "#", "\0", "\n", "\r"} & set(kept)
    assert recordable_path(kept) == kept
