"""What a browser keeps and asks for is held against the policy, or against what is known of names and hosts."""

import pytest

from consent_middleware import Policy
from consent_middleware.audit.evidence import Asked, Evidence, KeptCookie, Probe, Situation, StoredKey
from consent_middleware.audit.findings import Finding, Severity, merged
from consent_middleware.audit.hosts import is_below, site_of
from consent_middleware.audit.judging import Judge

HOST = "www.shop.example"
NECESSARY = frozenset({"authentication", "security"})
EVERYTHING = NECESSARY | {"preference", "analytics", "marketing", "network", "device", "counter"}
POLICY = Policy.parse("""
[[cookies]]
name = "theme"
purpose = "preference"
explicit_act = true
[[services]]
id = "counter"
purpose = "analytics"
hosts = ["*.counter.example", "stats.shop.example"]
""")
DECLARED, UNDECLARED = Judge(POLICY, HOST), Judge(None, HOST)
YEAR = 1_900_000_000.0


def cookie(
    name: str, domain: str = HOST, *, value: str = "1", expires: float = -1, http_only: bool = False
) -> KeptCookie:
    return KeptCookie(name=name, value=value, domain=domain, expires=expires, http_only=http_only)


@pytest.mark.parametrize("judge", [DECLARED, UNDECLARED], ids=["with policy", "without"])
@pytest.mark.parametrize(
    "kept", [cookie("sessionid", http_only=True), cookie("csrftoken"), cookie("x1", http_only=True)]
)
def test_what_is_necessary_is_no_finding(judge: Judge, kept: KeptCookie) -> None:
    assert judge.cookie(kept, NECESSARY) is None


@pytest.mark.parametrize("judge", [DECLARED, UNDECLARED], ids=["with policy", "without"])
def test_a_tracker_is_an_error_until_it_is_allowed(judge: Judge) -> None:
    found = judge.cookie(cookie("_ga", ".shop.example"), NECESSARY)
    assert found is not None
    assert found.severity == "error"
    assert "analytics" in found.says
    assert judge.cookie(cookie("_ga", ".shop.example"), EVERYTHING) is None


def test_an_undeclared_cookie_is_an_error_where_the_policy_would_block_it() -> None:
    found = DECLARED.cookie(cookie("zzz_unknown"), EVERYTHING)
    assert found is not None
    assert found.severity == "error"


def test_without_a_policy_an_unknown_cookie_is_judged_by_whose_it_is_and_how_long_it_stays() -> None:
    severities = {
        "own, session": UNDECLARED.cookie(cookie("zzz_unknown"), NECESSARY),
        "own, long number": UNDECLARED.cookie(cookie("zzz_u", value="a1b2c3d4e5f6g7", expires=YEAR), NECESSARY),
        "third party, session": UNDECLARED.cookie(cookie("zzz_u", "cdn.other.example"), NECESSARY),
        "third party, long": UNDECLARED.cookie(cookie("zzz_u", "cdn.other.example", expires=YEAR), NECESSARY),
    }
    assert {name: found and found.severity for name, found in severities.items()} == {
        "own, session": "note",
        "own, long number": "warning",
        "third party, session": "warning",
        "third party, long": "error",
    }


def test_a_preference_that_was_asked_for_may_stay_for_the_session_only() -> None:
    assert DECLARED.cookie(cookie("theme"), NECESSARY) is None
    assert DECLARED.cookie(cookie("theme", expires=YEAR), NECESSARY) is not None


def test_the_record_of_a_choice_before_any_choice_is_an_error() -> None:
    found = DECLARED.cookie(cookie("__Host-privacy"), NECESSARY, choice_made=False)
    assert found is not None
    assert found.rule == "identifier-before-a-choice"
    assert DECLARED.cookie(cookie("__Host-privacy"), NECESSARY) is None


def test_a_third_partys_own_cookie_may_outlive_a_withdrawal_and_the_sites_own_may_not() -> None:
    theirs, ours = cookie("id", "eu.counter.example", expires=YEAR), cookie("_ga")
    assert DECLARED.cookie(theirs, NECESSARY) is not None
    assert DECLARED.cookie(theirs, NECESSARY, once_allowed=EVERYTHING) is None
    assert DECLARED.cookie(ours, NECESSARY, once_allowed=EVERYTHING) is not None


