"""Which refused cookies disappear from the browser, and which are left alone."""

import random
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from consent_middleware import ConsentMiddleware, record_choice
from consent_middleware.gates.expiry import MAX_BYTES, MAX_LINES, deletion, parent_domains, plausible_places
from consent_middleware.gates.findings import Finding
from consent_middleware.gates.seen import SeenCookies
from consent_middleware.storage.sightings import CookieSighting
from tests.driving import App, call, get, mounted, name, page, scope_of, serving, token, visit_page

GA = '[[cookies]]\nname = "_ga"\npurpose = "analytics"\n'


class Choosing(App):
    """An app that records a choice before it answers."""

    allow: tuple[str, ...] = ()

    async def act(self) -> None:
        record_choice(self.scope, allow=self.allow)


def place(line: bytes) -> tuple[str, str | None, str, bool]:
    """Name, Domain, Path and Partitioned of a deletion."""
    assert b"; Max-Age=0; " in line
    fields = dict(part.strip().partition("=")[::2] for part in line.decode().split(";"))
    return name(line), fields.get("Domain"), fields["Path"], "Partitioned" in fields


def expired(middleware: ConsentMiddleware, path: str = "/", **options: Any) -> list[tuple[str, str | None, str, bool]]:
    answer = visit_page(middleware, path, **options)
    assert answer.error is None
    return [place(line) for line in answer.set_cookies]


def test_without_a_token_cookies_are_hidden_and_stay() -> None:
    assert expired(mounted(page()), cookie="_ga=1") == []


def test_a_refused_cookie_that_arrives_with_a_navigation_is_expired() -> None:
    assert ("_ga", None, "/", False) in expired(mounted(page()), cookie=f"_ga=1; {token()}")


@pytest.mark.parametrize(
    "bad",
    ["privacy=x", "privacy=", token(None, secret_key="another key"), token(chosen_at=1_000_000)],
    ids=["malformed", "empty", "another key", "expired"],
)
def test_a_token_that_is_none_refuses_nothing(bad: str) -> None:
    assert expired(mounted(page()), cookie=f"_ga=1; {bad}") == []


def test_the_token_of_plain_http_counts_for_nothing_on_https() -> None:
    assert expired(mounted(page()), cookie=f"_ga=1; {token()}", scheme="https") == []
    assert expired(mounted(page()), cookie=f"_ga=1; {token(is_secure=True)}", scheme="https") != []


def test_necessary_unclassified_and_allowed_cookies_are_never_expired() -> None:
    policy = 'unclassified = "hide"'
    cookie = f"sessionid=1; csrftoken=2; zzz=3; _ga=4; {token(policy, 'analytics')}"
    assert expired(mounted(page(), policy), cookie=cookie) == []


@pytest.mark.parametrize("destination", [b"empty", b"image", b"script", b"iframe", b"frame", b"style", b"video"])
def test_nothing_is_expired_on_a_subresource(destination: bytes) -> None:
    headers = [(b"sec-fetch-dest", destination), (b"sec-fetch-mode", b"no-cors")]
    for app, lines in ((page(), []), (page("sessionid=2"), [b"sessionid=2"])):
        assert get(mounted(app), headers=headers, cookie=f"_ga=1; {token()}").set_cookies == lines


def test_nothing_is_expired_when_a_websocket_opens() -> None:
    answer = call(mounted(App(headers=[])), scope_of(kind="websocket", scheme="ws", cookie=f"_ga=1; {token()}"))
    assert answer.set_cookies == []


@pytest.mark.parametrize(
    "header",
    [
        (b"cache-control", b"public"),
        (b"Cache-Control", b"max-age=60, must-revalidate"),
        (b"cache-control", b"S-MaxAge=60"),
        (b"expires", b"Fri, 01 Jan 2099 00:00:00 GMT"),
        (b"cdn-cache-control", b"max-age=60"),
        (b"surrogate-control", b"max-age=60"),
    ],
)
def test_nothing_is_expired_in_a_response_that_caches_share(header: tuple[bytes, bytes]) -> None:
    app = App(headers=[(b"content-type", b"image/png"), header])
    assert expired(mounted(app), cookie=f"_ga=1; {token()}") == []


