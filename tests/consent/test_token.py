"""The signed token that carries a choice."""

import hashlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import Signer

from consent_middleware import NO_CHOICE, Consent, Policy, get_consent
from consent_middleware.consent import Tokens
from consent_middleware.consent.names import token_candidates
from consent_middleware.consent.token import SALT, new_id
from tests.driving import App, get, mounted, token

NOW = 1_800_000_000
POLICY = Policy()
TOKENS = Tokens(POLICY, ["newest", "older"])
PURPOSES = ["preference", "analytics", "marketing", "network", "device"]


def consent(allowed: set[str], refused: set[str] = frozenset(), *, gpc: bool = False) -> Consent:  # type: ignore[assignment]
    return Consent(
        choice_made=True, id=new_id(), chosen_at=NOW, allowed=frozenset(allowed), refused=frozenset(refused), gpc=gpc
    )


@given(st.sets(st.sampled_from(PURPOSES)), st.booleans())
def test_a_choice_comes_back_as_it_was_made(allowed: set[str], gpc: bool) -> None:
    made = consent(allowed, set(PURPOSES) - allowed, gpc=gpc)
    written = TOKENS.mint(made)
    assert TOKENS.read(written.encode(), NOW) == made
    assert len(f"__Host-privacy={written}") <= 128


def test_no_choice_is_longer_than_128_bytes_with_ten_purposes_and_the_name() -> None:
    own = "".join(f'[purposes.own{n}]\nbasis = "consent"\ntitle = "x"\ndescription = "y"\n' for n in range(5))
    policy = Policy.parse(own)
    written = Tokens(policy, ["k"]).mint(consent(set(policy.optional)))
    assert len(f"__Host-privacy={written}") <= 128


@given(st.integers(0, 200), st.integers(1, 255))
def test_a_token_with_one_other_byte_is_no_choice(place: int, change: int) -> None:
    written = bytearray(TOKENS.mint(consent({"analytics"})).encode())
    place %= len(written)
    written[place] ^= change
    assert TOKENS.read(bytes(written), NOW) is NO_CHOICE


def test_the_other_alphabet_of_base64_spells_no_token() -> None:
    while b"-" not in (written := TOKENS.mint(consent({"analytics"})).encode()).rpartition(b".")[2]:
        pass
    head, dot, signature = written.rpartition(b".")
    assert TOKENS.read(written, NOW).choice_made
    assert TOKENS.read(head + dot + signature.replace(b"-", b"+"), NOW) is NO_CHOICE


@given(st.one_of(st.binary(max_size=200), st.text(max_size=100).map(str.encode)))
def test_no_bytes_are_an_exception_or_a_choice(token: bytes) -> None:
    assert TOKENS.read(token, NOW) is NO_CHOICE


@given(st.lists(st.binary(max_size=20), min_size=2, max_size=5).map(b".".join))
def test_nothing_that_is_signed_but_malformed_is_an_exception(payload: bytes) -> None:

    signed = Signer("newest", salt=SALT, digest_method=hashlib.sha256).sign(payload)
    TOKENS.read(signed, NOW)


def test_a_token_of_any_key_in_the_list_counts_and_the_newest_signs() -> None:
    older = Tokens(POLICY, ["older"]).mint(consent({"analytics"}))
    assert TOKENS.read(older.encode(), NOW).choice_made
    fresh = TOKENS.mint(consent({"analytics"}))
    assert Tokens(POLICY, ["newest"]).read(fresh.encode(), NOW).choice_made
    assert Tokens(POLICY, ["older"]).read(fresh.encode(), NOW) is NO_CHOICE
    assert Tokens(POLICY, ["dropped"]).read(fresh.encode(), NOW) is NO_CHOICE


@pytest.mark.parametrize(
    ("age", "counts"), [(0, True), (180 * 86_400 - 1, True), (180 * 86_400, False), (-3600, True), (-90_000, False)]
)
def test_a_token_counts_for_six_months(age: int, counts: bool) -> None:
    written = TOKENS.mint(consent({"analytics"})).encode()
    assert TOKENS.read(written, NOW + age).choice_made is counts


def test_a_token_that_is_remembered_still_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    app = App()
    middleware = mounted(app, 'lifetime = "1 hour"')
    cookie = "_ga=1; " + token('lifetime = "1 hour"', "analytics")
    now = time.time()
    for later, counts in ((0, True), (3590, True), (3610, False), (4000, False)):
        monkeypatch.setattr(time, "time", lambda later=later: now + later)
        get(middleware, cookie=cookie)
        assert get_consent(app.scope).choice_made is counts
        assert app.cookies[0].startswith(b"_ga=1") is counts


def test_a_changed_purpose_is_asked_again_and_only_it() -> None:
    before = Policy.parse('[purposes.analytics]\ntitle = "Counting"\ndescription = "We count."\n')
    after = Policy.parse('[purposes.analytics]\ntitle = "Counting"\ndescription = "We count, and sell."\n')
    written = Tokens(before, ["k"]).mint(consent({"analytics", "preference"}, {"marketing"})).encode()
    read = Tokens(after, ["k"]).read(written, NOW)
    assert read.allowed == {"preference"}
    assert read.refused == {"marketing"}
    assert read.is_outdated


def test_a_choice_of_one_thing_is_not_outdated_by_what_was_never_answered() -> None:
    written = TOKENS.mint(consent({"analytics"})).encode()
    assert not TOKENS.read(written, NOW).is_outdated


def test_a_token_says_nothing_of_purposes_that_the_policy_no_longer_has() -> None:
    policy = Policy.parse("[purposes.analytics]\noffered = false\n")
    written = TOKENS.mint(consent({"analytics", "preference"})).encode()
    assert Tokens(policy, ["newest"]).read(written, NOW).allowed == {"preference"}


def test_ids_are_random_and_made_of_sixteen_characters() -> None:
    made = {new_id() for _ in range(100)}
    assert len(made) == 100
    assert {len(each) for each in made} == {16}


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (b"privacy=a", [b"a"]),
        (b"x=1;privacy=a;privacy=b", [b"a", b"b"]),
        (b"x=1; \t privacy=a \t; y=2", [b"a"]),
        (b"xprivacy=a; privacy-x=b; Privacy=c; privacy", []),
        (b"x=privacy=a", []),
        (b"privacy=a=b", [b"a=b"]),
        (b"privacy=1;privacy=2;privacy=3;privacy=4;privacy=5", [b"1", b"2", b"3", b"4"]),
        (b"", []),
    ],
)
def test_the_tokens_of_a_header_are_found(header: bytes, found: list[bytes]) -> None:
    assert token_candidates(header, b"privacy") == found


@given(st.lists(st.sampled_from([b"privacy", b"=", b";", b" ", b"\t", b"x", b" " * 15]), max_size=20).map(b"".join))
def test_tokens_are_found_as_if_each_crumb_were_looked_at(header: bytes) -> None:
    found = []
    for crumb in header.split(b";"):
        bare = crumb.lstrip(b" \t")
        if bare.startswith(b"privacy=") and len(crumb) - len(bare) <= 16:
            found.append(bare.removeprefix(b"privacy=").strip(b" \t"))
    assert token_candidates(header, b"privacy") == found[:4]
