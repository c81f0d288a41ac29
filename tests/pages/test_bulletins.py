"""What visitors are told without being asked: in the banner's place, dismissible, and remembered without an identifier."""

import re
import time
from datetime import date
from urllib.parse import urlencode

import pytest

from consent_middleware import ConsentMiddleware, Policy, get_consent, record_choice
from consent_middleware.policy import timeline
from tests.driving import MARK, SAME_ORIGIN, Answer, App, call, get, mounted, page, scope_of, token, visit_page

NEW_YEAR = timeline.begins_at(date(2030, 1, 1))
FORM = (b"content-type", b"application/x-www-form-urlencoded")
NOTICE = b'data-privacy-ui="notice"'
LEAK = """
[[notices]]
id = "leak"
kind = "incident"
text = "Somebody read our list of addresses. Change your password."
from = 2029-12-01
until = 2030-01-31
url = "/incident"
"""
VERSION = """
[[versions]]
version = "2030-02"
effective = 2030-02-01
summary = "Counting is done by another company."
purposes = ["analytics"]
"""
ALL = Policy().optional


@pytest.fixture(autouse=True)
def new_year(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: NEW_YEAR)


def dismiss(
    middleware: ConsentMiddleware, *notices: str, cookie: str = "", headers: object = SAME_ORIGIN, **more: str
) -> Answer:
    body = urlencode([("notice", name) for name in notices] + list(more.items()))
    scope = scope_of("/-/privacy/notice", method="POST", headers=[*headers, FORM], cookie=cookie)  # type: ignore[misc]
    return call(middleware, scope, body.encode())


def cookie_of(answer: Answer) -> str:
    assert answer.token is not None
    return "{}={}".format(*answer.token)


def test_whoever_has_chosen_is_told_in_the_banners_place_and_not_asked() -> None:
    body = visit_page(mounted(page(), LEAK), cookie=token(LEAK, *ALL)).body
    assert NOTICE in body
    assert MARK not in body
    assert b"Security notice" in body
    assert b"Change your password." in body
    assert b'href="/incident"' in body
    assert b'name="notice" value="notice:leak"' in body


def test_whoever_is_asked_is_told_in_the_banner() -> None:
    body = visit_page(mounted(page(), LEAK)).body
    assert NOTICE not in body
    assert body.index(MARK) < body.index(b"Change your password.") < body.index(b'value="accept-all"')


def test_a_version_is_announced_with_what_it_will_ask_about_and_asks_nothing_yet() -> None:
    body = visit_page(mounted(page(), VERSION), cookie=token(VERSION, *ALL)).body
    assert NOTICE in body
    assert b"This changes on 1 February 2030" in body
    assert b"Counting is done by another company." in body
    assert b"You will then be asked about this again: Analytics." in body


def test_an_immaterial_version_is_only_listed() -> None:
    text = VERSION.replace('purposes = ["analytics"]', "material = false")
    middleware = mounted(page(), text)
    assert NOTICE not in visit_page(middleware, cookie=token(text, *ALL)).body
    assert b"another company" not in get(middleware, "/-/privacy/cookies").body
    past = mounted(page(), text.replace("2030-02-01", "2029-02-01"))
    assert NOTICE not in visit_page(past, cookie=token(text, *ALL)).body
    assert b"another company" in get(past, "/-/privacy/cookies").body


def test_what_changed_is_said_where_it_is_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    cookie = token(VERSION, *ALL)
    monkeypatch.setattr(time, "time", lambda: NEW_YEAR + 31 * 86_400)
    middleware = mounted(page(), VERSION)
    body = visit_page(middleware, cookie=cookie).body
    assert MARK in body
    assert NOTICE not in body
    assert b"What you were told has changed, so this is off until you choose again: Analytics." in body
    assert b"Counting is done by another company." in body
    assert b"Counting is done by another company." in get(middleware, "/-/privacy/preferences", cookie=cookie).body


@pytest.mark.parametrize("path", ["/-/privacy/preferences", "/-/privacy/cookies"])
def test_our_own_pages_tell_everybody(path: str) -> None:
    middleware = mounted(page(), LEAK + VERSION)
    for cookie in ("", token(LEAK + VERSION, *ALL)):
        body = get(middleware, path, cookie=cookie).body
        assert b"Change your password." in body
        assert b"This changes on 1 February 2030" in body


