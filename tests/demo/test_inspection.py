"""The comparison the inspect page shows, on plain values."""

from consent_middleware import NO_CHOICE, Policy
from demo_site.answers import compare_answers
from demo_site.assembly import POLICY
from demo_site.inspection import compare_cookies, compare_headers, shorten

policy = Policy.load(POLICY)


def test_what_the_middleware_touched_comes_first() -> None:
    sent = [(b"host", b"a"), (b"user-agent", b"Exact/1.2.3"), (b"x-uidh", b"id")]
    seen = [(b"host", b"a"), (b"user-agent", b"Exact/1")]
    rows = compare_headers(sent, seen, policy)
    assert [(row.name, row.state, row.purpose) for row in rows] == [
        ("user-agent", "changed", "device"),
        ("x-uidh", "hidden", "never"),
        ("host", "same", None),
    ]


def test_a_header_with_an_identifier_of_the_consoles_own_waits_for_its_purpose() -> None:
    (row,) = compare_headers([(b"x-device-id", b"d-1")], [], policy)
    assert (row.purpose, row.state) == ("device", "hidden")


def test_several_headers_of_one_name_make_one_row() -> None:
    rows = compare_headers([(b"via", b"1"), (b"Via", b"2")], [(b"via", b"1")], policy)
    assert [(row.sent, row.seen, row.state) for row in rows] == [("1\n2", "1", "changed")]


def test_cookies_are_compared_across_several_headers() -> None:
    sent = [(b"cookie", b"console_session=s; _ga=GA1.1.2"), (b"cookie", b"visitor_id=v")]
    rows = compare_cookies(sent, [(b"cookie", b"console_session=s")], NO_CHOICE, policy)
    assert [(row.name, row.state, row.purpose) for row in rows] == [
        ("console_session", "same", "authentication"),
        ("_ga", "hidden", "analytics"),
        ("visitor_id", "hidden", "analytics"),
    ]


def test_each_cookie_of_an_answer_has_an_outcome() -> None:
    asked = [b"a=1; Path=/", b"_ga=2; Path=/; Max-Age=99", b"lang=en; Max-Age=99"]
    answered = [b"a=1; Path=/", b"lang=en", b"visitor_id=; Max-Age=0", b"privacy=t; HttpOnly"]
    rows = compare_answers(asked, answered, policy)
    assert [(row.name, row.outcome) for row in rows] == [
        ("a", "sent"),
        ("_ga", "blocked"),
        ("lang", "altered"),
        ("visitor_id", "expired"),
        ("privacy", "ours"),
    ]


def test_a_cookie_that_is_expired_instead_of_set_counts_as_blocked() -> None:
    rows = compare_answers([b"_ga=2; Path=/"], [b"_ga=; Path=/; Max-Age=0"], policy)
    assert [row.outcome for row in rows] == ["blocked"]


def test_a_long_value_is_shown_too_short_to_be_used() -> None:
    secret = "s" * 43
    assert secret not in shorten(secret)
    assert shorten("en") == "en"