@pytest.mark.parametrize(
    "header",
    [(b"cache-control", b"private, max-age=60"), (b"cache-control", b"no-store"), (b"cache-control", b"max-age=0")],
)
def test_a_private_response_expires(header: tuple[bytes, bytes]) -> None:
    app = App(headers=[(b"content-type", b"image/png"), header])
    assert expired(mounted(app), cookie=f"_ga=1; {token()}") != []


def test_a_public_page_that_the_banner_makes_private_expires() -> None:
    app = page(headers=[(b"cache-control", b"public, max-age=60")])
    answer = visit_page(mounted(app), cookie=f"_ga=1; {token()}")
    assert answer.value(b"cache-control") == b"private, max-age=60"
    assert "_ga" in answer.names_expired


def test_a_cookie_seen_being_set_is_expired_exactly_there() -> None:
    app = Choosing(
        "a_ga=1; Path=/checkout; Domain=.Shop.example",
        "_gid=1; Path=/p",
        "__Secure-_ga=1; Secure; Path=/; Domain=shop.example",
        "__Host-_ga=1; Secure; Path=/",
        "_ga=1; Secure; Path=/; Partitioned; SameSite=None",
    )
    policy = '[[cookies]]\nname = "a_ga"\npurpose = "analytics"\n'
    answer = get(mounted(app, policy), "/elsewhere", scheme="https")
    assert [place(line) for line in answer.set_cookies[1:]] == [
        ("a_ga", "shop.example", "/checkout", False),
        ("_gid", None, "/p", False),
        ("__Secure-_ga", "shop.example", "/", False),
        ("__Host-_ga", None, "/", False),
        ("_ga", None, "/", True),
    ]
    assert all(b"; Secure; HttpOnly" in line for line in answer.set_cookies[1:])
    assert answer.set_cookies[-1].endswith(b"; SameSite=None; Partitioned")


def test_a_cookie_without_a_path_is_expired_at_its_default_path() -> None:
    app = App("_ga=1")
    middleware = mounted(app)
    get(middleware, "/shop/cart/add")
    assert expired(middleware, "/shop/cart/list", cookie=f"_ga=1; {token()}")[0] == ("_ga", None, "/shop/cart", False)


def test_where_nobody_knows_the_place_the_plausible_ones_are_tried() -> None:
    places = expired(mounted(page()), "/a/b", cookie=f"_ga=1; {token(is_secure=True)}", scheme="https")
    for wanted in [
        ("_ga", None, "/", False),
        ("_ga", "www.shop.example", "/", False),
        ("_ga", "shop.example", "/", False),
        ("_ga", None, "/", True),
        ("_ga", None, "/a", False),
        ("_ga", None, "/a/", False),
        ("_ga", None, "/a/b", False),
        ("_ga", "shop.example", "/a", False),
    ]:
        assert wanted in places


def test_on_plain_http_no_secure_attribute_makes_the_browser_ignore_the_deletion() -> None:
    answer = visit_page(mounted(page()), cookie=f"_ga=1; {token()}")
    assert answer.set_cookies
    assert not any(b"Secure" in line or b"Partitioned" in line for line in answer.set_cookies)


def test_a_host_prefixed_cookie_has_one_place_only() -> None:
    places = list(plausible_places("__Host-_ga", "www.shop.example", "/a/b", is_secure=True))
    assert {(place.domain, place.path) for place in places} == {(None, "/")}


@pytest.mark.parametrize(
    ("host", "domains"),
    [
        ("www.shop.example", ["www.shop.example", "shop.example"]),
        ("SHOP.example.", ["shop.example"]),
        ("localhost", []),
        ("127.0.0.1", []),
        ("[2001:db8::1]", []),
        ("", []),
    ],
)
def test_the_domains_of_a_host_are_its_parents(host: str, domains: list[str]) -> None:
    assert parent_domains(host) == domains