def test_a_dismissal_is_kept_in_the_token_of_the_choice_which_stays_as_old_as_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    middleware = mounted(page(), LEAK + VERSION)
    cookie = token(LEAK + VERSION, "analytics")
    monkeypatch.setattr(time, "time", lambda: NEW_YEAR + 10 * 86_400)
    answer = dismiss(middleware, "notice:leak", cookie=cookie, next="/shop?a=1")
    assert (answer.status, answer.value(b"location")) == (303, b"/shop?a=1")
    (line,) = answer.set_cookies
    assert b"Max-Age=14688000;" in line
    after = cookie_of(answer)
    assert after.partition("=")[2][:16] == cookie.partition("=")[2][:16]
    body = visit_page(middleware, cookie=after).body
    assert b"Change your password." not in body
    assert b"This changes on" in body
    state = get(middleware, "/-/privacy/choice", cookie=after).body
    assert state == get(middleware, "/-/privacy/choice", cookie=cookie).body
    both = dismiss(middleware, "notice:version:2030-02", cookie=after)
    assert NOTICE not in visit_page(middleware, cookie=cookie_of(both)).body


def test_without_a_choice_a_dismissal_says_nothing_but_that_and_ends_with_the_session() -> None:
    everything_off = LEAK + "".join(f"[purposes.{name}]\noffered = false\n" for name in ALL)
    middleware = mounted(page(), everything_off)
    assert NOTICE in visit_page(middleware).body
    answers = [dismiss(middleware, "notice:leak") for _ in range(2)]
    (line,) = answers[0].set_cookies
    assert b"Max-Age" not in line
    assert b"=----------------" in line
    # The same for everybody: it tells no visitor from another.
    assert answers[0].set_cookies == answers[1].set_cookies
    cookie = cookie_of(answers[0])
    assert NOTICE not in visit_page(middleware, cookie=cookie).body
    state = get(middleware, "/-/privacy/choice", cookie=cookie).body
    assert b'"choice_made":false' in state


def test_whoever_dismissed_before_choosing_gets_an_id_only_with_the_choice() -> None:
    middleware = mounted(page(), LEAK)
    cookie = cookie_of(dismiss(middleware, "notice:leak"))
    assert MARK in visit_page(middleware, cookie=cookie).body
    scope = scope_of("/-/privacy/choice", method="POST", headers=[*SAME_ORIGIN, FORM], cookie=cookie)
    chosen = cookie_of(call(middleware, scope, b"action=reject-all"))
    assert "----------------" not in chosen
    assert NOTICE not in visit_page(middleware, cookie=chosen).body


def test_whoever_chooses_beside_a_notice_has_seen_it() -> None:
    middleware = mounted(page(), LEAK + VERSION)
    scope = scope_of("/-/privacy/choice", method="POST", headers=[*SAME_ORIGIN, FORM])
    cookie = cookie_of(call(middleware, scope, b"action=reject-all&layer=banner"))
    assert NOTICE not in visit_page(middleware, cookie=cookie).body
    later = mounted(page(), LEAK + VERSION + LEAK.replace('"leak"', '"another"'))
    assert NOTICE in visit_page(later, cookie=cookie).body


def test_a_choice_that_the_app_records_tells_nobody_anything() -> None:
    class Choosing(App):
        async def act(self) -> None:
            record_choice(self.scope, allow={"analytics"})

    cookie = cookie_of(get(mounted(Choosing(), LEAK)))
    assert NOTICE in visit_page(mounted(page(), LEAK), cookie=cookie).body


@pytest.mark.parametrize(
    ("headers", "status"),
    [([(b"sec-fetch-site", b"cross-site")], 403), ([(b"origin", b"https://evil.example")], 403), ([], 403)],
)
def test_another_site_dismisses_nothing(headers: list[tuple[bytes, bytes]], status: int) -> None:
    answer = dismiss(mounted(page(), LEAK), "notice:leak", headers=headers)
    assert (answer.status, answer.set_cookies) == (status, [])


