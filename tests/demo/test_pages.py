"""The console behind the middleware, as a visitor meets it."""

import re

import pytest

from tests.demo.conftest import SAME_ORIGIN, TRACKER, Visitor

PAGES = ["/", "/sign-up", "/sign-in", "/preferences", "/analytics", "/inspect", "/privacy"]
COUNTING = {"_ga", "_ga_DEMO", "visitor_id", "_fbp"}


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_every_page_opens_in_both_languages_without_anything_inline(visitor: Visitor, path: str, language: str) -> None:
    page = visitor.read(path, **{"accept-language": language})
    assert f'<html lang="{"en" if language == "en" else "zh-Hans"}"' in page
    assert re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", page) is None
    assert TRACKER not in page


def test_a_visit_leaves_no_cookie(visitor: Visitor) -> None:
    visitor.read("/")
    visitor.read("/inspect")
    assert visitor.cookies == set()


def test_only_a_form_leaves_its_guard(visitor: Visitor) -> None:
    visitor.read("/sign-in")
    assert visitor.cookies == {"form_guard"}


def test_an_account_can_be_made_left_and_entered_again(visitor: Visitor) -> None:
    assert visitor.client.get("/console").headers["location"] == "/sign-in"
    assert visitor.sign_up() == 303
    assert "First project" in visitor.read("/console")
    assert visitor.send("/sign-out", page="/console") == 303
    assert visitor.client.get("/console").status_code == 303
    assert visitor.send("/sign-in", email="ADA@example.com", password="correct horse") == 303
    assert "ada@example.com" in visitor.read("/console")


def test_the_session_cookie_cannot_be_read_by_scripts_and_lasts_only_where_asked(visitor: Visitor) -> None:
    visitor.sign_up()
    (short,) = (cookie for cookie in visitor.client.cookies.jar if cookie.name == "console_session")
    assert short.expires is None
    assert short.has_nonstandard_attr("HttpOnly")
    visitor.send("/sign-in", email="ada@example.com", password="correct horse", keep="on")
    (long,) = (cookie for cookie in visitor.client.cookies.jar if cookie.name == "console_session")
    assert long.expires is not None


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"email": "ada", "password": "correct horse", "age": "on"}, "does not look like"),
        ({"email": "ada@example.com", "password": "short", "age": "on"}, "10 to 200"),
        ({"email": "ada@example.com", "password": "correct horse"}, "younger than 14"),
    ],
)
def test_a_form_that_will_not_do_says_why(visitor: Visitor, fields: dict[str, str], text: str) -> None:
    token = re.search(r'name="form_token" value="([0-9a-f]+)"', visitor.read("/sign-up"))
    assert token is not None
    answer = visitor.client.post("/sign-up", data={**fields, "form_token": token[1]}, headers=SAME_ORIGIN)
    assert answer.status_code == 400
    assert text in answer.text


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(visitor: Visitor) -> None:
    visitor.sign_up()
    visitor.client.cookies.clear()
    token = re.search(r'name="form_token" value="([0-9a-f]+)"', visitor.read("/sign-in"))
    assert token is not None
    answers = [
        visitor.client.post("/sign-in", data={"email": email, "password": "wrong", "form_token": token[1]}).text
        for email in ("ada@example.com", "bob@example.com")
    ]
    assert answers[0].replace("ada", "bob") == answers[1]


@pytest.mark.parametrize("path", ["/sign-up", "/sign-in", "/sign-out", "/preferences", "/console/projects"])
def test_a_form_of_another_site_is_refused(visitor: Visitor, path: str) -> None:
    visitor.sign_up()
    other = Visitor(visitor.client)
    assert visitor.client.post(path, data={"name": "x"}).status_code == 403
    token = re.search(r'name="form_token" value="([0-9a-f]+)"', other.read("/preferences"))
    assert token is not None
    stolen = visitor.client.post(path, data={"form_token": token[1]}, headers={"sec-fetch-site": "cross-site"})
    assert stolen.status_code == 403
    visitor.client.cookies.delete("form_guard")
    assert visitor.client.post(path, data={"form_token": token[1]}).status_code == 403


def test_a_long_form_is_refused_unread(visitor: Visitor) -> None:
    assert visitor.client.post("/sign-in", content=b"x" * 20_000).status_code == 413


def test_projects_are_made_and_their_keys_renewed(visitor: Visitor) -> None:
    visitor.sign_up()
    assert visitor.send("/console/projects", page="/console", name=" <b>Radio</b>  one ") == 303
    page = visitor.read("/console")
    assert "&lt;b&gt;Radio&lt;/b&gt; one" in page
    renew = re.findall(r'action="(/console/projects/\d+/key)"', page)[0]
    assert visitor.send(renew, page="/console") == 303
    assert visitor.send("/console/projects/1/key", page="/console") == 404
    assert visitor.send("/console/projects", page="/console", name=" ") == 400