def test_one_response_carries_at_most_thirty_lines_and_two_kibibytes() -> None:
    cookie = "; ".join(f"_ga_{n:050}=1" for n in range(60))
    policy = '[[cookies]]\npattern = "_ga_*"\npurpose = "analytics"\n'
    answer = visit_page(mounted(page(), policy), "/a/b/c", cookie=f"{cookie}; {token(policy)}")
    assert 10 < len(answer.set_cookies) <= MAX_LINES
    assert sum(map(len, answer.set_cookies)) <= MAX_BYTES
    short = "; ".join(f"_ga_{n}=1" for n in range(60))
    answer = visit_page(mounted(page(), policy), cookie=f"{short}; {token(policy)}")
    assert 20 < len(answer.set_cookies) <= MAX_LINES


def test_the_rest_follows_on_later_navigations_even_where_some_cookies_cannot_be_deleted() -> None:
    policy = '[[cookies]]\npattern = "_ga_*"\npurpose = "analytics"\n'
    random.seed(1)
    middleware = mounted(page(), policy)
    places = {0: (None, "/never"), 1: ("other.example", "/"), 2: ("shop.example", "/a/b/"), 3: (None, "/a")}
    stored = {f"_ga_{n}": places.get(n, (None, "/")) for n in range(70)}
    for _ in range(60):
        cookie = "; ".join(f"{each}=1" for each in stored)
        for each, domain, path, _ in expired(
            middleware, "/a/b/c/d", host="a.b.c.shop.example", cookie=f"{cookie}; {token(policy)}"
        ):
            if stored.get(each) == (domain, path):
                del stored[each]
    assert stored.keys() == {"_ga_0", "_ga_1"}


def test_a_line_too_long_for_the_budget_does_not_hold_up_the_others() -> None:
    policy = '[[cookies]]\npattern = "_g*"\npurpose = "analytics"\n'
    cookie = f"_g{'x' * 2100}=1; _ga=1; {token(policy)}"
    assert "_ga" in {each[0] for each in expired(mounted(page(), policy), cookie=cookie)}


def test_a_withdrawal_expires_in_a_fresh_process_what_the_request_carried() -> None:
    answer = get(mounted(Choosing()), cookie=f"_ga=1; sessionid=2; zzz=3; {token(None, 'analytics')}")
    assert ("_ga", None, "/", False) in [place(line) for line in answer.set_cookies[1:]]
    assert set(answer.names_expired) == {"_ga"}


def test_a_withdrawal_reaches_paths_that_the_request_did_not_carry() -> None:
    app = Choosing("_ga=1; Path=/checkout")
    app.allow = ("analytics",)
    middleware = mounted(app)
    granted = get(middleware)
    assert granted.names_set == ["_ga", "privacy"]
    app.allow, app.headers = (), []
    withdrawn = get(middleware, "/", cookie="{}={}".format(*granted.token or ("", "")))
    assert ("_ga", None, "/checkout", False) in [place(line) for line in withdrawn.set_cookies[1:]]


def test_a_withdrawal_reaches_the_paths_that_the_policy_declares() -> None:
    policy = GA + 'paths = ["/checkout", "/p/"]\ndomain = "shop.example"\n'
    answer = get(mounted(Choosing(), policy), cookie=token(policy, "analytics"))
    assert [place(line) for line in answer.set_cookies[1:]] == [
        ("_ga", "shop.example", "/checkout", False),
        ("_ga", "shop.example", "/p/", False),
    ]


def test_a_withdrawal_reaches_what_another_process_saw_before_it_started(tmp_path: Path) -> None:
    ledger = f"sqlite:///{tmp_path / 'consent.db'}"
    setting = Choosing("_ga=1; Path=/checkout")
    setting.allow = ("analytics",)
    first = mounted(setting, ledger=ledger)
    with serving(first):
        granted = get(first)
    assert granted.names_set == ["_ga", "privacy"]
    second = mounted(Choosing(), ledger=ledger)
    with serving(second):
        withdrawn = get(second, cookie="{}={}".format(*granted.token or ("", "")))
    assert ("_ga", None, "/checkout", False) in [place(line) for line in withdrawn.set_cookies[1:]]


