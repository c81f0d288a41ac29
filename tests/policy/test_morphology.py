"""Words: how a name is taken apart, and what its words add up to."""

from base64 import b64encode
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_middleware.policy import lexicon
from consent_middleware.policy.morphology import read, tokenise
from consent_middleware.policy.names import forms, peel_prefix

LEXICON = lexicon.load()


@pytest.mark.parametrize(
    ("name", "tokens"),
    [
        ("wpUserLang_v2", ["wp", "user", "lang", "v", "2"]),
        ("PHPSESSID", ["phpsessid"]),
        ("XSRFToken", ["xsrf", "token"]),
        ("dark-mode.on", ["dark", "mode", "on"]),
        ("язык_сайта", ["язык", "сайта"]),
        ("access-token-OGDtcECOWdzSAexaTtqQVs0jMJXFewopWD6AAdKw1vA", ["access", "token", "??"]),
        ("seen_9f86d081884c7d659a2fead0c55ad015", ["seen", "??"]),
        ("shoppingCartOfUser2026", ["shopping", "cart", "of", "user", "2026"]),
        ("", []),
        ("--__..", []),
    ],
)
def test_a_name_is_taken_apart_at_humps_and_marks(name: str, tokens: list[str]) -> None:
    assert tokenise(name)[0] == tokens


@pytest.mark.parametrize(
    ("name", "purpose"),
    [
        ("usersessionid", "authentication"),
        ("myshopcart", "authentication"),
        ("userlanguage", "preference"),
        ("smartstate", None),
        ("opref", None),
        ("acme_sid", None),
        ("dhaga_session", "authentication"),
        ("acme_ga_client", "analytics"),
        ("sid", "authentication"),
        ("acme_session_id", "authentication"),
        ("acme_visitor_session_id", "analytics"),
        ("cart-ab12cd", "authentication"),
        ("acme-ab12cd", None),
        ("acme_ab_2", "analytics"),
        ("acme_uid", "analytics"),
        ("uid", None),
        ("acme_visits", "analytics"),
        ("acme_login_token", "authentication"),
        ("acme_token", "authentication"),
        ("acme_visitor_token", "analytics"),
        ("role", "authentication"),
        ("acme_role", "authentication"),
        ("acme_user", None),
        ("acme_user_info", "authentication"),
        ("acme_workspace", "authentication"),
        ("acme_refresh", "authentication"),
        ("acme_last_access", "analytics"),
        ("acme_invite", "authentication"),
        ("acme_site_access", "authentication"),
        ("acme_draft_mode", "security"),
        ("acme-functional", "security"),
        ("acme.2fa", "authentication"),
        ("acme_92fa1c", None),
        ("acme_id.32f5", None),
        ("acme-f5-pool", "security"),
        ("acme_density", "preference"),
        ("acme_recent", "preference"),
        ("acme_session_replay", "analytics"),
        ("acme_startPage", "preference"),
        ("acme-nav-open", "preference"),
        ("barra_lateral", "preference"),
        ("tema_scuro", "preference"),
        ("acme_velikost_pisma", "preference"),
        ("numberFormat", "preference"),
        ("teamstore_session", "authentication"),
        ("acme_market_token", "authentication"),
        ("session_language", "preference"),
        ("acme_chat_session", "preference"),
        ("marketing_session", "marketing"),
        ("atlassession", "authentication"),
        ("acme_last_org", "authentication"),
        ("discord_link_state", "authentication"),
        ("acme_vault_unlock", "authentication"),
        ("acme_trusted", "authentication"),
        ("acme_org", "authentication"),
        ("hl", "preference"),
        ("hl_admin", None),
        ("acme_verified", "security"),
        ("acmePlatform", None),
        ("acme_resource", None),
        ("acme_capacity", None),
        ("acme_concurrency", None),
        ("userUid", "analytics"),
        ("acme_campaign_token", "marketing"),
        ("analytics_consent", "security"),
        ("login_language", "preference"),
        ("warenkorb", "authentication"),
        ("sprachwahl", "preference"),
        ("acme_sprache", "preference"),
        ("语言", "preference"),
        ("acme_loginAttempts", "security"),
        ("acme_idp", "authentication"),
        ("acme_authorize", "authentication"),
        ("BusTrack.Auth", "authentication"),
        ("fido2.attestationOptions", "authentication"),
        ("authenticity_token", "security"),
        ("acme_session_depth", "analytics"),
        ("acme_newUser", "analytics"),
        ("acme-sticky-header", "preference"),
        ("acme_sticky", "security"),
        ("bitbucket_setup", None),
        ("google-analytics-enabled", "security"),
    ],
)
def test_words_add_up_to_a_purpose(name: str, purpose: str | None) -> None:
    assert read(name, LEXICON).purpose == purpose


def test_a_reading_names_the_words_that_spoke() -> None:
    reading = read("acme_shop_dark_mode", LEXICON)
    assert reading.words == ("dark+mode",)
    assert reading.kind == "theme"


def test_a_random_identifier_has_no_say() -> None:
    # Drawn once and for all: what is no accident to an identifier (a hundred zeros) may well look like words.
    drawn = Random(7)
    for _ in range(300):
        identifier = drawn.randbytes(32)
        for written in (identifier.hex(), identifier.hex().upper(), b64encode(identifier, b"AB").decode().rstrip("=")):
            assert read(f"access-token-{written}", LEXICON).purpose == "authentication", written
            assert read(f"acme-{written}", LEXICON).purpose is None, written


@given(st.text(max_size=256))
def test_any_text_can_be_read(name: str) -> None:
    reading = read(name, LEXICON)
    assert (reading.purpose is None) == (reading.words == ())


@given(st.text(max_size=300))
def test_peeling_a_prefix_leaves_the_rest_as_it_was(name: str) -> None:
    assert peel_prefix(f"__Host-{name}") == name
    assert name.endswith(peel_prefix(name))


@given(st.text(max_size=300))
def test_every_form_of_a_name_is_part_of_it(name: str) -> None:
    assert all(form in name for form in forms(name))
    assert forms(name)[0] == name