@pytest.mark.parametrize(
    ("judge", "url", "kind", "severity"),
    [
        (DECLARED, "https://www.shop.example/a.js", "script", None),
        (DECLARED, "https://static.shop.example/a.js", "script", None),
        (DECLARED, "https://stats.shop.example/a.js", "script", "error"),
        (DECLARED, "https://eu.counter.example/a.js", "script", "error"),
        (DECLARED, "https://fonts.other.example/a.woff", "font", "error"),
        (DECLARED, "data:image/gif;base64,R0", "image", None),
        (UNDECLARED, "https://www.google-analytics.com/g/collect", "ping", "error"),
        (UNDECLARED, "https://connect.facebook.net/en_US/fbevents.js", "script", "error"),
        (UNDECLARED, "https://js.stripe.com/v3/", "script", None),
        (UNDECLARED, "https://cdn.jsdelivr.net/npm/x.js", "script", "warning"),
        (UNDECLARED, "https://unknown.example/b", "ping", "error"),
    ],
)
def test_a_third_party_needs_to_be_allowed(judge: Judge, url: str, kind: str, severity: str | None) -> None:
    found = judge.request(Asked(url=url, kind=kind, allowed=NECESSARY))
    assert (found.severity if found else None) == severity


def test_an_image_of_a_few_bytes_from_a_stranger_is_a_pixel() -> None:
    url = "https://unknown.example/p.gif"
    pixel = UNDECLARED.request(Asked(url=url, kind="image", size=43, allowed=NECESSARY))
    picture = UNDECLARED.request(Asked(url=url, kind="image", size=43_000, allowed=NECESSARY))
    assert pixel is not None
    assert picture is not None
    assert (pixel.severity, picture.severity) == ("error", "warning")


def test_a_stored_tracker_is_an_error_and_a_pages_own_state_is_none() -> None:
    def key(name: str) -> StoredKey:
        return StoredKey(area="localStorage", origin="https://www.shop.example", name=name)

    assert DECLARED.key(key("_hjSessionUser_1"), NECESSARY) is not None
    assert DECLARED.key(key("_hjSessionUser_1"), EVERYTHING) is None
    assert DECLARED.key(key("vuex"), NECESSARY) is None


def evidence(*probes: Probe, hints: frozenset[str] = frozenset(), allowed: frozenset[str] = NECESSARY) -> Evidence:
    return Evidence(situation=Situation(), allowed=allowed, probes=frozenset(probes), hints=hints)


def test_two_telling_questions_of_one_script_are_fingerprinting() -> None:
    canvas, webgl = Probe(family="canvas", script="f.example"), Probe(family="webgl", script="f.example")
    (found,) = UNDECLARED.findings(evidence(canvas, webgl))
    assert (found.severity, found.subject) == ("error", "f.example")
    found, _ = UNDECLARED.findings(evidence(canvas, Probe(family="webgl", script="other.example")))
    assert found.severity == "note"
    assert list(UNDECLARED.findings(evidence(canvas, webgl, allowed=EVERYTHING))) == []


def test_asking_for_device_details_needs_to_be_allowed() -> None:
    (found,) = DECLARED.findings(evidence(hints=frozenset({"Sec-CH-UA-Model"})))
    assert "Sec-CH-UA-Model" in found.says


def test_what_several_situations_show_is_one_finding_and_the_gravest_come_first() -> None:
    def finding(subject: str, severity: Severity, situation: Situation) -> Finding:
        return Finding(
            rule="r",
            severity=severity,
            subject=subject,
            says="",
            way_out="",
            situations=(situation,),
        )

    first, second = Situation(), Situation(state="rejected")
    found = merged([finding("a", "note", first), finding("b", "warning", first), finding("b", "error", second)])
    assert [(one.subject, one.severity, one.situations) for one in found] == [
        ("b", "error", (first, second)),
        ("a", "note", (first,)),
    ]


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("www.shop.example", "shop.example"),
        ("a.b.shop.co.uk", "shop.co.uk"),
        ("shop.com.cn", "shop.com.cn"),
        ("me.github.io", "me.github.io"),
        ("console.localhost", "console.localhost"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("t.co", "t.co"),
    ],
)
def test_a_site_is_what_one_registrant_has(host: str, site: str) -> None:
    assert site_of(host) == site


def test_a_declared_host_covers_what_is_below_it() -> None:
    assert is_below("a.shop.example", "shop.example")
    assert is_below("shop.example", "shop.example")
    assert is_below("a.shop.example", "*.shop.example")
    assert not is_below("shop.example", "*.shop.example")
    assert not is_below("notshop.example", "shop.example")
