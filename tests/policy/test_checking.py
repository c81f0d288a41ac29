"""Everything that is wrong in a policy file is said at once, each with its way out."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_middleware import Policy, PolicyError
from consent_middleware.errors import Problem
from consent_middleware.policy.loading import read_declarations


def problems(text: str) -> dict[str, str]:
    """The way out of each problem, by its key."""
    with pytest.raises(PolicyError) as caught:
        Policy.parse(text, file="consent.toml")
    assert all(problem.file == "consent.toml" for problem in caught.value.problems)
    assert all(problem.message and problem.way_out for problem in caught.value.problems)
    return {problem.key: problem.way_out for problem in caught.value.problems}


SITE = '[site]\nurl = "https://www.shop.example"\n'

WRONG = [
    ('lifetime = "500 days"', "lifetime"),
    ('lifetime = "session"', "lifetime"),
    ('lifetime = "soon"', "lifetime"),
    ("lifetime = 5", "lifetime"),
    ('unclassified = "drop"', "unclassified"),
    ('entry = "never"', "entry"),
    ('gpc = "always"', "gpc"),
    ('csp = "strict"', "csp"),
    ("consent_mode = 5", "consent_mode"),
    ('[consent_mode]\nads = "marketing"', "consent_mode.ads"),
    ('[consent_mode]\nad_storage = "adverts"', "consent_mode.ad_storage"),
    ('[[storage]]\nkey = "*"\npurpose = "analytics"', "storage[0].key"),
    ('[[storage]]\nkey = "ph_*"\npurpose = "analitics"', "storage[0].purpose"),
    ('[[storage]]\nkey = "ph_*"\npurpose = "analytics"\nkind = "disk"', "storage[0].kind"),
    ('[[storage]]\nkey = "ph_*"\npurpose = "analytics"\nservice = "hog"', "storage[0].service"),
    ('[[storage]]\nkey = "ph_*"\npurpose = "analytics"\n' * 2, "storage[1].key"),
    (
        '[[services]]\nid = "hog"\npurpose = "marketing"\n'
        '[[storage]]\nkey = "ph_*"\npurpose = "analytics"\nservice = "hog"',
        "storage[0].purpose",
    ),
    ('origins = ["https://a.example/path"]', "origins[0]"),
    ('origins = ["https://a.example", "ftp://b.example"]', "origins[1]"),
    ('origins = ["http://[::1"]', "origins[0]"),
    ('origins = ["https://a.example:99999"]', "origins[0]"),
    ('origins = ["https://user@a.example"]', "origins[0]"),
    ('share = "shop.example"', "share"),
    ('share = "example"\n' + SITE, "share"),
    ('share = "other.example"\n' + SITE, "share"),
    ('share = "a b"\n' + SITE, "share"),
    ('share = "shop.example"\n[site]\nurl = "http://[::1"', "site.url"),
    ("[site]\nlanguages = []", "site.languages"),
    ('[site]\nlanguages = ["en", "english please"]', "site.languages[1]"),
    ('[site]\nurl = "www.shop.example"', "site.url"),
    ('[site]\nurl = "/here"', "site.url"),
    ('[site]\nprivacy_url = "javascript:alert(1)"', "site.privacy_url"),
    ("[site]\nminimum_age = 99", "site.minimum_age"),
    ('[site]\nnmae = "x"', "site.nmae"),
    ("[site]\nname = 5", "site.name"),
    ('[site]\nname = {zh-Hans = "x"}', "site.name"),
    ("[contact]\nreply_working_days = 0", "contact.reply_working_days"),
    ("[[versions]]\nversion = '1'", "versions[0].effective"),
    ("[[versions]]\nversion = '1'\neffective = 2026-01-01\n" * 2, "versions[1].version"),
    ("[[versions]]\nversion = '1'\neffective = 'soon'", "versions[0].effective"),
    ("versions = 5", "versions"),
    ("[versions]\nversion = '1'", "versions"),
    ('[purposes.Own]\nbasis = "consent"\ntitle = "x"\ndescription = "x"', "purposes.Own"),
    ("[purposes.own]\nbasis = 'consent'\ntitle = 'x'", "purposes.own.description"),
    ("[purposes.own]\ntitle = 'x'\ndescription = 'x'", "purposes.own.basis"),
    ("[purposes.analytics]\nbasis = 'always'", "purposes.analytics.basis"),
    ("[purposes.marketing]\nbasis = 'necessary'", "purposes.marketing.basis"),
    ("[purposes.authentication]\nbasis = 'consent'", "purposes.authentication.basis"),
    ("[purposes.security]\noffered = false", "purposes.security.offered"),
    ("purposes = 5", "purposes"),
    ("[[cookies]]\nname = 'a'", "cookies[0].purpose"),
    ("[[cookies]]\npurpose = 'analytics'", "cookies[0]"),
    ("[[cookies]]\nname = 'a'\npattern = 'aa*'\npurpose = 'analytics'", "cookies[0]"),
    ("[[cookies]]\nname = 'a*'\npurpose = 'analytics'", "cookies[0].name"),
    ("[[cookies]]\nname = 'a b'\npurpose = 'analytics'", "cookies[0].name"),
    ("[[cookies]]\npattern = '*'\npurpose = 'analytics'", "cookies[0].pattern"),
    ("[[cookies]]\nname = 'a'\npurpose = 'analytic'", "cookies[0].purpose"),
    ("[[cookies]]\nname = 'a'\npurpose = 'analytics'\n" * 2, "cookies[1]"),
    ("[[cookies]]\nname = 'a'\npurpose = 'analytics'\nservice = 'none'", "cookies[0].service"),
    ("[[cookies]]\nname = 'a'\npurpose = 'analytics'\nlifetime = '2 years'", "cookies[0].lifetime"),
    ("[[cookies]]\nname = 'a'\npurpose = 'preference'\nexplicit_act = 'settings'", "cookies[0].explicit_act"),
    ("[[cookies]]\nname = 'a'\npurpose = 'preference'\nexplicit_act = ['POST /a', 'x']", "cookies[0].explicit_act"),
    ("[[cookies]]\nname = 'a'\npurpose = 'marketing'\nexplicit_act = true", "cookies[0].explicit_act"),
    ("[[cookies]]\nname = 'a'\npurpose = 'analytics'\nexplicit_act = true", "cookies[0].explicit_act"),
    ("[[cookies]]\nname = 'a'\npurpose = 'analytics'\ndomain = 'a b'", "cookies[0].domain"),
    ("[[cookies]]\nname = '__Host-a'\npurpose = 'analytics'\ndomain = 'a.example'", "cookies[0].domain"),
    ("[[cookies]]\nname = 'a'\npurpose = 'analytics'\npaths = ['p']", "cookies[0].paths[0]"),
    ("[[cookies]]\nname = 'a'\npurpose = 'analytics'\npaths = ['/', '/p;Max-Age=9']", "cookies[0].paths[1]"),
    ('[[cookies]]\nname = "a"\npurpose = "analytics"\npaths = ["/p\\r\\nx"]', "cookies[0].paths[0]"),
    ("[[cookies]]\nname = 'a'\npurpose = 'analytics'\nsame_site = 'None'", "cookies[0].same_site"),
    ("[[cookies]]\nname = 'a'\npurpose = 'analytics'\nsecure = 'yes'", "cookies[0].secure"),
    ("[[services]]\nid = 'a'", "services[0].purpose"),
    ("[[services]]\nid = 'A b'\npurpose = 'analytics'", "services[0].id"),
    ("[[services]]\nid = 'analytics'\npurpose = 'analytics'", "services[0].id"),
    ("[[services]]\nid = 'a'\npurpose = 'analytics'\n" * 2, "services[1].id"),
    ("[[services]]\nid = 'a'\npurpose = 'none'", "services[0].purpose"),
    ("[[services]]\nid = 'a'\npurpose = 'analytics'\nhosts = ['https://a.example']", "services[0].hosts[0]"),
    ("[[services]]\nid = 'a'\npurpose = 'analytics'\ncookies = ['ok', 'a b']", "services[0].cookies[1]"),
    ("[[services]]\nid = 'a'\npurpose = 'analytics'\ncountry = 'Germany'", "services[0].country"),
    (
        "[[services]]\nid = 'a'\npurpose = 'analytics'\ncookies = ['x']\n"
        "[[cookies]]\nname = 'x'\npurpose = 'marketing'\n",
        "services[0].cookies[0]",
    ),
    (
        "[[services]]\nid = 'a'\npurpose = 'analytics'\n[[cookies]]\nname = 'b'\npurpose = 'marketing'\nservice = 'a'",
        "cookies[0].purpose",
    ),
    ("[[telemetry]]\nfield = 'ip'\npurpose = 'none'", "telemetry[0].purpose"),
    ("[retention]\nchoices = 'long'", "retention.choices"),
    ("[recorder]\nclick = true", "recorder.click"),
    ("[recorder]\nclicks = 'yes'", "recorder.clicks"),
    ("[recorder]\npurpose = 'analytic'", "recorder.purpose"),
    ("[recorder]\nclicks = true\npurpose = 'security'", "recorder.purpose"),
    ("[recorder]\npage_views = true\n[purposes.analytics]\nbasis = 'necessary'", "recorder.purpose"),
    ("[recorder]\npage_views = true\n[purposes.analytics]\noffered = false", "recorder.purpose"),
    ("[recorder]\nfields = ['browser', 'shoe_size']", "recorder.fields[1]"),
    ("[recorder]\nfields = ['browser']", "recorder.fields[0]"),
    ("[recorder]\nskip_paths = ['/a', 'reset']", "recorder.skip_paths[1]"),
    ("[recorder]\nclicks = true\n[retention]\ntelemetry = 'session'", "retention.telemetry"),
    ("colour = 'red'", "colour"),
    ("x = \ny = 1", "line 1"),
    ("[site", "(file)"),
]


@pytest.mark.parametrize(("text", "key"), WRONG)
def test_a_problem_names_file_key_and_way_out(text: str, key: str) -> None:
    assert key in problems(text)


def test_all_problems_are_said_at_once_with_key_value_and_way_out() -> None:
    text = """
