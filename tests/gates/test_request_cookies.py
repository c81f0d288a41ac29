"""What the app gets to see of a visitor's cookies."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.driving import App, call, drive, get, mounted, scope_of, token

NAMES = [b"sessionid", b"csrftoken", b"_ga", b"_fbp", b"lang", b"zzz"]
NECESSARY = (b"sessionid", b"csrftoken")

crumbs = st.one_of(
    st.tuples(st.sampled_from(NAMES), st.binary(max_size=12).map(lambda v: v.replace(b";", b""))).map(b"=".join),
    st.binary(max_size=16).map(lambda v: v.replace(b";", b"")),
)
cookie_headers = st.lists(st.lists(crumbs, max_size=8).map(b";".join), max_size=4)


def seen(cookie: str | bytes | list[bytes], policy: str | None = None, **options: Any) -> list[bytes]:
    """The Cookie headers that the app sees."""
    app = App()
    answer = get(mounted(app, policy), cookie=cookie, **options)
    assert answer.error is None
    return app.cookies


def test_a_refused_cookie_is_hidden() -> None:
    assert seen("_ga=1; sessionid=2; _fbp=3; csrftoken=4") == [b"sessionid=2; csrftoken=4"]


def test_an_allowed_cookie_is_shown_and_the_others_of_the_header_are_not() -> None:
    choice = token(None, "analytics")
    assert seen(f"_ga=1; _fbp=3; {choice}") == [f"_ga=1; {choice}".encode()]


def test_every_cookie_header_is_filtered() -> None:
    assert seen([b"a=1; _ga=2", b"_ga=3", b"_fbp=4; sessionid=5"]) == [b"a=1", b"sessionid=5"]


def test_every_one_of_several_cookies_of_the_same_name_is_hidden() -> None:
    assert seen("_ga=1; sessionid=2; _ga=3;_ga=4") == [b"sessionid=2"]


def test_a_header_of_which_nothing_is_left_goes() -> None:
    assert seen([b"_ga=1", b"_fbp=2"]) == []


@pytest.mark.parametrize(
    "header",
    [
        b"bad name=1; a=b=c;; =x; only",
        b'sessionid=\xe4\xf6\xff; q="quoted, with comma"',
        b"sessionid=1;csrftoken=2",
        b";sessionid=1; ",
        b"zzz=1; \x01=2; NUL=\x00",
        b" sessionid=1",
    ],
)
def test_a_header_without_a_hidden_cookie_stays_byte_for_byte(header: bytes) -> None:
    assert seen(header) == [header]


def test_malformed_and_unclassified_crumbs_stay_as_they_were_beside_a_hidden_one() -> None:
    assert seen(b'bad name=1; _ga=2; zzz="a b";\t_fbp=3; =x; only') == [b'bad name=1; zzz="a b"; =x; only']


def test_the_bare_name_of_a_refused_cookie_is_no_cookie() -> None:
    assert seen("_ga; sessionid=1") == [b"_ga; sessionid=1"]
    assert seen("_ga=1; _ga; _fbp=2;_fbp") == [b"_ga;_fbp"]


def test_a_cookie_is_recognized_without_a_space_after_the_semicolon() -> None:
    assert seen(b"sessionid=1;_ga=2;csrftoken=3") == [b"sessionid=1;csrftoken=3"]


def test_names_are_case_sensitive_but_their_prefixes_are_not() -> None:
    policy = '[[cookies]]\nname = "Zone"\npurpose = "analytics"\n'
    assert seen("Zone=1; zone=2; __Host-Zone=3; __secure-Zone=4; __HTTP-Zone=5", policy) == [b"zone=2"]


def test_an_unclassified_cookie_passes_unless_the_policy_hides_it() -> None:
    assert seen("zzz=1; a=2") == [b"zzz=1; a=2"]
    assert seen("zzz=1; sessionid=2", 'unclassified = "hide"') == [b"sessionid=2"]
    assert seen("zzz=1; sessionid=2", 'unclassified = "allow"') == [b"zzz=1; sessionid=2"]


def test_the_chunks_of_a_cookie_belong_to_their_parent() -> None:
    policy = '[[cookies]]\nname = "blob"\npurpose = "analytics"\n'
    assert seen("blob=1; blob.0=2; blobC1=3; sessionid=4; sessionid.1=5", policy) == [b"sessionid=4; sessionid.1=5"]


def test_a_pattern_of_the_policy_hides_what_it_matches() -> None:
    policy = '[[cookies]]\npattern = "exp_*"\npurpose = "marketing"\n'
    assert seen("exp_a=1; exp_=2; EXP_a=3; xexp_a=4", policy) == [b"EXP_a=3; xexp_a=4"]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["older first", "newer first"])
def test_a_remembered_choice_counts_until_its_own_token_runs_out(
    order: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    app, day, now = App(), 86_400, int(time.time())
    middleware = mounted(app)
    choices = [token(None, "analytics", chosen_at=now - age * day) for age in (100, 1)]
    for later, expected in ((0, [True, True]), (90, [False, True]), (91, [False, True]), (200, [False, False])):
        monkeypatch.setattr(time, "time", lambda later=later: float(now + later * day))
        for _ in range(2):
            for place in order:
                get(middleware, cookie=f"_ga=1; {choices[place]}")
                assert (b"_ga" in app.cookies[0]) == expected[place]


def test_websockets_are_filtered_like_requests() -> None:
    app = App()
    call(mounted(app), scope_of(kind="websocket", scheme="ws", cookie="_ga=1; sessionid=2"))
    assert app.cookies == [b"sessionid=2"]


def test_upper_case_header_names_are_filtered_too() -> None:
    app = App()
    call(mounted(app), scope_of(headers=[(b"Cookie", b"_ga=1; sessionid=2"), (b"COOKIE", b"_fbp=1")]))
    assert app.cookies == [b"sessionid=2"]


def test_a_scope_whose_headers_are_lists_is_served_every_time() -> None:
    app = App()
    middleware = mounted(app)
    for _ in range(3):
        scope = scope_of(cookie="_ga=1; sessionid=2")
        scope["headers"] = [list(pair) for pair in scope["headers"]]
        assert call(middleware, scope).error is None
        assert app.cookies == [b"sessionid=2"]


@pytest.mark.parametrize("mode", ["enforce", "observe"])
def test_an_app_can_read_headers_that_came_as_an_iterator(mode: str) -> None:
    app = App()
    scope = scope_of(cookie="sessionid=2")
    scope["headers"] = iter(scope["headers"])
    assert call(mounted(app, mode=mode), scope).error is None
    assert app.cookies == [b"sessionid=2"]


def test_a_scope_without_scheme_and_headers_is_served() -> None:
    async def app(scope: object, receive: object, send: object) -> None:
        pass

    scope = scope_of()
    del scope["headers"], scope["scheme"]
    assert call(mounted(app), scope).error is None


def test_the_servers_own_header_list_is_not_changed() -> None:
    scope = scope_of(cookie="_ga=1; sessionid=2")
    headers, copy = scope["headers"], list(scope["headers"])
    call(mounted(App()), scope)
    assert headers == copy


@given(cookie_headers)
def test_whatever_is_sent_necessary_cookies_stay_and_what_stays_is_byte_identical(headers: list[bytes]) -> None:
    app = App()
    answer = drive(mounted(app, pages_are_cheap()), scope_of(cookie=headers))
    assert answer.error is None
    sent = [crumb.strip(b" \t") for header in headers for crumb in header.split(b";")]
    shown = [crumb.strip(b" \t") for header in app.cookies for crumb in header.split(b";")]
    rest = iter(sent)
    assert all(crumb in rest for crumb in shown if crumb), "kept crumbs keep their bytes and their order"
    for crumb in sent:
        bare = crumb.partition(b"=")[0].strip(b" \t")
        if b"=" in crumb and bare in NECESSARY:
            assert crumb in shown
        if b"=" in crumb and bare in (b"_ga", b"_fbp", b"lang"):
            assert crumb not in shown


def pages_are_cheap() -> str:
    return 'entry = "manual"'


@pytest.mark.parametrize(
    "header",
    [
        b"_ga=" + b"x" * 1_000_000 + b"; sessionid=1",
        b"; ".join(b"n%d=%d" % (n, n) for n in range(10_000)) + b"; sessionid=1",
        b";" * 1_000_000 + b"sessionid=1",
        b"privacy=" * 120_000 + b"; sessionid=1",
        b"xprivacy=1; " * 80_000 + b"sessionid=1",
        b"; " + b" " * 1_000_000 + b"privacy=1; sessionid=1",
        b"a" * 1_000_000 + b"=1; sessionid=1",
        b"\x00\xff" * 500_000 + b"; sessionid=1",
        b"=" * 1_000_000 + b"; sessionid=1",
    ],
    ids=["value", "crumbs", "semicolons", "token-names", "look-alikes", "spaces", "name", "octets", "equals"],
)
def test_a_megabyte_of_cookies_is_filtered_in_bounded_time(header: bytes) -> None:
    app = App()
    middleware = mounted(app, '[[cookies]]\npattern = "*a*b*c*d*e"\npurpose = "analytics"\n')
    start = time.process_time()
    assert call(middleware, scope_of(cookie=header)).error is None
    assert time.process_time() - start < 1.5
    assert app.cookies[0].endswith(b"sessionid=1")
