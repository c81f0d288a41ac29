"""What the classifier says of cookies, seen from outside."""

import time
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_middleware.policy import Policy
from consent_middleware.policy.classifier import classify
from consent_middleware.policy.verdict import UNCLASSIFIED

NECESSARY = {"authentication", "security"}
TRACKING = {"analytics", "marketing"}
SESSION_COOKIE: dict[str, str | bool] = {"httponly": True, "path": "/", "samesite": "Lax"}


@dataclass
class Declared:
    purpose: str
    key: str = "cookies[0]"
    service: str | None = None


@dataclass
class SmallPolicy:
    cookies: dict[str, Declared] = field(default_factory=dict)

    def find_cookie(self, name: str) -> Declared | None:
        return self.cookies.get(name)


@pytest.mark.parametrize(
    "name",
    [
        "sessionid",
        "csrftoken",
        "session",
        "PHPSESSID",
        "JSESSIONID",
        "laravel_session",
        "XSRF-TOKEN",
        "remember_web_59ba36addc2b2f9401580f014c7f58ea4e30989d",
        "connect.sid",
        "ASP.NET_SessionId",
        ".AspNetCore.Antiforgery.w5W7x28NAIs",
        ".AspNetCore.Identity.Application",
        "__Host-next-auth.csrf-token",
        "next-auth.session-token.0",
        "wordpress_logged_in_8a1c0d",
        "sb-abcdefghijkl-auth-token.1",
        "AWSALBCORS",
        "BIGipServerpool_web",
        "ARRAffinity",
        "__cf_bm",
        "cf_clearance",
        "incap_ses_123_4567",
        "OptanonConsent",
        "wp_woocommerce_session_abc",
        "SESSa1b2c3d4e5f60718",
        "0123456789abcdef0123456789abcdef",
        "_myapp_session",
        "acmeSessionId",
        "_hello_key",
        "remix-session",
        "posthog_csrftoken",
        "cookies_policy",
        "enableAnalytics",
        "devise_session",
        "SOCS",
    ],
)
def test_what_an_app_cannot_work_without_is_necessary(name: str) -> None:
    assert classify(name).purpose in NECESSARY


@pytest.mark.parametrize(
    "name", ["beego_session_id", "acme_session_id", "hac_cartthrob_session_id", "acme-client-secret"]
)
def test_a_session_id_is_a_session_whoever_it_is_named_after(name: str) -> None:
    assert classify(name).purpose == "authentication"


@pytest.mark.parametrize(
    "name",
    [
        "_ga",
        "_ga_ABC123",
        "_gid",
        "_hjSession_123",
        "_hjSessionUser_123",
        "ai_session",
        "mboxSession",
        "sa-user-id",
        "analytics_session_id",
        "visitor_session_id",
        "yandex_session_id",
        "_pk_id.1.1fff",
        "_fbp",
        "_gcl_au",
        "IDE",
        "hubspotutk",
        "optimizelySession",
        "tracking_session",
        "_clsk",
        "__Secure-3PSID",
        "session_depth",
        "dtm_session_abc",
        "acme_gid",
        "_utmz",
    ],
)
def test_a_tracker_is_not_necessary_whatever_it_calls_itself(name: str) -> None:
    assert classify(name).purpose in TRACKING


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("django_language", "language"),
        ("NEXT_LOCALE", "language"),
        ("acmeUserLang", "language"),
        ("sprache", "language"),
        ("idioma", "language"),
        ("hl", "language"),
        ("visitor_tz", "time zone"),
        ("browser.timezone", "time zone"),
        ("shop_country", "region"),
        ("preferredCurrency", "currency"),
        ("fontSize", "font"),
        ("dark-mode", "theme"),
        ("session_language", "language"),
        ("OAM_LANG_PREF", "language"),
        ("ips4_ipsTimezone", "time zone"),
        ("sidebar_collapsed", "layout"),
    ],
)
def test_a_preference_is_known_by_its_kind(name: str, kind: str) -> None:
    verdict = classify(name)
    assert (verdict.purpose, verdict.kind) == ("preference", kind)