lifetime = "500 days"
unclassifed = "hide"
[site]
languages = ["en"]
name = {de = "Laden"}
[[cookies]]
name = "a"
purpose = "analytic"
lifetime = "3 fortnights"
[[cookies]]
purpose = "preference"
[[services]]
id = "x"
purpose = "analytics"
country = "de"
"""
    found = problems(text)
    assert set(found) == {
        "lifetime",
        "unclassifed",
        "site.name",
        "cookies[0].purpose",
        "cookies[0].lifetime",
        "cookies[1]",
        "services[0].country",
    }
    assert found["unclassifed"] == 'Did you mean "unclassified"?'
    with pytest.raises(PolicyError, match="7 problems in the policy") as caught:
        Policy.parse(text, file="consent.toml")
    assert 'consent.toml: cookies[0].purpose = "analytic"\n' in str(caught.value)
    assert "→ Write one of: authentication, security, preference" in str(caught.value)


def test_keys_that_are_not_known_are_told_in_the_order_of_the_file() -> None:
    keys = [f"key_{letter}" for letter in "zyxwvutsrq"]
    with pytest.raises(PolicyError) as caught:
        Policy.parse("\n".join(f"{key} = 1" for key in keys))
    assert [problem.key for problem in caught.value.problems] == keys


@pytest.mark.parametrize("key", ["name", "pattern"])
def test_a_bare_star_is_one_problem_and_its_way_out_leads_to_no_other(key: str) -> None:
    with pytest.raises(PolicyError) as caught:
        Policy.parse(f'[[cookies]]\n{key} = "*"\npurpose = "analytics"\nlifetime = "session"')
    assert [problem.message for problem in caught.value.problems] == ["This pattern would claim nearly every cookie."]


def test_a_file_that_is_missing_is_a_problem_like_any_other(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="cannot be read: No such file") as caught:
        Policy.load(tmp_path / "none.toml")
    assert caught.value.problems[0].file == str(tmp_path / "none.toml")


def test_a_file_that_is_not_utf_8_is_a_problem_like_any_other(tmp_path: Path) -> None:
    (tmp_path / "consent.toml").write_bytes(b"[site]\nname = '\xff'\n")
    with pytest.raises(PolicyError, match="not UTF-8"):
        Policy.load(str(tmp_path / "consent.toml"))


def test_a_file_that_is_right_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "consent.toml").write_text("[site]\nname = '店'\n", encoding="utf-8")
    assert Policy.of(tmp_path / "consent.toml").declarations.site.name == "店"
    assert Policy.of(str(tmp_path / "consent.toml")).languages == ["en"]


KEYS = ["site", "cookies", "services", "purposes", "versions", "name", "purpose", "id", "hosts", "lifetime", "paths"]
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8), st.sampled_from(["analytics", "http://["])),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(KEYS), values, max_size=4))
def test_whatever_a_file_holds_it_is_a_policy_or_a_list_of_problems(data: dict[str, object]) -> None:
    found: list[Problem] = []
    declarations = read_declarations(data, "consent.toml", found)
    try:
        Policy(declarations)
    except PolicyError as error:
        found += error.problems
    for problem in found:
        assert problem.key
        assert problem.way_out


@given(st.text(max_size=60))
def test_whatever_a_text_holds_it_is_a_policy_or_a_list_of_problems(text: str) -> None:
    with contextlib.suppress(PolicyError):
        Policy.parse(text)
