"""In observe mode the middleware remembers what a site really does, and changes nothing."""

import gzip
from pathlib import Path

import pytest

from consent_middleware import ConsentMiddleware, Policy
from consent_middleware.asgi import Header
from consent_middleware.cli import main
from consent_middleware.overview.items import Item
from tests.driving import App, call, mounted, page, scope_of, serving, token, visit_page

POLICY = """
[site]
url = "http://www.shop.example"
[[services]]
id = "video"
purpose = "marketing"
hosts = ["player.video.example"]
"""
TAGS = b"""<!doctype html><html><head><script src="https://www.google-analytics.com/analytics.js"></script>
<link rel="stylesheet" href="//fonts.unknown.example/a.css"><script>/* http://www.w3.org/2000/svg */</script></head>
<body><a href="https://partner.example/">A link asks nobody</a><img src="https://www.shop.example/logo.png">
<img src="\\\\\\\\tracker.unknown.example/p"><iframe src="https:&#x2f;&#x2f;player.video.example/1"></iframe><p>https://text.example/</p></body></html>"""


def items(middleware: ConsentMiddleware, kind: str) -> dict[str, Item]:
    assert middleware.inventory is not None
    return {item.name: item for item in middleware.inventory.items() if item.kind == kind}


def observed(app: App, policy: str = POLICY, **options: object) -> ConsentMiddleware:
    return mounted(app, policy, mode="observe", **options)


def test_it_knows_every_cookie_by_name_why_it_is_refused_and_where_it_was_first_seen() -> None:
    app = page("sessionid=secret; HttpOnly; Path=/", "_ga=GA1.1.2.3; Domain=shop.example; Max-Age=63072000", "zzz=1")
    middleware = observed(app)
    visit_page(middleware, "/basket?id=7", cookie="theme=dark; _ga=GA1.1.2.3; odd=1")
    visit_page(middleware, "/other", cookie="theme=dark; _ga=GA1.1.2.3; odd=1")
    found = items(middleware, "cookie")
    assert found.keys() == {"sessionid", "_ga", "zzz", "theme", "odd"}
    ga = found["_ga"]
    assert (ga.purpose, ga.page, ga.domain, ga.lifetime) == ("analytics", "/basket", "shop.example", 400 * 86_400)
    assert ga.refused == 4  # hidden twice, dropped twice
    assert found["sessionid"].refused == 0
    assert (found["odd"].purpose, found["odd"].source) == ("unclassified", "browser")
    assert "Google" in ga.reason
    assert "secret" not in repr(found)
    assert "GA1" not in repr(found)


def test_our_own_cookie_and_deletions_are_not_the_sites_cookies() -> None:
    middleware = observed(page("old=; Max-Age=0"))
    visit_page(middleware, cookie=token())
    assert items(middleware, "cookie") == {}


@pytest.mark.parametrize("coding", ["", "gzip", "broken"])
def test_it_knows_every_host_that_a_page_asks(coding: str) -> None:
    body = gzip.compress(TAGS) if coding == "gzip" else TAGS
    headers: list[Header] = [(b"content-encoding", b"gzip")] if coding else []
    app = page(headers=headers, body=[body[:100], body[100:]])
    middleware = observed(app)
    answer = visit_page(middleware, "/start")
    assert answer.body == body
    found = items(middleware, "host")
    if coding == "broken":
        assert found == {}
        return
    assert {name: item.purpose for name, item in found.items()} == {
        "www.google-analytics.com": "analytics",
        "fonts.unknown.example": "undeclared",
        "player.video.example": "marketing",
        "tracker.unknown.example": "undeclared",
    }
    assert found["player.video.example"].is_declared
    assert not found["www.google-analytics.com"].is_declared
    assert found["fonts.unknown.example"].page == "/start"


def test_of_several_content_types_the_last_counts_as_in_browsers() -> None:
    types: list[Header] = [(b"content-type", b"text/plain"), (b"content-type", b"text/html")]
    for headers, is_read in ((types, True), (types[::-1], False)):
        middleware = observed(App(headers=headers, body=TAGS))
        visit_page(middleware)
        assert bool(items(middleware, "host")) == is_read


def test_without_observing_and_without_an_overview_nothing_is_remembered() -> None:
    assert mounted(page()).inventory is None


def test_what_the_site_itself_listens_to_still_hears_everything() -> None:
    heard: list[str] = []
    middleware = observed(page("zzz=1"), report=lambda finding: heard.append(finding.action))
    call(middleware, scope_of(cookie="_ga=1"))
    assert {"hide", "drop", "mask"} <= set(heard)


def test_from_observing_to_a_policy_that_is_enforced_without_breaking_the_site(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger, target = f"sqlite:///{tmp_path / 'consent.db'}", tmp_path / "consent.toml"
    app = page("shop_login=secret; HttpOnly; Path=/", "_ga_ABC123=1; Max-Age=86400; Domain=shop.example", body=TAGS)
    middleware = ConsentMiddleware(app, secret_key="k", mode="observe", ledger=ledger)
    with serving(middleware):
        visit_page(middleware, "/", cookie="theme_choice=dark; zzz=1")
    assert main(["init", "--from-inventory", ledger, "--site", "http://www.shop.example", "--output", str(target)]) == 0
    assert "questions are open" in capsys.readouterr().out
    text = target.read_text(encoding="utf-8")
    policy = Policy.load(target)
    assert policy.declarations.site.url == "http://www.shop.example"
    assert {cookie.pattern: cookie.purpose for cookie in policy.declarations.cookies if cookie.pattern} == {
        "_ga_*": "analytics"
    }
    assert "what is zzz for?" in text
    assert "first at /" in text
    assert "fonts.unknown.example" in text
    enforced = mounted(app, policy)
    answer = visit_page(enforced, "/")
    assert answer.names_set == ["shop_login"]
    assert b"www.google-analytics.com" not in answer.body


def test_an_empty_inventory_is_said_to_be_empty(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ledger = f"sqlite:///{tmp_path / 'consent.db'}"
    with serving(mounted(App(), ledger=ledger)):
        pass
    assert main(["init", "--from-inventory", ledger, "--output", str(tmp_path / "c.toml")]) == 1
    assert "The inventory is empty" in capsys.readouterr().err
    assert main(["init", "--from-inventory", f"sqlite:///{tmp_path / 'none.db'}"]) == 1
    assert "no ledger" in capsys.readouterr().err
