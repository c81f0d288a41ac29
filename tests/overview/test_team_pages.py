"""The team's page opens to whoever may see it, and to nobody else."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from consent_middleware import ConfigurationError, ConsentMiddleware
from consent_middleware.asgi import Header, Scope
from consent_middleware.cli import main
from consent_middleware.errors import LedgerUnavailable
from consent_middleware.storage.database import Database
from tests.driving import KEY, SAME_ORIGIN, Answer, App, call, get, mounted, page, scope_of, serving, token, visit_page

TOKEN = "a token that is long enough"
OVERVIEW = "/-/privacy/overview"
METRICS = "/-/privacy/metrics"
FORM: Header = (b"content-type", b"application/x-www-form-urlencoded")
BEARER: Header = (b"authorization", b"Bearer " + TOKEN.encode())
TAGS = b"""<!doctype html><html><head><script src="https://cdn.unknown.example/x.js"></script></head><body></body></html>"""


def site(tmp_path: Path | None = None, app: App | None = None, policy: str = "", **options: Any) -> ConsentMiddleware:
    ledger = f"sqlite:///{tmp_path / 'consent.db'}" if tmp_path is not None else None
    options = {"overview_token": TOKEN, **options}
    return mounted(app or page("zzz=1", body=TAGS), policy or None, ledger=ledger, **options)


def sign_in(middleware: ConsentMiddleware, presented: str = TOKEN, **options: Any) -> Answer:
    headers = [FORM, *options.pop("headers", SAME_ORIGIN)]
    scope = scope_of(OVERVIEW, method="POST", headers=headers, **options)
    return call(middleware, scope, f"token={presented.replace(' ', '+')}".encode())


def choose(middleware: ConsentMiddleware, action: str, **options: Any) -> Answer:
    scope = scope_of("/-/privacy/choice", method="POST", headers=[FORM, *SAME_ORIGIN], **options)
    return call(middleware, scope, f"action={action}&layer=banner&lang=en".encode())


def cookie_of(answer: Answer) -> str:
    (line,) = answer.set_cookies
    return line.partition(b";")[0].decode()


def text(answer: Answer) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", answer.body.decode()).split())


def test_it_is_off_by_default() -> None:
    assert get(mounted(page()), OVERVIEW).status == 404
    assert get(mounted(page()), METRICS).status == 404


@pytest.mark.parametrize("path", [OVERVIEW, METRICS])
@pytest.mark.parametrize(
    "headers",
    [
        (),
        ((b"authorization", b"Bearer wrong"),),
        ((b"authorization", b"Basic " + TOKEN.encode()),),
        ((b"authorization", b"\xff"),),
    ],
)
def test_nobody_sees_it_without_the_token(path: str, headers: tuple[Header, ...]) -> None:
    answer = get(site(), f"{path}?token={TOKEN.replace(' ', '+')}", headers=headers)
    assert answer.status == 401
    assert b"Bearer" in (answer.value(b"www-authenticate") or b"")
    assert b"zzz" not in answer.body
    assert answer.set_cookies == []


def test_a_sign_in_lasts_in_a_cookie_that_no_script_and_no_other_path_gets() -> None:
    middleware = site()
    answer = sign_in(middleware)
    assert (answer.status, answer.value(b"location")) == (303, OVERVIEW.encode())
    (line,) = answer.set_cookies
    assert b"; HttpOnly; SameSite=Lax" in line
    assert b"Path=/-/privacy;" in line
    assert TOKEN.encode() not in line
    shown = get(middleware, OVERVIEW, cookie=cookie_of(answer))
    assert shown.status == 200
    assert "Privacy overview" in text(shown)
    assert len(shown.set_cookies) == 1
    assert get(middleware, METRICS, cookie=cookie_of(answer)).status == 200


def test_on_https_the_cookie_is_a_secure_one() -> None:
    middleware = site(policy='[site]\nurl = "https://www.shop.example"\n')
    (line,) = sign_in(middleware, scheme="https").set_cookies
    assert line.startswith(b"__Secure-privacy_team=")
    assert b"; Secure" in line


@pytest.mark.parametrize("presented", ["", "wrong", TOKEN + "x", TOKEN[:-1], "é" * 20, "x" * 100_000])
def test_another_token_does_not_open_it(presented: str) -> None:
    answer = sign_in(site(), presented)
    assert answer.status == 401
    assert answer.set_cookies == []
    assert "That is not the token." in text(answer)


def test_a_form_of_another_site_signs_nobody_in_or_out() -> None:
    foreign = [(b"sec-fetch-site", b"cross-site")]
    assert sign_in(site(), headers=foreign).status == 403
    scope = scope_of(f"{OVERVIEW}/sign-out", method="POST", headers=foreign)
    assert call(site(), scope).set_cookies == []


def test_a_cookie_of_another_token_key_or_time_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    cookie = cookie_of(sign_in(site()))
    assert get(site(overview_token="another token, long enough"), OVERVIEW, cookie=cookie).status == 401
    assert get(site(secret_key="another key"), OVERVIEW, cookie=cookie).status == 401
    assert get(site(), OVERVIEW, cookie=cookie[:-2] + "xx").status == 401
    assert get(site(overview_token=["a newer token, long enough", TOKEN]), OVERVIEW, headers=[BEARER]).status == 200
    import time

    late = time.time() + 3700
    monkeypatch.setattr(time, "time", lambda: late)
    assert get(site(), OVERVIEW, cookie=cookie).status == 401
    assert get(site(), METRICS, cookie=cookie).status == 401


def test_signing_out_ends_it() -> None:
    answer = call(site(), scope_of(f"{OVERVIEW}/sign-out", method="POST", headers=SAME_ORIGIN))
    assert answer.status == 303
    assert answer.names_expired == ["privacy_team"]


def test_the_apps_own_check_decides_too() -> None:
    seen: list[str] = []

    def check(scope: Scope) -> bool:
        seen.append(scope["path"])
        return (b"x-staff", b"1") in scope["headers"]

    async def later(scope: Scope) -> bool:
        return check(scope)

    checks: tuple[Callable[[Scope], Any], ...] = (check, later)
    for each in checks:
        middleware = site(overview_token=None, overview=each)
        assert get(middleware, OVERVIEW).status == 403
        assert get(middleware, OVERVIEW, headers=[(b"x-staff", b"1")]).status == 200
    assert seen == [OVERVIEW] * 4


@pytest.mark.parametrize("options", [{"overview_token": "short"}, {"overview_token": ""}, {"overview": "yes"}])
def test_what_keeps_nobody_out_is_refused_at_start_up(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        site(**options)


def test_it_shows_what_visitors_chose_and_what_was_refused(tmp_path: Path) -> None:
    middleware = site(tmp_path)
    with serving(middleware):
        visit_page(middleware, "/basket", cookie="_ga=1; odd=2")
        for action in ("accept-all", "accept-all", "reject-all"):
            assert choose(middleware, action).status == 303
        visit_page(middleware, "/basket", cookie=token())
    with serving(middleware):
        shown = text(get(middleware, OVERVIEW, headers=[BEARER]))
    assert "3 choices in 30 days" in shown
    assert "67 % accepted everything" in shown
    assert "33 % refused everything" in shown
    assert re.search(r"banner, en, text [0-9a-f]{8}", shown)
    assert "en 1 page without a choice" in shown
    assert "cdn.unknown.example" in shown
    assert "name = &#34;odd&#34;" in shown
    assert "3 records in 1 chain" in shown
    assert "never: consent-middleware ledger verify" in shown
    assert "GA1" not in shown


def test_a_stanza_on_the_page_declares_the_cookie_once_a_purpose_is_put_in() -> None:
    middleware = site()
    visit_page(middleware, "/", cookie='odd"<b>=1; plain=1')
    body = get(middleware, OVERVIEW, headers=[BEARER]).body.decode()
    assert "<b>" not in body
    stanzas = re.findall(r"data-overview-copy>(.*?)</pre>", body, re.DOTALL)
    declared = next(stanza for stanza in stanzas if "plain" in stanza).replace("&#34;", '"').replace("…", "security")
    policy = site(policy=declared).policy
    assert policy.find_cookie("plain") is not None


def test_in_observe_mode_the_team_has_its_page_and_the_app_all_others(tmp_path: Path) -> None:
    app = page("zzz=1")
    middleware = site(tmp_path, app, mode="observe")
    visit_page(middleware, "/start", cookie="odd=1")
    assert get(middleware, OVERVIEW).status == 401
    answer = get(middleware, OVERVIEW, headers=[BEARER])
    assert "odd" in text(answer)
    for path in re.findall(r'(?:href|src)="(/-/privacy/static/[^"]+)"', answer.body.decode()):
        assert get(middleware, path).status == 200
        assert b"Shop" not in get(middleware, path).body
    assert b"Shop" in get(middleware, "/-/privacy/preferences").body


def test_without_a_ledger_it_shows_what_this_process_saw() -> None:
    middleware = site()
    visit_page(middleware, "/", cookie="_ga=1")
    choose(middleware, "accept-all")
    shown = text(get(middleware, OVERVIEW, headers=[BEARER]))
    assert "Without a ledger nothing is kept" in shown
    assert "_ga" in shown
    assert 'consent_choices_total{outcome="accept"} 1' in get(middleware, METRICS, headers=[BEARER]).body.decode()


def test_a_dead_database_is_said_and_the_page_still_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    middleware = site(tmp_path)
    visit_page(middleware, "/", cookie="_ga=1")

    async def fail(*_: object, **__: object) -> None:
        raise LedgerUnavailable("the disk is gone")

    with serving(middleware):
        monkeypatch.setattr(Database, "run", fail)
        answer = get(middleware, OVERVIEW, headers=[BEARER])
        assert answer.status == 200
        assert "the disk is gone" in text(answer)
        assert "_ga" in text(answer)
        assert get(middleware, METRICS, headers=[BEARER]).status == 503
        monkeypatch.undo()


def test_the_last_verification_is_on_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    middleware = site(tmp_path)
    with serving(middleware):
        choose(middleware, "accept-all")
    monkeypatch.setenv("CONSENT_SECRET_KEY", KEY)
    assert main(["ledger", "verify", f"sqlite:///{tmp_path / 'consent.db'}"]) == 0
    with serving(middleware):
        assert "it held, 1 record" in text(get(middleware, OVERVIEW, headers=[BEARER]))


def test_the_page_needs_nothing_that_its_own_policy_forbids() -> None:
    body = get(site(), OVERVIEW, headers=[BEARER]).body.decode()
    assert "style=" not in body
    assert not re.search(r"<script(?![^>]*src=)", body)
    assert "<style" not in body
    assert not re.search(r"\son\w+=", body)


def test_head_has_the_headers_and_other_methods_are_refused() -> None:
    middleware = site()
    head = call(middleware, scope_of(OVERVIEW, method="HEAD", headers=[BEARER]))
    assert (head.status, head.body) == (200, b"")
    assert call(middleware, scope_of(OVERVIEW, method="PUT", headers=[BEARER])).status == 405


def test_every_color_of_the_page_is_said_somewhere() -> None:
    static = Path(__file__).parents[2] / "banner_templates" / "static"
    own, shared = ((static / name).read_text(encoding="utf-8") for name in ("overview.css", "choices.css"))
    used = set(re.findall(r"var\((--_[\w-]+)", own))
    said = set(re.findall(r"(--_[\w-]+):", own + shared))
    assert used
    assert used <= said
