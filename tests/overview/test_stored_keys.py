"""Guards tell under which keys pages store something, where the overview is on; it is bounded, and never a value."""

import json
import re
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_middleware import ConsentMiddleware, Policy
from consent_middleware.asgi import Header
from consent_middleware.cli import main
from consent_middleware.overview import inventory as inventory_module
from consent_middleware.overview import naming
from consent_middleware.overview.items import Item
from consent_middleware.overview.naming import written_key
from consent_middleware.pages.stored_keys import LIMIT, read_stored_keys
from tests.driving import SAME_ORIGIN, Answer, call, get, mounted, page, scope_of, serving, token, visit_page

TOKEN = "a token that is long enough"
BEARER: Header = (b"authorization", b"Bearer " + TOKEN.encode())
POLICY = """
[[storage]]
key = "drafts"
purpose = "security"
[[storage]]
key = "cache-20261129"
purpose = "preference"
[[storage]]
key = "tab-????????"
kind = "session"
purpose = "preference"
"""


def site(policy: str = POLICY, **options: Any) -> ConsentMiddleware:
    return mounted(page(), policy, overview_token=TOKEN, **options)


def tell(middleware: ConsentMiddleware, told: object, headers: tuple[Header, ...] = SAME_ORIGIN) -> Answer:
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    headers = ((b"content-type", b"text/plain;charset=UTF-8"), *headers)
    return call(middleware, scope_of("/-/privacy/reports", method="POST", headers=headers), body)


def told(*keys: tuple[str, str, bool], path: str = "/shop") -> dict[str, object]:
    return {"path": path, "keys": keys}


def keys(middleware: ConsentMiddleware) -> dict[tuple[str, str], Item]:
    assert middleware.inventory is not None
    return {(item.kind, item.name): item for item in middleware.inventory.items() if item.kind != "cookie"}


def test_it_knows_every_key_whose_it_is_how_often_it_was_refused_and_where_it_was_first_seen() -> None:
    middleware = site()
    first = told(("local", "drafts", False), ("local", "ph_*_posthog", True), ("indexeddb", "own-db", False))
    assert tell(middleware, {**first, "path": "/users/184467/mail?to=jo"}).status == 204
    assert tell(middleware, told(("local", "ph_phc_x_posthog", True), ("session", "own-db", False))).status == 204
    found = keys(middleware)
    assert {place: item.purpose for place, item in found.items()} == {
        ("local", "drafts"): "security",
        ("local", "ph_*"): "analytics",
        ("indexeddb", "own-db"): "undeclared",
        ("session", "own-db"): "undeclared",
    }
    assert found["local", "drafts"].is_declared
    assert not found["local", "ph_*"].is_declared
    assert found["local", "ph_*"].refused == 2
    assert (found["local", "drafts"].refused, found["local", "drafts"].page) == (0, "/users/*/mail")


def test_a_declared_key_is_known_with_the_stars_that_a_page_writes() -> None:
    middleware = site()
    tell(middleware, told(("local", "cache-*", False), ("session", "tab-*", False)))
    found = keys(middleware)
    assert set(found) == {("local", "cache-20261129"), ("session", "tab-????????")}
    assert all(item.is_declared for item in found.values())


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("drafts", "drafts"),
        ("user:jo@example.com:cart", "user:*:cart"),
        ("draft-184467", "draft-*"),
        ("swr-/api/me?token=secret", "swr-/api/me*"),
        ('{"id":5}', "*"),
        ("note Jürgen", "note *"),
        ("x" * 40, "*"),
        ("com.adobe.reactor.core", "com.adobe.reactor.core"),
    ],
)
def test_a_key_is_written_down_without_what_may_identify_a_visitor(name: str, written: str) -> None:
    assert written_key(name) == written
    assert written_key(written) == written


def test_the_page_writes_the_same_stars_before_it_tells() -> None:
    script = (resources.files("banner_templates") / "static" / "telling.js").read_text(encoding="utf-8")
    (personal,) = re.findall(r"const personal = /(.*)/gis;", script)
    assert personal == naming._PERSONAL_KEY.pattern


