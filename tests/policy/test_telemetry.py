"""What a policy may say of telemetry: identifiers of its own, grounds, headers, validators."""

import pytest

from consent_middleware import Policy, PolicyError, classify
from consent_middleware.policy.known_headers import header_rules, providers, rules_by_header

CLIENT_ID = """
[[telemetry]]
field = "cid"
purpose = "analytics"
title = "Client number"
cookie = "cid"
header = ["X-Client-ID", "X-CID"]
query = "cid"
form = "cid"
"""


def problems(text: str) -> dict[str, str]:
    with pytest.raises(PolicyError) as caught:
        Policy.parse(text)
    assert all(problem.message and problem.way_out for problem in caught.value.problems)
    return {problem.key: f"{problem.message} {problem.way_out}" for problem in caught.value.problems}


def test_an_identifier_says_where_it_travels() -> None:
    found = [(each.source, each.name, each.key) for each in Policy.parse(CLIENT_ID).identifiers]
    assert found == [
        ("cookie", "cid", "telemetry[0].cookie"),
        ("header", "x-client-id", "telemetry[0].header[0]"),
        ("header", "x-cid", "telemetry[0].header[1]"),
        ("query", "cid", "telemetry[0].query"),
        ("form", "cid", "telemetry[0].form"),
    ]


def test_its_cookie_counts_as_declared() -> None:
    policy = Policy.parse(CLIENT_ID)
    verdict = classify("cid", policy=policy)
    assert (verdict.purpose, verdict.rule) == ("analytics", "policy:telemetry[0].cookie")
    assert [cookie.name for cookie in policy.cookies_of("analytics")] == ["cid"]


def test_a_cookie_that_is_declared_in_full_is_declared_once() -> None:
    policy = Policy.parse(CLIENT_ID + '[[cookies]]\nname = "cid"\npurpose = "analytics"\nlifetime = "1 day"\n')
    (cookie,) = policy.cookies_of("analytics")
    assert cookie.lifetime is not None


def test_another_place_for_an_identifier_is_asked_about_again() -> None:
    before = Policy.parse('[[telemetry]]\nfield = "cid"\npurpose = "analytics"\n')
    after = Policy.parse('[[telemetry]]\nfield = "cid"\npurpose = "analytics"\nheader = "X-CID"\n')
    assert before.digests["analytics"] != after.digests["analytics"]
    assert before.digests["device"] == after.digests["device"]


@pytest.mark.parametrize(
    ("purpose", "field", "is_grounded"),
    [
        ("security", "ip", True),
        ("authentication", "ip", False),
        ("security", "browser_version", True),
        ("analytics", "ip", False),
        ("nobody knows", "ip", False),
    ],
)
def test_grounds_narrow_what_a_necessary_purpose_may_see(purpose: str, field: str, is_grounded: bool) -> None:
    policy = Policy.parse('[[grounds]]\npurpose = "security"\nreason = "Rate limits"\npaths = ["/login"]\n')
    assert policy.grounds(purpose, field) is is_grounded


def test_without_grounds_every_necessary_purpose_may_see_and_no_other() -> None:
    policy = Policy.parse('[purposes.fraud]\nbasis = "necessary"\ntitle = "Fraud"\ndescription = "Finds it."\n')
    assert policy.grounds("fraud", "ip")
    assert policy.grounds("security", "ip")
    assert not policy.grounds("network", "ip")


WRONG = [
    ('[[telemetry]]\nfield = "a"\npurpose = "nobody"\n', "telemetry[0].purpose"),
    ('[[telemetry]]\nfield = "a"\npurpose = "device"\ncookie = "a b"\n', "telemetry[0].cookie"),
    ('[[telemetry]]\nfield = "a"\npurpose = "device"\nheader = "a b"\n', "telemetry[0].header"),
    ('[[telemetry]]\nfield = "a"\npurpose = "device"\nheader = ["X-A", "Cookie"]\n', "telemetry[0].header[1]"),
    ('[[telemetry]]\nfield = "a"\npurpose = "device"\nheader = "X-Real-IP"\n', "telemetry[0].header"),
    ('[[telemetry]]\nfield = "a"\npurpose = "device"\nheader = ["X-A", "x-a"]\n', "telemetry[0].header[1]"),
    ('[[telemetry]]\nfield = "a"\npurpose = "device"\nquery = "a=b"\n', "telemetry[0].query"),
    ('[[telemetry]]\nfield = "a"\npurpose = "device"\nform = 5\n', "telemetry[0].form"),
    (CLIENT_ID + '[[cookies]]\nname = "cid"\npurpose = "marketing"\n', "telemetry[0].cookie"),
    ('[[grounds]]\npurpose = "security"\n', "grounds[0].reason"),
    ('[[grounds]]\npurpose = "security"\nreason = ""\n', "grounds[0].reason"),
    ('[[grounds]]\npurpose = "analytics"\nreason = "We like it"\n', "grounds[0].purpose"),
    ('[[grounds]]\npurpose = "security"\nreason = "x"\npaths = ["login"]\n', "grounds[0].paths[0]"),
    ('[[grounds]]\npurpose = "security"\nreason = "x"\npaths = ["/a?b"]\n', "grounds[0].paths[0]"),
    ('[[grounds]]\npurpose = "security"\nreason = "x"\npaths = ["/a"]\nfields = ["browser"]\n', "grounds[0].fields[0]"),
    ('[masks]\nproviders = ["nobody"]\n', "masks.providers[0]"),
    ('[masks]\nmask = ["x-real-ip"]\n', "masks.mask[0]"),
    ('[masks]\nmask = ["x-anything"]\n', "masks.mask[0]"),
    ('[masks]\nkeep = ["x-reel-ip"]\n', "masks.keep[0]"),
    ('[masks]\nkeep = ["X-UIDH"]\n', "masks.keep[0]"),
    ('[masks]\ndrop = ["Sec-GPC"]\n', "masks.drop[0]"),
    ('[masks]\nkeep = ["via"]\ndrop = ["Via"]\n', "masks.drop[0]"),
    ('[[validators]]\npaths = ["pixel"]\n', "validators[0].paths[0]"),
    ('[[validators]]\npaths = ["/pixel"]\npurpose = "nobody"\n', "validators[0].purpose"),
    ("[[validators]]\n", "validators[0].paths"),
]


@pytest.mark.parametrize(("text", "key"), WRONG)
def test_what_cannot_be_enforced_is_a_problem_with_a_way_out(text: str, key: str) -> None:
    assert key in problems(text)


def test_a_misspelled_header_is_guessed() -> None:
    assert '"x-real-ip"' in problems('[masks]\nkeep = ["x-reel-ip"]\n')["masks.keep[0]"]


def test_a_whole_telemetry_policy_can_be_enforced() -> None:
    policy = Policy.parse(
        CLIENT_ID
        + """
[[grounds]]
purpose = "security"
reason.en = "Limits how often somebody may try a password"
paths = ["/login", "/api/auth/*"]

[masks]
providers = ["netlify", "wap-gateway"]
mask = ["X-IP"]
keep = ["Via"]
drop = ["X-Visitor-Hash"]

[[validators]]
paths = ["/pixel*"]
purpose = "analytics"
"""
    )
    assert policy.declarations.grounds[0].fields == ["ip"]


def test_the_table_of_headers_has_one_rule_for_each() -> None:
    assert len(rules_by_header()) == sum(len(rule.headers) for rule in header_rules())
    assert {"netlify", "wap-gateway"} <= set(providers())
