"""What the best server-side peer does (ASP.NET Core's cookie policy), on three frameworks, and what it does not do."""

import json
import logging
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route

from consent_middleware.asgi import ASGIApp
from tests.driving import MARK, Answer, call, mounted, scope_of, token, visit_page

from .apps import PAGE, SITES


@pytest.fixture(params=SITES)
def site(request: pytest.FixtureRequest) -> ASGIApp:
    return SITES[request.param]()


@pytest.fixture(params=["starlette", "fastapi"])
def site_with_sockets(request: pytest.FixtureRequest) -> ASGIApp:
    return SITES[request.param]()


def get(site: ASGIApp, path: str, policy: str | None = None, *, mode: str = "enforce", **options: Any) -> Answer:
    answer = call(mounted(site, policy, mode=mode), scope_of(path, **options))
    assert answer.error is None
    return answer


def said(answer: Answer) -> Any:
    return json.loads(answer.body)


def test_without_consent_only_essential_cookies_and_deletions_pass(site: ASGIApp) -> None:
    answer = get(site, "/")
    assert answer.names_set == ["sessionid"]
    assert answer.names_expired == ["_fbp"]


def test_in_observe_mode_all_cookies_flow(site: ASGIApp) -> None:
    assert sorted(get(site, "/", mode="observe").names_set) == ["_ga", "sessionid", "zzz"]
    seen = said(get(site, "/read", mode="observe", cookie="_ga=1; sessionid=2"))
    assert seen == {"cookies": {"_ga": "1", "sessionid": "2"}, "analytics": False}


def test_with_consent_the_cookie_passes_for_400_days_at_most(site: ASGIApp) -> None:
    (line,) = [line for line in get(site, "/", cookie=token(None, "analytics")).set_cookies if line[:3] == b"_ga"]
    assert b"Max-Age=34560000" in line
    assert b"Domain=shop.example" in line


def test_the_app_reads_no_refused_cookie(site: ASGIApp) -> None:
    assert said(get(site, "/read", cookie="_ga=1; sessionid=2; zzz=3")) == {
        "cookies": {"sessionid": "2", "zzz": "3"},
        "analytics": False,
    }


@pytest.mark.parametrize(
    "garbage", ["privacy=yes", "privacy=", "privacy=a.b.c", "privacy=1", pytest.param(f"x{token()}", id="another")]
)
def test_a_garbage_value_means_no_consent(site: ASGIApp, garbage: str) -> None:
    assert said(get(site, "/read", cookie=garbage))["analytics"] is False
    assert get(site, "/", cookie=garbage).names_set == ["sessionid"]


def test_a_grant_takes_effect_within_the_same_request(site: ASGIApp) -> None:
    answer = get(site, "/grant", method="GET")
    assert said(answer) == {"analytics": True}
    assert sorted(answer.names_set) == ["_ga", "privacy", "sessionid"]
    later = get(site, "/read", cookie="_ga=1; {}={}".format(*answer.token or ("", "")))
    assert said(later)["analytics"] is True
    assert said(later)["cookies"]["_ga"] == "1"


def test_a_grant_is_idempotent(site: ASGIApp) -> None:
    first = get(site, "/grant")
    again = get(site, "/grant", cookie="{}={}".format(*first.token or ("", "")))
    assert sorted(again.names_set) == ["_ga", "privacy", "sessionid"]


def test_a_grant_after_the_response_has_started_sets_state_without_a_crash(
    site: ASGIApp, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "consent_middleware"):
        answer = get(site, "/grant-late")
    assert answer.body == b"before True"
    assert answer.token is None
    assert "after the response had started" in caplog.text


def test_a_withdrawal_takes_effect_within_the_same_request_and_drops_what_it_sets(site: ASGIApp) -> None:
    answer = get(site, "/withdraw", cookie=f"_ga=1; sessionid=2; {token(None, 'analytics')}")
    assert said(answer) == {"analytics": False}
    assert sorted(answer.names_set) == ["privacy", "sessionid"]
    assert "_ga" in answer.names_expired
    again = get(site, "/withdraw", cookie="{}={}".format(*answer.token or ("", "")))
    assert sorted(again.names_set) == ["privacy", "sessionid"]


@pytest.mark.parametrize("path", ["/away", "/missing"])
def test_redirects_and_missing_pages_are_gated(site: ASGIApp, path: str) -> None:
    answer = get(site, path, cookie="_ga=1")
    assert answer.status == {"/away": 303, "/missing": 404}[path]
    assert set(answer.names_set) <= {"sessionid"}


def test_a_broken_page_is_what_it_is_without_us(site: ASGIApp) -> None:
    bare = call(site, scope_of("/fail"))
    gated = call(mounted(site, 'entry = "manual"'), scope_of("/fail"))
    assert (gated.status, gated.body, type(gated.error)) == (500, bare.body, type(bare.error))


def test_a_page_gets_the_banner_and_a_json_answer_does_not(site: ASGIApp) -> None:
    middleware = mounted(site)
    assert MARK in visit_page(middleware, "/").body
    assert MARK not in visit_page(middleware, "/read").body


def test_attributes_are_only_raised_and_only_of_declared_cookies(site: ASGIApp) -> None:
    policy = '[[cookies]]\nname = "sessionid"\npurpose = "authentication"\nsecure = true\nsame_site = "Strict"\n'
    (line,) = [line for line in get(site, "/", policy).set_cookies if line.startswith(b"sessionid")]
    assert line.lower().endswith(b"; secure; samesite=strict")
    (line,) = [line for line in get(site, "/").set_cookies if line.startswith(b"sessionid")]
    assert b"secure" not in line.lower()


def test_the_pages_of_ours_are_there(site: ASGIApp) -> None:
    assert get(site, "/-/privacy/preferences").status == 200
    assert said(get(site, "/.well-known/gpc.json"))["gpc"] is True


def test_mounted_twice_consent_is_still_enforced(site: ASGIApp) -> None:
    answer = call(mounted(mounted(site)), scope_of("/", cookie="_ga=1"))
    assert answer.names_set == ["sessionid"]


def test_a_websocket_is_gated_both_ways(site_with_sockets: ASGIApp) -> None:
    scope = scope_of("/socket", kind="websocket", scheme="ws", cookie=f"_ga=1; _fbp=2; {token(None, 'analytics')}")
    answer = call(mounted(site_with_sockets), scope)
    assert answer.names_set == ["_ga", "sessionid"]
    seen = json.loads(answer.messages[1]["text"])
    assert seen["analytics"] is True
    assert sorted(seen["cookies"]) == ["_ga", "privacy"]


def test_a_page_of_a_mounted_app_leads_to_the_choices_of_the_whole_one() -> None:
    inner = Starlette(routes=[Route("/page", lambda request: HTMLResponse(PAGE))])
    for outer in (Starlette(routes=[Mount("/shop", app=inner)]), FastAPI()):
        if isinstance(outer, FastAPI):
            outer.mount("/shop", inner)
        answer = visit_page(mounted(outer), "/shop/page")
        assert b'action="/-/privacy/choice"' in answer.body
        assert b'name="next" value="/shop/page"' in answer.body
        mounted_itself = Starlette(routes=[Mount("/site", app=mounted(outer))])
        assert b'action="/site/-/privacy/choice"' in visit_page(mounted_itself, "/site/shop/page").body
