import re
from html import unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from consent_middleware.policy import Policy
from tests.driving import App, call, mounted, scope_of
from tests.pages.conftest import ORIGIN
from tests.pages.site import POLICY, Site

PREFERENCES = "/-/privacy/preferences"
DECLARATION = "/-/privacy/cookies"
CHOICE = "/-/privacy/choice"


def text_of(html: str) -> str:
    """What a person reads, in one line."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def box(html: str, name: str) -> str:
    """The checkbox of a purpose or a service."""
    found = re.search(rf'<input type="checkbox"[^>]*data-privacy-(?:purpose|service)="{name}"[^>]*>', html)
    return found[0] if found else ""


@pytest.mark.parametrize("path", [PREFERENCES, DECLARATION, "/-/privacy/nothing"])
def test_every_page_is_private_and_runs_under_a_strict_policy(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"].startswith("default-src 'self'; ")
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-type"] == "text/html; charset=utf-8"


def test_nothing_is_ticked_before_a_choice(client: TestClient) -> None:
    page = client.get(PREFERENCES).text
    assert " checked" not in page
    assert "You have not chosen yet" in page
    for name in ("preference", "analytics", "disclosure", "tracker"):
        assert f'value="{name}"' in box(page, name)


def test_what_is_always_on_is_told_and_not_offered(client: TestClient) -> None:
    page = client.get(PREFERENCES).text
    assert not box(page, "authentication")
    always = text_of(page.partition("Always on")[2])
    assert "Signing in" in always
    assert "sid" in always
    assert "Until you close the browser" in always
    assert "disabled" not in page


def test_a_purpose_that_is_asked_for_separately_stands_apart(client: TestClient) -> None:
    before, _, after = client.get(PREFERENCES).text.partition("Asked for separately")
    assert box(after, "disclosure")
    assert not box(before, "disclosure")


def test_a_choice_is_shown_with_its_dates(client: TestClient) -> None:
    client.post(CHOICE, data={"action": "save", "purpose": ["analytics", "disclosure"], "service": "tracker"})
    page = client.get(f"{PREFERENCES}?saved=1").text
    assert "checked" in box(page, "analytics")
    assert "checked" in box(page, "tracker")
    assert "checked" not in box(page, "heatmap")
    assert 'name="listed" value="analytics"' in page
    text = text_of(page)
    assert "Saved. Allowed: Analytics (Tracker Analytics) and Disclosure to partners." in text
    assert re.search(r"Your choice of \d+ \w+ 20\d\d holds until \d+ \w+ 20\d\d\.", text)


def test_saved_is_never_said_before_a_choice(client: TestClient) -> None:
    assert "Saved." not in client.get(f"{PREFERENCES}?saved=1").text


def test_a_changed_purpose_is_marked(site: Site, client: TestClient) -> None:
    client.post(CHOICE, data={"action": "accept-all"})
    changed = Policy.parse(POLICY.replace("13 months", "9 months"))
    again = TestClient(Site(changed), base_url=ORIGIN, cookies=client.cookies)
    text = text_of(again.get(PREFERENCES).text)
    assert "What you were told has changed, so this is off until you choose again: Analytics." in text
    assert "Analytics Changed" in text


def test_who_allowed_one_frame_only_is_not_told_of_a_change(client: TestClient) -> None:
    client.post(CHOICE, data={"action": "always-allow", "service": "heatmap"})
    text = text_of(client.get(PREFERENCES).text)
    assert "Allowed: Analytics (Heatmap). Your choice of" in text
    assert "Not decided yet, so this is off: Preferences, Marketing, Network details and Device details." in text
    assert "Changed" not in text


def test_an_honored_signal_is_displayed(client: TestClient) -> None:
    page = client.get(PREFERENCES, headers={"sec-gpc": "1"}).text
    assert "Opt-Out Request Honored" in page
    assert "keeps this off: Marketing." in text_of(page)
    assert box(page, "marketing")


def test_where_the_signal_always_wins_there_is_no_switch_that_would_do_nothing() -> None:
    client = TestClient(Site(Policy.parse('gpc = "signal"\n' + POLICY)))
    page = client.get(PREFERENCES, headers={"sec-gpc": "1"}).text
    assert not box(page, "marketing")
    assert not box(page, "ads")
    assert box(client.get(PREFERENCES).text, "marketing")


def test_the_language_follows_the_browser_or_the_address(client: TestClient) -> None:
    chinese = {"accept-language": "zh-CN,zh;q=0.9,en;q=0.5"}
    for answer in (client.get(PREFERENCES, headers=chinese), client.get(f"{PREFERENCES}?lang=zh-Hans")):
        assert answer.headers["content-language"] == "zh-Hans"
        assert '<html lang="zh-Hans" dir="ltr"' in answer.text
        assert "隐私选择" in answer.text
        assert "示例云" in answer.text
    assert client.get(f"{PREFERENCES}?lang=en", headers=chinese).headers["content-language"] == "en"
    assert client.get(f"{PREFERENCES}?lang=xx").headers["content-language"] == "en"


def test_a_page_links_to_itself_in_the_other_languages(client: TestClient) -> None:
    page = client.get(f"{PREFERENCES}?next=/a%3Fb").text
    assert 'href="?next=%2Fa%3Fb&amp;lang=zh-Hans" hreflang="zh-Hans"' in page


def test_an_unsafe_next_leads_to_the_start(client: TestClient) -> None:
    assert 'href="/" data-privacy-action="close"' in client.get(f"{PREFERENCES}?next=//evil.net").text
    assert 'href="/a" data-privacy-action="close"' in client.get(f"{PREFERENCES}?next=/a").text


def test_old_browsers_get_a_token_in_the_form(old_client: TestClient, client: TestClient) -> None:
    assert 'name="token"' in old_client.get(PREFERENCES).text
    assert 'name="token"' not in client.get(PREFERENCES).text


def test_the_declaration_names_everything(client: TestClient) -> None:
    text = text_of(client.get(DECLARATION).text)
    for said in (
        "sid Until you close the browser Keeps you signed in.",
        "lang 12 months The language you picked.",
        "_ga* Tracker Analytics 13 months Tells one visitor from another.",
        "privacy 6 months Remembers your privacy choices.",
        "Recipient Tracker GmbH Country Germany Hosts tracker.example.net",
        "Disclosure to partners",
        "IP address",
        "Place Mainland China",
        "Records of choices 3 years",
        "2024-08 26 August 2024: First version",
        "privacy@example.com",
    ):
        assert said in text


RECORDER = """
[recorder]
page_views = true
clicks = true
fields = ["ip", "device_model"]
"""


@pytest.mark.parametrize("path", [PREFERENCES, DECLARATION])
def test_what_is_recorded_is_told_with_the_purposes_it_waits_for(path: str) -> None:
    text = text_of(TestClient(Site(Policy.parse(POLICY + RECORDER))).get(path).text)
    assert "Recorded by this site: the pages you open and the buttons you press," in text
    assert "Kept for: 90 days." in text
    for field in ("IP address", "Device model"):
        assert f"Where you also allow “Analytics”, this may be recorded with each page or button: {field}." in text
    assert "ecorded" not in text_of(TestClient(Site()).get(path).text)


@pytest.mark.parametrize(
    ("switch", "said"), [("page_views", "the pages you open, with"), ("clicks", "the buttons you press, with")]
)
def test_only_what_is_switched_on_is_told(switch: str, said: str) -> None:
    policy = Policy.parse(f"[recorder]\n{switch} = true\n")
    text = text_of(TestClient(Site(policy)).get(PREFERENCES).text)
    assert f"Recorded by this site: {said}" in text
    assert "Details : Analytics" in text


def test_the_declaration_names_what_scripts_keep_and_where(client: TestClient) -> None:
    page = client.get("/-/privacy/cookies").text
    for text in (
        "trk_*",
        "Local storage",
        "Remembers which experiment",
        "trk_tab",
        "Session storage",
        "Until you close the tab",
    ):
        assert text in page
    for text in ("trk-events", "Browser database", "Until it is deleted"):
        assert text in page
    assert "3 entries in your browser" in client.get("/-/privacy/preferences").text


def test_a_service_links_to_its_policy_only_by_http(client: TestClient) -> None:
    policy = Policy.parse(POLICY.replace("https://tracker.example.net/privacy", "javascript:alert(1)"))
    assert "javascript:" not in TestClient(Site(policy)).get(DECLARATION).text
    assert 'href="https://tracker.example.net/privacy"' in client.get(DECLARATION).text


def test_the_built_in_policy_has_pages_too() -> None:
    client = TestClient(Site(Policy()))
    assert (
        client.get(PREFERENCES).status_code == client.get(DECLARATION).status_code == client.get("/").status_code == 200
    )


def test_a_teams_own_template_replaces_a_block(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text('{% extends "built-in/page.html" %}{% block footer %}<p>Ours</p>{% endblock %}')
    page = TestClient(Site(templates=tmp_path)).get(PREFERENCES).text
    assert "<p>Ours</p>" in page
    assert box(page, "analytics")


def test_what_a_visitor_sends_is_escaped(client: TestClient, site: Site) -> None:
    site.is_ledger_down = True
    answer = client.post(CHOICE, data={"action": "save", "purpose": ['"><script>', "analytics"], "next": '/"><script>'})
    assert answer.status_code == 503
    assert "<script" not in answer.text
    assert "<script" not in client.get(f'{PREFERENCES}?next=/"><script>&lang="><script>').text


@pytest.mark.parametrize(
    "query", ["a=%ff", "&".join(["a=1"] * 100), "next=%00", "lang=" + "x" * 5000, "next=/" + "y" * 5000]
)
def test_no_query_string_makes_an_error(client: TestClient, query: str) -> None:
    assert client.get(f"{PREFERENCES}?{query}").status_code == 200


def test_the_declaration_says_where_identifiers_travel_and_who_sees_an_address_without_asking() -> None:
    policy = """
[site]
languages = ["en", "zh-Hans"]

[[telemetry]]
field = "cid"
purpose = "analytics"
title.en = "Client number"
title.zh-Hans = "客户端编号"
cookie = "cid"
header = "X-Client-ID"

[[grounds]]
purpose = "security"
reason.en = "Limits how often somebody may try a password"
reason.zh-Hans = "限制尝试密码的次数"
paths = ["/login"]
"""
    middleware = mounted(App(), policy)
    english = call(middleware, scope_of("/-/privacy/cookies")).body.decode()
    assert "<strong>Client number</strong> <small>cookie <code" in english
    assert '<small>request header <code dir="ltr">X-Client-ID</code></small>' in english
    assert "<strong>Full IP address</strong> Limits how often somebody may try a password" in english
    chinese = call(middleware, scope_of("/-/privacy/cookies", headers=[(b"accept-language", b"zh-CN")])).body.decode()
    assert "<small>请求标头 <code" in chinese
    assert "<strong>完整的 IP 地址</strong> 限制尝试密码的次数" in chinese
