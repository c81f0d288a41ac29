"""Visitors' own tools can refuse for them: the rules that `docs/reference/rules` ships, followed step by step."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from e2e.autoconsent import refuse
from e2e.conftest import Serve
from tests.pages.site import Site

# The registry that packages come from may be slow.
pytestmark = pytest.mark.deadline(1800)
RULES = Path(__file__).parents[1] / "docs" / "reference" / "rules"
BANNER = "#privacy-consent-ui"

Step = dict[str, Any]


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def opened(page: Page, serve: Serve, site: Site) -> Page:
    page.goto(serve(site).url())
    return page


@pytest.mark.parametrize(("choice", "action"), [("optOut", "reject-all"), ("optIn", "accept-all")])
def test_autoconsent_answers_with_one_click(opened: Page, site: Site, choice: str, action: str) -> None:
    rule = json.loads((RULES / "autoconsent.json").read_text())
    assert opened.locator(rule["detectCmp"][0]["exists"]).count() == 1
    expect(opened.locator(rule["detectPopup"][0]["visible"])).to_be_visible()
    (step,) = rule[choice]
    opened.locator(step["waitForThenClick"]).click()
    expect(opened.locator(BANNER)).to_have_count(0)
    assert [visit.choice and visit.choice.action for visit in site.recorded] == [action]


@pytest.mark.parametrize("by", ["our rule", "the words on the buttons"])
def test_autoconsent_itself_refuses(page: Page, serve: Serve, site: Site, by: str) -> None:
    rule = json.loads((RULES / "autoconsent.json").read_text()) if by == "our rule" else None
    assert refuse(page, serve(site).url(), rule) is True
    expect(page.locator(BANNER)).to_have_count(0)
    assert [visit.choice and visit.choice.action for visit in site.recorded] == ["reject-all"]


def test_consent_o_matic_saves_what_its_user_allows(opened: Page, site: Site) -> None:
    rule = json.loads((RULES / "consent-o-matic.json").read_text())["consent-middleware"]
    assert opened.locator(rule["detectors"][0]["presentMatcher"][0]["target"]["selector"]).count() == 1
    methods = {method["name"]: method["action"] for method in rule["methods"]}
    # A: preferences and functionality; B: performance and analytics; F: selection of advertising.
    for name in ("OPEN_OPTIONS", "HIDE_CMP", "DO_CONSENT", "SAVE_CONSENT"):
        follow(opened, methods[name], wanted={"A", "B"})
    expect(opened.locator("dialog[open]")).to_have_count(0)
    assert site.recorded[0].consent.allowed == {"preference", "analytics"}
    assert "marketing" in site.recorded[0].consent.refused


def follow(page: Page, step: Step, *, wanted: set[str]) -> None:
    """Do what Consent-O-Matic does with the steps that our rule uses (its rules.schema.json)."""
    selector = step.get("target", {}).get("selector", "")
    match step["type"]:
        case "list":
            for inner in step["actions"]:
                follow(page, inner, wanted=wanted)
        case "click":
            page.locator(selector).click()
        case "hide":
            page.locator(selector).evaluate("element => element.style.setProperty('opacity', '0')")
        case "waitcss":
            page.locator(selector).wait_for()
        case "ifcss":
            if page.locator(selector).count():
                follow(page, step["trueAction"], wanted=wanted)
        case "consent":
            for consent in step["consents"]:
                box = page.locator(consent["matcher"]["target"]["selector"])
                if box.is_checked() != (consent["type"] in wanted):
                    follow(page, consent["toggleAction"], wanted=wanted)
        case unknown:
            raise AssertionError(f"the rule has a step that this test does not know: {unknown}")
