import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tests.pages.conftest import ORIGIN
from tests.pages.site import COOKIE, Site

CHOICE = "/-/privacy/choice"
FORM = {"content-type": "application/x-www-form-urlencoded"}


def test_accepting_by_a_form_is_recorded_before_it_leads_back(site: Site, client: TestClient) -> None:
    answer = client.post(CHOICE, data={"action": "accept-all", "next": "/a?b=c"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/a?b=c"
    assert answer.cookies.get(COOKIE)
    (visit,) = site.recorded
    assert visit.is_committed
    assert visit.method == "form"
    assert {"analytics", "marketing", "preference"} <= visit.consent.allowed
    assert "disclosure" not in visit.consent.allowed


def test_rejecting_refuses_everything_that_is_optional(site: Site, client: TestClient) -> None:
    client.post(CHOICE, data={"action": "reject-all"})
    state = client.get(CHOICE).json()
    assert state["choice_made"]
    assert state["allowed"] == ["authentication", "security"]
    assert {"analytics", "tracker", "disclosure"} <= set(state["refused"])
    assert state["asks"] == []


def test_saving_allows_what_was_selected(client: TestClient) -> None:
    client.post(CHOICE, data={"action": "save", "purpose": ["preference", "disclosure"]})
    assert client.get(CHOICE).json()["allowed"] == ["authentication", "security", "preference", "disclosure"]


def test_json_is_answered_with_the_new_state(site: Site, client: TestClient) -> None:
    answer = client.post(
        CHOICE, json={"action": "save", "purposes": ["analytics"], "services": ["tracker"], "lang": "zh-Hans"}
    )
    assert answer.status_code == 200
    assert answer.json()["allowed"] == ["authentication", "security", "analytics", "tracker"]
    assert answer.json()["refused"] == ["preference", "marketing", "network", "device", "disclosure", "heatmap", "ads"]
    assert site.recorded[0].method == "json"
    assert site.recorded[0].language == "zh-Hans"


def test_an_open_page_is_told_what_its_banner_says_from_now_on(client: TestClient) -> None:
    asked = client.post(CHOICE, json={"action": "always-allow", "service": "heatmap"}).json()["asking"]
    assert asked.startswith("Allowed: Analytics (Heatmap). Not decided yet, so this is off: Preferences,")
    assert client.post(CHOICE, json={"action": "reject-all"}).json()["asking"] == ""


def test_the_state_before_a_choice_says_what_is_asked(client: TestClient) -> None:
    assert client.get(CHOICE).json() == {
        "choice_made": False,
        "allowed": ["authentication", "security"],
        "refused": [],
        "asks": ["preference", "analytics", "marketing", "network", "device"],
        "honors_gpc": False,
        "since": None,
        "policy_version": "2024-08",
        "policy_digest": client.get(CHOICE).json()["policy_digest"],
    }


def test_the_state_tells_that_a_signal_is_honored(client: TestClient) -> None:
    state = client.get(CHOICE, headers={"sec-gpc": "1"}).json()
    assert state["honors_gpc"]
    assert "marketing" not in state["asks"]


@pytest.mark.parametrize(
    "next_page", ["//evil.net", "/\\evil.net", "https://evil.net/", "/%5cevil.net", "/\t/evil.net", ""]
)
def test_a_next_that_leads_off_the_site_becomes_the_preference_center(client: TestClient, next_page: str) -> None:
    answer = client.post(CHOICE, data={"action": "reject-all", "next": next_page})
    assert answer.headers["location"] == "/-/privacy/preferences?saved=1"


@pytest.mark.parametrize("site_header", ["cross-site", "same-site", "none"])
def test_what_another_site_sends_changes_nothing(site: Site, client: TestClient, site_header: str) -> None:
    headers = {"sec-fetch-site": site_header}
    form = client.post(CHOICE, data={"action": "accept-all"}, headers=headers)
    script = client.post(CHOICE, json={"action": "accept-all"}, headers=headers)
    assert form.status_code == script.status_code == 403
    assert script.json()["error"] == "foreign"
    assert not site.recorded
    assert COOKIE not in client.cookies


def test_an_old_browser_with_our_origin_needs_no_token(old_client: TestClient) -> None:
    answer = old_client.post(CHOICE, data={"action": "reject-all"}, headers={"origin": ORIGIN})
    assert answer.status_code == 303


@pytest.mark.parametrize("headers", [{}, {"origin": "null"}])
def test_a_form_that_nothing_proves_needs_the_token_of_its_page(
    site: Site, old_client: TestClient, headers: dict[str, str]
) -> None:
    without = old_client.post(CHOICE, data={"action": "accept-all"}, headers=headers)
    assert without.status_code == 403
    assert not site.recorded
    token = token_in(old_client.get("/").text)
    assert old_client.post(CHOICE, data={"action": "accept-all", "token": token}, headers=headers).status_code == 303
    # The choice gave this visitor an id: forms that are shown from now on are bound to it.
    again = old_client.post(CHOICE, data={"action": "reject-all", "token": token}, headers=headers)
    assert again.status_code == 403
    token = token_in(old_client.get("/-/privacy/preferences").text)
    assert old_client.post(CHOICE, json={"action": "reject-all", "token": token}, headers=headers).status_code == 200


def token_in(html: str) -> str:
    return html.partition('name="token" value="')[2].partition('"')[0]


def test_a_declared_origin_may_read_and_record_a_choice(site: Site, old_client: TestClient) -> None:
    headers = {"origin": "https://app.example.com", "sec-fetch-site": "cross-site"}
    preflight = old_client.options(CHOICE, headers={**headers, "access-control-request-method": "POST"})
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-headers"] == "Content-Type"
    for answer in (
        preflight,
        old_client.get(CHOICE, headers=headers),
        old_client.post(CHOICE, json={"action": "accept-all"}, headers=headers),
        old_client.post(CHOICE, json={}, headers=headers),
    ):
        assert answer.headers["access-control-allow-origin"] == "https://app.example.com"
        assert answer.headers["access-control-allow-credentials"] == "true"
        assert answer.headers["vary"] == "Origin"
    assert len(site.recorded) == 1


def test_no_other_origin_may_read_the_answer(old_client: TestClient) -> None:
    for method in ("GET", "OPTIONS", "POST"):
        answer = old_client.request(
            method, CHOICE, headers={"origin": "https://evil.net", "sec-fetch-site": "cross-site"}
        )
        assert "access-control-allow-origin" not in answer.headers
        assert answer.headers["vary"] == "Origin"


def test_a_choice_that_the_ledger_does_not_take_is_not_made(site: Site, client: TestClient) -> None:
    site.is_ledger_down = True
    answer = client.post(CHOICE, data={"action": "save", "purpose": "analytics", "service": "tracker", "next": "/a"})
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "10"
    assert "Nothing was allowed" in answer.text
    assert COOKIE not in client.cookies
    for field in (
        'name="purpose" value="analytics"',
        'name="service" value="tracker"',
        'name="next" value="/a"',
        'value="save"',
    ):
        assert field in answer.text
    script = client.post(CHOICE, json={"action": "accept-all"})
    assert script.status_code == 503
    assert script.json()["error"] == "unsaved"
    assert not client.get(CHOICE).json()["choice_made"]


def test_a_refusal_takes_effect_although_the_ledger_is_down(
    site: Site, client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    site.is_ledger_down = True
    assert client.post(CHOICE, data={"action": "reject-all"}).status_code == 303
    assert "did not record" in caplog.text
    assert client.get(CHOICE).json()["choice_made"]


def test_a_body_that_is_too_large_is_not_read(site: Site, client: TestClient) -> None:
    assert client.post(CHOICE, content=b"action=accept-all&x=" + b"y" * 20_000, headers=FORM).status_code == 413
    chunks = iter([b"action=accept-all&x=", *[b"y" * 1000] * 20])
    assert client.post(CHOICE, content=chunks, headers=FORM).status_code == 413
    assert not site.recorded


@pytest.mark.parametrize("media_type", ["", "text/plain", "multipart/form-data; boundary=x", "application/jsonp"])
def test_only_forms_and_json_are_read(client: TestClient, media_type: str) -> None:
    headers = {"content-type": media_type} if media_type else {}
    assert client.post(CHOICE, content=b'{"action": "accept-all"}', headers=headers).status_code == 415


def test_what_is_malformed_is_answered_with_400(client: TestClient) -> None:
    assert client.post(CHOICE, data={"action": "erase"}).status_code == 400
    malformed = client.post(CHOICE, content=b"{", headers={"content-type": "application/json"})
    assert malformed.status_code == 400
    assert malformed.json()["error"] == "malformed"


_bodies = st.binary(max_size=120) | st.sampled_from(
    [
        b"action=save&purpose=%ff&next=//x",
        b"action=save&lang=%00",
        json.dumps({"action": "save", "next": "\ud800"}).encode(),
    ]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(body=_bodies, media_type=st.sampled_from([FORM["content-type"], "application/json"]), token=st.text(max_size=10))
def test_no_body_makes_an_error(client: TestClient, body: bytes, media_type: str, token: str) -> None:
    answer = client.post(CHOICE, content=body, headers={"content-type": media_type})
    assert answer.status_code in (200, 303, 400)


def test_a_get_changes_nothing(site: Site, client: TestClient) -> None:
    for path in (
        f"{CHOICE}?action=accept-all",
        "/-/privacy/preferences?action=accept-all&saved=1",
        "/-/privacy/cookies",
    ):
        assert client.get(path).status_code == 200
    assert not site.recorded
    assert COOKIE not in client.cookies