def test_a_browser_without_fetch_metadata_dismisses_by_the_token_in_the_form() -> None:
    middleware = mounted(page(), LEAK)
    cookie = token(LEAK, *ALL)
    asked = [(b"accept", b"text/html"), (b"upgrade-insecure-requests", b"1")]
    body = call(middleware, scope_of(headers=asked, cookie=cookie)).body
    form = body[body.index(NOTICE) :]
    found = re.search(rb'name="token" value="(\w+)"', form)
    assert found is not None
    answer = dismiss(middleware, "notice:leak", cookie=cookie, headers=[], token=found[1].decode())
    assert answer.token is not None


@pytest.mark.parametrize("named", [(), ("notice:none",), ("analytics",), ("notice:leak\n",), ("\ud800x",)])
def test_what_is_not_up_is_ignored(named: tuple[str, ...]) -> None:
    body = urlencode([("notice", name) for name in named], errors="replace")
    scope = scope_of("/-/privacy/notice", method="POST", headers=[*SAME_ORIGIN, FORM])
    answer = call(mounted(page(), LEAK), scope, body.encode())
    assert (answer.status, answer.set_cookies, answer.value(b"location")) == (303, [], b"/")


def test_a_way_back_never_leads_to_another_site() -> None:
    for place in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        assert dismiss(mounted(page(), LEAK), "notice:leak", next=place).value(b"location") == b"/"


def test_where_nothing_is_up_there_is_no_such_address_and_no_cost() -> None:
    middleware = mounted(page())
    assert dismiss(middleware, "notice:leak").status == 404
    assert NOTICE not in visit_page(middleware, cookie=token(None, *ALL)).body


def test_a_page_whose_policy_excludes_us_links_to_what_is_told() -> None:
    strict = page(headers=[(b"content-security-policy", b"default-src 'none'")])
    body = visit_page(mounted(strict, LEAK), cookie=token(LEAK, *ALL)).body
    assert b'<a href="/incident">Security notice</a>' in body


def test_without_the_entry_a_notice_is_shown_all_the_same() -> None:
    text = 'entry = "manual"\ncsp = "off"\nguard = false\n' + LEAK
    middleware = mounted(page(), text)
    answer = dismiss(middleware, "notice:leak", cookie=token(text, *ALL))
    assert NOTICE in visit_page(middleware, cookie=token(text, *ALL)).body
    assert NOTICE not in visit_page(middleware, cookie=cookie_of(answer)).body


def test_a_notice_that_is_over_leaves_no_trace_of_a_changed_policy() -> None:
    """What the token still says of it is not an answer that counts no more."""
    dismissed = cookie_of(dismiss(mounted(page(), LEAK), "notice:leak", cookie=token(LEAK, "analytics")))
    app = App()
    get(mounted(app), cookie=dismissed)
    consent = get_consent(app.scope)
    assert consent.choice_made
    assert not consent.is_outdated
    assert consent.seen == frozenset()


def test_a_notice_that_is_over_is_gone_from_the_next_token_and_sets_none_by_itself() -> None:
    dismissed = cookie_of(dismiss(mounted(page(), LEAK), "notice:leak", cookie=token(LEAK, "analytics")))
    over = mounted(page())
    assert visit_page(over, cookie=dismissed).set_cookies == []

    def choose(cookie: str) -> str:
        scope = scope_of("/-/privacy/choice", method="POST", headers=[*SAME_ORIGIN, FORM], cookie=cookie)
        return cookie_of(call(over, scope, b"action=accept-all"))

    after, never = choose(dismissed), choose("")
    assert len(after) == len(never)
    assert after.count(".") == never.count(".") == dismissed.count(".") - 1


def test_of_two_notices_the_one_that_is_over_goes_when_the_other_is_dismissed() -> None:
    another = LEAK.replace('"leak"', '"move"')
    first = cookie_of(dismiss(mounted(page(), LEAK), "notice:leak"))
    only = cookie_of(dismiss(mounted(page(), another), "notice:move"))
    after = cookie_of(dismiss(mounted(page(), another), "notice:move", cookie=first))
    assert len(after) == len(only)