@pytest.mark.parametrize("prefix", ["__Host-", "__Secure-", "__Http-", "__Host-Http-", "__host-"])
def test_a_name_prefix_changes_nothing(prefix: str) -> None:
    assert classify(f"{prefix}sessionid").rule == classify("sessionid").rule
    assert classify(f"{prefix}_ga").rule == classify("_ga").rule


@pytest.mark.parametrize("chunk", [".AspNetCore.CookiesC1", ".AspNetCore.CookiesC12", ".AspNetCore.Cookies"])
def test_a_chunk_belongs_to_its_parent(chunk: str) -> None:
    assert classify(chunk).purpose == "authentication"


@pytest.mark.parametrize(
    "instance", ["symfony_8080", "CAKEPHP-dev", "connect.sid_qa", "__Host-DokuWiki-5c016e8f0f95", "__Host-pylonsapp_2"]
)
def test_a_known_cookie_of_one_installation_among_several_is_known(instance: str) -> None:
    assert classify(instance).purpose == "authentication"


@pytest.mark.parametrize("stranger", ["zqxj_8080", "h3_8080", "symfony_defaced", "symfony-acme"])
def test_what_follows_a_name_makes_no_installation_of_it_unless_it_is_a_port_a_hash_or_a_role(stranger: str) -> None:
    assert classify(stranger).purpose == "unclassified"


@pytest.mark.parametrize("signed", ["koa:sess", "NEXT_LOCALE", "_ga", "acme_cart", "zqxj"])
def test_a_signature_belongs_to_what_it_signs(signed: str) -> None:
    assert classify(f"{signed}.sig").purpose == classify(signed).purpose


def test_an_apps_own_cookie_is_not_a_social_networks() -> None:
    assert classify("sessionid").rule == "catalogue:django"
    assert classify("sessionid", host="shop.example").rule == "catalogue:django"
    assert classify("sessionid", host="www.instagram.com").purpose == "marketing"


def test_a_short_name_is_known_in_its_own_case_alone() -> None:
    assert classify("ANON").purpose == "marketing"
    assert classify("anon").vendor is None


def test_an_unknown_cookie_of_an_advertising_host_is_advertising() -> None:
    verdict = classify("zqxj", host="ad.doubleclick.net")
    assert (verdict.purpose, verdict.rule) == ("marketing", "evidence:host")


def test_an_unknown_name_that_its_prefix_binds_to_the_host_is_presumed_a_session() -> None:
    assert classify("__Host-bff").rule == "name:prefix"
    assert classify("__Host-Http-xyzzy").purpose == "authentication"
    assert classify("__Host-theme").purpose == "preference"
    assert classify("__Host-acme_visits").purpose == "analytics"
    assert classify("__Host-uid").rule == "name:prefix"
    assert classify("__Secure-xyzzy").rule == "none"


def test_an_unknown_name_is_unclassified() -> None:
    verdict = classify("zqxj")
    assert (verdict.purpose, verdict.rule, verdict.confidence) == (UNCLASSIFIED, "none", 0.0)


def test_an_unknown_cookie_that_only_the_server_sees_is_presumed_authentication() -> None:
    verdict = classify("zqxj", value="8f14e45f", attributes=SESSION_COOKIE)
    assert (verdict.purpose, verdict.rule) == ("authentication", "evidence:presumed-authentication")


@pytest.mark.parametrize(
    ("name", "value", "attributes"),
    [
        ("zqxj", "1", {"path": "/"}),
        ("zqxj", "1", SESSION_COOKIE | {"domain": "example.com"}),
        ("zqxj_visits", "1", SESSION_COOKIE),
        ("zqxj", "GA1.2.1234567890.1700000000", SESSION_COOKIE),
        ("zqxj", "fb.1.1700000000000.1234567890", SESSION_COOKIE),
    ],
)
def test_what_scripts_read_or_siblings_share_or_resembles_a_tracker_is_not_presumed_authentication(
    name: str, value: str, attributes: dict[str, str | bool]
) -> None:
    assert classify(name, value=value, attributes=attributes).purpose not in NECESSARY