def test_the_guard_tells_only_where_the_overview_is_on() -> None:
    assert b"data-privacy-tell" not in visit_page(mounted(page(), POLICY)).body
    body = visit_page(site()).body
    assert b' data-privacy-tell="/-/privacy/reports"' in body
    (guard,) = re.findall(r"/-/privacy/static/guard\.\w+\.js", body.decode())
    assert b"sendBeacon" in get(site(), guard).body
    allowed = token(Policy.parse(POLICY), "preference", "analytics", "marketing")
    assert b"data-privacy-tell" not in visit_page(site(), cookie=allowed).body


@pytest.mark.parametrize("policy", [POLICY, 'csp = "report"'])
def test_where_the_overview_is_off_nobody_listens(policy: str) -> None:
    assert tell(mounted(page(), policy), told(("local", "a", False))).status in (404, 415)


def test_without_a_guard_and_in_observe_mode_nobody_listens() -> None:
    assert tell(site("guard = false"), told(("local", "a", False))).status in (404, 415)
    observing = site(mode="observe")
    tell(observing, told(("local", "a", False)))
    assert keys(observing) == {}


def test_other_sites_and_whoever_says_nothing_of_themselves_are_not_heard() -> None:
    middleware = site()
    foreign: list[tuple[Header, ...]] = [
        (),
        ((b"sec-fetch-site", b"cross-site"),),
        ((b"origin", b"https://x.example"),),
    ]
    for headers in foreign:
        assert tell(middleware, told(("local", "a", False)), headers).status == 403
    assert keys(middleware) == {}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[" * 10_000,
        b"\xff",
        b"null",
        told(("cookie", "a", False)),
        told(("local", "", False)),
        told(("local", "x" * 101, False)),
        told(*[("local", f"k{letter}", False) for letter in "abcdefghijklmnopqrstu"]),
        told(("local", "a", False), path="shop"),
        told(("local", "a", False), path="/" + "x" * 256),
        {"path": "/", "keys": [["local", "a", False, "a value"]]},
        {"path": "/", "keys": [["local", "a", "a value"]]},
    ],
)
def test_anything_else_is_refused(body: object) -> None:
    middleware = site()
    assert tell(middleware, body).status == 400
    assert keys(middleware) == {}


def test_too_much_is_refused() -> None:
    assert tell(site(), b" " * (LIMIT + 1)).status == 413


@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: json.dumps(told(("local", text, True))).encode()))
def test_garbage_is_a_value(body: bytes) -> None:
    read = read_stored_keys(body)
    assert read is None or all(written_key(name) for _, name, _ in read.keys)


def test_made_up_keys_fill_nothing_but_their_own_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inventory_module, "LIMIT", 10)
    middleware = site()
    for number in range(30):
        tell(middleware, told(("local", f"x{number}", True)))
    tell(middleware, told(("session", "mine", False)))
    assert len(keys(middleware)) == 11


def test_all_processes_keys_are_on_the_page_with_their_lines_and_in_the_draft(tmp_path: Path) -> None:
    ledger, target = f"sqlite:///{tmp_path / 'consent.db'}", tmp_path / "consent.toml"
    for _ in range(2):
        middleware = site(ledger=ledger)
        with serving(middleware):
            tell(middleware, told(("local", "ph_*", True), ("session", "basket", False), ("local", "drafts", False)))
            shown = get(middleware, "/-/privacy/overview", headers=[BEARER]).body.decode()
    assert "<strong>2</strong> storage keys without a declaration" in shown
    assert "[[storage]]\nkey = &#34;basket&#34;\nkind = &#34;session&#34;\npurpose = &#34;…&#34;" in shown
    assert "refused 2 times" in shown
    assert main(["init", "--from-inventory", ledger, "--output", str(target)]) == 0
    declared = Policy.load(target).declarations.storage
    assert [(entry.key, entry.kind, entry.purpose) for entry in declared] == [("ph_*", "local", "analytics")]
    text = target.read_text(encoding="utf-8")
    assert '# TODO: what is kept under basket for?\n# [[storage]]\n# key = "basket"\n# kind = "session"' in text
