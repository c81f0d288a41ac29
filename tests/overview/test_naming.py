"""Names and paths are written down without what may tell one visitor from another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_middleware import Policy
from consent_middleware.overview.naming import Names, written_name, written_path

NAMES = Names(Policy.parse('[[cookies]]\npattern = "cart_*"\npurpose = "security"\n'))


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("_ga_ABC123XYZ", "_ga_*"),
        ("cart_18", "cart_*"),
        ("sessionid", "sessionid"),
        ("wp-settings-time-184467", "wp-settings-time-*"),
        ("view-4f0c2a9b8e7d6c5b", "view-*"),
        ("theme", "theme"),
        ("b2b_offer", "b2b_offer"),
    ],
)
def test_a_cookie_is_called_as_a_policy_would_call_it(name: str, written: str) -> None:
    assert NAMES.of_cookie(name) == written


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("/", "/"),
        ("", "/"),
        ("/docs/install?token=1", "/docs/install"),
        ("/users/184467/mail", "/users/*/mail"),
        ("/by/jo%40example.com", "/by/*"),
        ("/o/8f14e45f-ceea-467f-a0e6-1f2b3c4d5e6f/edit", "/o/*/edit"),
        ("/2026/11/release-notes", "/2026/11/release-notes"),
        ("/人/李明", "/*/*"),
    ],
)
def test_a_path_is_kept_less_ids(path: str, written: str) -> None:
    assert written_path(path) == written


@given(st.text(max_size=900))
def test_whatever_is_written_is_one_short_line_and_stays_as_it_is_when_written_again(text: str) -> None:
    for written in (written_name(text), written_path(text)):
        assert written.isprintable()
        assert len(written) <= 200
    assert written_name(written_name(text)) == written_name(text)


@given(st.from_regex(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", fullmatch=True))
def test_no_uuid_is_left(uuid: str) -> None:
    assert written_path(f"/a/{uuid}") == "/a/*"
    assert written_name(f"s-{uuid}") == "s-*"
