"""A failed test shows what the visitor did, and what came of it."""

from consent_middleware.audit.evidence import Asked, KeptCookie
from consent_middleware.testing.journal import Journal

GA = KeptCookie(name="_ga", value="GA1.1.1.1", domain=".shop.example")
SID = KeptCookie(name="sid", value="secret", domain="shop.example")
ALLOWED = frozenset({"security"})


def test_a_step_tells_what_was_gained_lost_and_asked() -> None:
    journal = Journal()
    journal.begin("goto /", ALLOWED)
    journal.note_cookies([SID])
    journal.begin("accept_all", ALLOWED | {"analytics"})
    journal.note_request(Asked(url="https://shop.example/", kind="document"), is_third_party=False)
    journal.note_request(Asked(url="https://t.example/p?id=7", kind="image"), is_third_party=True)
    journal.note_cookies([GA])
    assert journal.text().splitlines() == [
        "1. goto /   (allowed: security)",
        "     + cookie sid (shop.example/)",
        "2. accept_all   (allowed: analytics, security)",
        "     + cookie _ga (.shop.example/)",
        "     - cookie sid (shop.example/)",
        "       1 request to the site itself",
        "     > third party t.example: image https://t.example/p",
    ]
    assert journal.first_step_with("_ga") == "after accept_all"


def test_no_value_and_no_query_is_in_it() -> None:
    journal = Journal()
    journal.begin("goto /", ALLOWED)
    journal.note_cookies([SID])
    journal.note_request(Asked(url="https://t.example/p?id=secret", kind="image"), is_third_party=True)
    assert "secret" not in journal.text() + repr(journal.cookies)


def test_a_cookie_whose_value_changed_is_no_news() -> None:
    journal = Journal()
    journal.begin("goto /", ALLOWED)
    journal.note_cookies([SID])
    journal.begin("goto /again", ALLOWED)
    journal.note_cookies([KeptCookie(name="sid", value="another", domain="shop.example")])
    assert journal.steps[1].gained == journal.steps[1].lost == ()


def test_many_third_party_requests_are_cut_short() -> None:
    journal = Journal()
    journal.begin("goto /", ALLOWED)
    for number in range(40):
        journal.note_request(Asked(url=f"https://t.example/{number}", kind="image"), is_third_party=True)
    assert len(journal.text().splitlines()) < 20
    assert "and 28 more" in journal.text()