@pytest.mark.parametrize(
    ("value", "purpose", "kind"),
    [
        ("GA1.2.1234567890.1700000000", "analytics", "visitor"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "authentication", "authentication"),
        ("en-GB", "preference", "language"),
        ("Europe/Berlin", "preference", "time zone"),
        ("dark", "preference", "theme"),
    ],
)
def test_a_values_form_settles_an_unknown_name(value: str, purpose: str, kind: str) -> None:
    verdict = classify("zqxj", value=value)
    assert (verdict.purpose, verdict.kind, verdict.rule) == (purpose, kind, "evidence:value")


@given(
    name=st.sampled_from(["sessionid", "_ga", "lang", "csrftoken", "IDE"]),
    value=st.text(),
    attributes=st.dictionaries(st.sampled_from(["httponly", "domain", "max-age"]), st.text() | st.booleans()),
)
def test_evidence_never_overturns_a_name(name: str, value: str, attributes: dict[str, str | bool]) -> None:
    assert classify(name, value=value, attributes=attributes) == classify(name)


def test_the_policys_word_comes_first() -> None:
    policy = SmallPolicy({"_ga": Declared("security", "cookies[3]", "own-counter")})
    verdict = classify("_ga", policy=policy)
    assert (verdict.purpose, verdict.rule, verdict.service) == ("security", "policy:cookies[3]", "own-counter")
    assert classify("_ga", policy=policy, host="google-analytics.com").rule == "policy:cookies[3]"
    assert classify("_gid", policy=policy) == classify("_gid")
    assert classify("_ga") != verdict


def test_a_declaration_covers_the_prefixed_and_the_chunked_name() -> None:
    policy = Policy.parse('[[cookies]]\nname = "zqxj"\npurpose = "preference"')
    for name in ("zqxj", "__Host-zqxj", "zqxj.0", "zqxj_1", "__Secure-zqxjC2", "zqxj.sig", "__Host-zqxj.sig"):
        assert classify(name, policy=policy).rule == "policy:cookies[0]"


def test_one_policys_answers_are_not_anothers() -> None:
    for purpose in [f"purpose-{number}" for number in range(40)]:
        assert classify("zqxj", policy=SmallPolicy({"zqxj": Declared(purpose)})).purpose == purpose


@given(st.text() | st.binary().map(lambda raw: raw.decode("latin-1")))
def test_every_name_gets_a_verdict(name: str) -> None:
    verdict = classify(name)
    assert verdict.reason
    assert 0.0 <= verdict.confidence <= 1.0
    assert verdict == classify(name)


@pytest.mark.parametrize("piece", ["a", "aA", "session", "_", "\x00\xff", "-9", "=", "Sid.", "語"])
def test_a_megabyte_of_name_costs_no_more_than_a_short_one(piece: str) -> None:
    name = piece * (1_000_000 // len(piece))
    started = time.process_time()
    classify(name, value=name, attributes={"domain": name}, host=name)
    assert time.process_time() - started < 0.05


def test_a_flood_of_names_does_not_grow_memory_without_bound() -> None:
    from consent_middleware.policy import classifier

    for number in range(2 * classifier.REMEMBERED):
        classify(f"{number:x}")
    assert len(classifier._remembered) <= classifier.REMEMBERED


def test_every_verdict_says_which_rule_and_why() -> None:
    assert classify("csrftoken").reason == "Django uses csrftoken for security (csrf), usually kept 1 year."
    verdict = classify("acme_shop_lang")
    assert verdict.rule == "name:lang"
    assert "“lang”" in verdict.reason