def test_preferences_take_effect_at_once_and_before_any_choice(visitor: Visitor) -> None:
    assert visitor.send("/preferences", lang="zh-Hans", tz="UTC", region="US", font="serif") == 303
    assert '<html lang="zh-Hans"' in visitor.read("/-/privacy/preferences", **{"accept-language": "en"})
    page = visitor.read("/preferences")
    assert '<html lang="zh-Hans" class="font-serif">' in page
    assert "$10.00" in page
    kept = {cookie.name: cookie.expires for cookie in visitor.client.cookies.jar}
    assert {name: kept[name] for name in ("lang", "tz", "region", "font")} == dict.fromkeys(
        ("lang", "tz", "region", "font")
    )


def test_preferences_last_once_they_are_allowed(visitor: Visitor) -> None:
    visitor.choose("save", "preference")
    visitor.send("/preferences", lang="zh-Hans", tz="UTC", region="CN", font="sans")
    assert all(cookie.expires for cookie in visitor.client.cookies.jar if cookie.name == "lang")
    assert COUNTING & visitor.cookies == set()


def test_a_setting_that_was_never_offered_is_ignored(visitor: Visitor) -> None:
    visitor.send("/preferences", lang="tlh", tz="Mars/Olympus", region="../..", font='"><script>')
    assert {"lang", "tz", "region", "font"} & visitor.cookies == set()


def test_counting_works_where_it_is_allowed_and_stops_where_it_is_withdrawn(visitor: Visitor) -> None:
    visitor.choose("accept-all")
    visitor.read("/")
    assert visitor.cookies >= COUNTING
    visitor.choose("reject-all")
    visitor.read("/")
    assert COUNTING & visitor.cookies == set()


def test_the_third_party_is_embedded_only_where_it_is_allowed(visitor: Visitor) -> None:
    visitor.choose("accept-all")
    answer = visitor.client.get("/analytics")
    assert answer.text.count(f'src="{TRACKER}/') == 3
    assert f'href="{TRACKER}/"' in answer.text
    visitor.choose("reject-all")
    answer = visitor.client.get("/analytics")
    assert TRACKER not in answer.text
    assert answer.text.count('data-privacy-gated="tallymark"') == 4


def test_surveys_and_disclosure_are_two_questions(visitor: Visitor) -> None:
    visitor.sign_up()
    assert "Three questions" not in visitor.read("/console")
    visitor.choose("accept-all")
    assert "was not allowed" in visitor.read("/console")
    visitor.choose("save", "survey", "disclosure", "linden-research")
    assert "Three questions" in visitor.read("/console")


def test_inspect_shows_both_sides_of_an_example(visitor: Visitor) -> None:
    page = visitor.read("/inspect?as=phone")
    assert row(page, "client") == ["203.0.113.77 51234", "203.0.113.0 0"]
    assert row(page, "log")[1].startswith("203.0.113.0")
    assert row(page, "x-uidh")[1] == "hidden"
    assert "SM-S918B" in row(page, "user-agent")[0]
    assert "SM-S918B" not in row(page, "user-agent")[1]
    assert row(page, "visitor_id")[1].startswith("blocked")
    assert row(page, "layout_engine")[-1] == "Blink"
    # What it sends, what the app saw, which purpose it waits for.
    assert row(page, "device_model") == [
        "Device details not allowed",
        "User-Agent, Sec-CH-UA-Model",
        "SM-S918B",
        "nothing",
    ]
    assert "x-uidh<small>none: nobody was ever asked</small>" in page
    assert "user-agent<small>Device details</small>" in page


def test_inspect_shows_everything_once_everything_is_allowed(visitor: Visitor) -> None:
    visitor.choose("accept-all")
    page = visitor.read("/inspect?as=phone")
    assert row(page, "client")[1] == "203.0.113.77 51234"
    assert row(page, "user-agent")[1] == "same"
    assert row(page, "visitor_id")[1] == "set"
    assert row(page, "x-uidh")[1] == "hidden"


def test_a_browsers_own_signal_refuses_what_it_speaks_of(visitor: Visitor) -> None:
    visitor.choose("accept-all")
    page = visitor.read("/inspect?as=laptop")
    assert 'data-name="visitor_id" data-outcome="sent"' in page
    # The choice came before the signal, and the policy lets the later of the two win.
    assert 'data-name="_fbp" data-outcome="blocked"' in page


def test_a_lifetime_beyond_the_declared_one_is_cut(visitor: Visitor) -> None:
    visitor.choose("accept-all")
    asked, got = row(visitor.read("/inspect"), "_ga")
    assert "Max-Age=63072000" in asked
    assert got.startswith("set, altered")
    assert "Max-Age=33696000" in got


def test_an_unknown_page_is_a_page_too(visitor: Visitor) -> None:
    answer = visitor.client.get("/nowhere")
    assert answer.status_code == 404
    assert "There is no such page" in answer.text


def row(page: str, name: str) -> list[str]:
    """The cells of the table row of that name, as a reader sees them."""
    found = re.search(rf'<tr data-name="{name}".*?</tr>', page, re.DOTALL)
    assert found is not None, name
    cells = re.findall(r"<td>(.*?)</td>", found[0], re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in cells]