def test_what_the_same_response_sets_is_dropped_when_it_withdraws() -> None:
    answer = get(mounted(Choosing("_ga=1; Path=/")), cookie=f"_ga=1; {token(None, 'analytics')}")
    assert answer.names_set == ["privacy"]
    assert "_ga" in answer.names_expired


def test_a_place_is_never_more_than_a_place() -> None:
    """A cookie set without a Path lives where its request went, and a visitor chooses that path."""
    app = App("_ga=1")
    middleware = mounted(app)
    for path in ("/x;Max-Age=99;Domain=evil.example;/y", "/a\r\nSet-Cookie: b=c/", "/\x00/", "/é/x"):
        call(middleware, {**scope_of("/"), "raw_path": path.encode()})
        call(middleware, {**scope_of("/"), "raw_path": None, "path": path})
    app = Choosing()
    middleware.app = app
    answer = get(middleware, cookie=token(None, "analytics"))
    for line in answer.set_cookies[1:]:
        assert re.fullmatch(rb"_ga=; Max-Age=0; Path=/[!-:<-~\x80-\xff]*", line)


def test_a_flood_of_made_up_places_does_not_make_the_real_one_forgotten() -> None:
    app = Choosing("_ga=1")
    app.allow = ("analytics",)
    middleware = mounted(app)
    get(middleware, "/shop/x")
    for number in range(40):
        get(middleware, f"/{number}/x")
        if number % 10 == 5:
            get(middleware, "/shop/x")
    app.headers, app.allow = [], ()
    assert ("_ga", None, "/shop", False) in [place(line) for line in get(middleware).set_cookies[1:]]


def test_what_was_seen_longest_ago_makes_room() -> None:
    seen = SeenCookies()
    new = CookieSighting(name="_ga", domain=None, path="/", secure=False, partitioned=False)
    others = [replace(new, path=f"/{number}") for number in range(30)]
    for sighting in (new, *others[:11], new, *others[11:22]):
        seen.remember(sighting)
    assert new in seen.of("_ga")
    assert len(seen.of("_ga")) == 12
    names = [replace(new, name=f"_ga_{number}") for number in range(600)]
    for sighting in names:
        seen.remember(sighting)
        seen.remember(new)
    assert new in seen.of("_ga")
    assert len(list(seen)) < 600


def test_expiring_is_reported_by_name() -> None:
    findings: list[Finding] = []
    visit_page(mounted(page(), report=findings.append), cookie=f"_ga=1; {token()}")
    assert {("hide", "_ga"), ("expire", "_ga")} == {(finding.action, finding.name) for finding in findings}


@given(
    st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=';,="\\'), min_size=1, max_size=20),
    st.sampled_from([None, "shop.example"]),
    st.booleans(),
    st.booleans(),
)
def test_a_deletion_names_exactly_the_place(each: str, domain: str | None, partitioned: bool, is_secure: bool) -> None:
    sighting = CookieSighting(name=each, domain=domain, path="/p/", secure=is_secure, partitioned=partitioned)
    assert place(deletion(sighting, is_secure=is_secure)) == (each, domain, "/p/", partitioned)


def test_a_navigation_to_a_redirect_expires_too() -> None:
    app = App(status=303, headers=[(b"location", b"/")])
    assert expired(mounted(app), cookie=f"_ga=1; {token()}") != []


def test_a_service_refused_alone_is_expired_and_its_sisters_are_not() -> None:
    policy = (
        '[[services]]\nid = "one"\npurpose = "analytics"\ncookies = ["one_id"]\n'
        '[[services]]\nid = "two"\npurpose = "analytics"\ncookies = ["two_id"]\n'
    )
    app = page()
    choice = token(policy, "analytics", "one")
    places = expired(mounted(app, policy), cookie=f"one_id=1; two_id=2; {choice}")
    assert {each[0] for each in places} == {"two_id"}
    assert app.cookies == [f"one_id=1; {choice}".encode()]
