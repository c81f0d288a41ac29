import re

import pytest

from consent_middleware.errors import PolicyError
from consent_middleware.pages.changes import Changes, changes_in, say_changes
from consent_middleware.pages.negotiation import Negotiation
from consent_middleware.pages.styling import stylesheet_of
from consent_middleware.pages.wording import Wording
from consent_middleware.policy import Policy
from tests.pages.site import Site

LANGUAGES = '[site]\nlanguages = ["en", "de", "pt-BR"]\nlanguage_from = "%s"\n'


def negotiation(source: str) -> Negotiation:
    return Negotiation(Policy.parse(LANGUAGES % source))


@pytest.mark.parametrize(
    ("source", "path", "language"),
    [
        ("browser", "/de/about", "pt-BR"),
        ("first", "/de/about", "en"),
        ("path", "/de/about", "de"),
        ("path", "/PT-br/about", "pt-BR"),
        ("path", "/design", "pt-BR"),
    ],
)
def test_a_page_speaks_what_the_site_negotiates_by(source: str, path: str, language: str) -> None:
    assert negotiation(source).for_page({"path": path}, b"pt-BR") == language


def test_an_app_answers_first_and_only_with_languages_of_the_policy() -> None:
    policy = Policy.parse(LANGUAGES % "first")
    assert Negotiation(policy, lambda scope: "DE").for_page({"path": "/"}, b"pt") == "de"
    assert Negotiation(policy, lambda scope: "fr").for_page({"path": "/"}, b"pt") == "en"


def test_our_own_pages_follow_the_page_they_lead_back_to() -> None:
    own = negotiation("path")
    assert own.for_own({"path": "/-/privacy/preferences"}, {"next": "/de/about"}, b"pt-BR") == "de"
    assert own.for_own({"path": "/-/privacy/preferences"}, {"next": "/de/about", "lang": "en"}, b"pt-BR") == "en"


def test_changes_are_said_only_as_far_as_they_agree_with_what_holds() -> None:
    site = Site()
    decision = site.visit().decision
    wording = Wording(site.policy, "en")
    told = changes_in(site.policy, {"on": "analytics", "off": "marketing nonsense"}, decision)
    assert told == Changes(on=[], off=["marketing"])
    assert say_changes(site.policy, wording, told, decision) == "Switched off: Marketing."


def test_every_variable_that_a_stylesheet_uses_is_defined_in_it() -> None:
    everything = '[site]\nminimum_age = 14\n[children]\nask = true\n[banner]\nlayout = "corner"\ntheme = "{}"\n'
    for theme in ("soft", "outline", "bold"):
        written = stylesheet_of(Policy.parse(everything.format(theme))).body.decode()
        used = set(re.findall(r"var\((--_[\w-]+)", written))
        assert used
        assert used - set(re.findall(r"(--_[\w-]+)\s*:", written)) == set(), theme


def test_a_policys_colors_are_in_its_stylesheet_and_nothing_else_can_be() -> None:
    styled = stylesheet_of(Policy.parse('[banner]\ntheme = "soft"\n[banner.colors]\nbutton = "#123456"\n'))
    assert b"var(--_privacy-l,#123456)" in styled.body
    assert styled.name != stylesheet_of(Policy.parse("")).name
    with pytest.raises(PolicyError, match=r"banner\.colors\.button"):
        Policy.parse('[banner.colors]\nbutton = "red;}"\n')
