"""The demo console, tested as a team would test its own site: with the pytest plugin."""

from collections.abc import Callable, Iterator

import pytest

from consent_middleware.ledger.records import ChoiceRecord
from consent_middleware.testing import ConsentSite, Privacy, serve_app
from demo_site.assembly import assemble
from demo_site.tracker import make_tracker
from e2e.demo import CONSOLE, TRACKER
from e2e.serving import served

NewPrivacy = Callable[..., Privacy]


@pytest.fixture(scope="module")
def consent_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ConsentSite]:
    with served(make_tracker()) as tracker:
        app = assemble(
            data=tmp_path_factory.mktemp("demo"), tracker=tracker.url(TRACKER), secret_key="a key for tests only"
        )
        with serve_app(app, host=CONSOLE) as site:
            yield site


def test_a_refusal_holds(privacy: Privacy) -> None:
    privacy.goto("/analytics")
    privacy.reject_all()
    privacy.goto("/analytics")
    privacy.expect_cookies_allowed()
    privacy.expect_no_third_party()


@pytest.mark.consent_states(gpc=[False, True], javascript=[True, False])
def test_in_every_state_nothing_happens_that_was_not_allowed(privacy: Privacy) -> None:
    for path in ("/", "/analytics", "/privacy"):
        privacy.goto(path)
    privacy.expect_everything_allowed()


@pytest.mark.consent_states({"preference"}, {"analytics", "network"}, {"device"})
def test_a_selection_allows_just_what_was_selected(privacy: Privacy) -> None:
    privacy.goto("/analytics")
    privacy.expect_everything_allowed()


@pytest.mark.consent_state("accepted")
def test_what_was_accepted_is_there(privacy: Privacy) -> None:
    privacy.goto("/analytics")
    privacy.expect_everything_allowed()
    assert {"_ga", "visitor_id"} <= {cookie.name for cookie in privacy.flows.journal.cookies}
    assert "tracker.localhost" in privacy.flows.journal.third_parties


@pytest.mark.consent_states("nothing chosen", javascript=[True, False])
def test_a_mind_is_changed_back_and_forth(privacy: Privacy, recorded_choice: Callable[[], ChoiceRecord]) -> None:
    privacy.goto("/analytics")
    privacy.accept_all()
    assert recorded_choice().action == "accept-all"
    privacy.goto("/analytics")
    privacy.withdraw()
    privacy.goto("/analytics")
    privacy.expect_everything_allowed()
    assert recorded_choice().action == "reject-all"
    privacy.save({"preference", "tallymark"})
    assert privacy.allowed >= {"preference", "analytics", "tallymark"}
    assert recorded_choice().method == ("json" if privacy.flows.situation.javascript else "form")
    privacy.goto("/analytics")
    privacy.expect_everything_allowed()
    privacy.open()
    privacy.reject_all()
    privacy.expect_cookies_allowed()
    assert len(privacy.recorded_choices()) == 4


def test_two_visitors_do_not_know_of_each_other(privacy: Privacy, new_privacy: NewPrivacy) -> None:
    other = new_privacy("accepted")
    other.goto("/")
    privacy.goto("/")
    privacy.expect_cookies_allowed()
    assert privacy.allowed == {"authentication", "security"}


def test_a_purpose_that_the_policy_does_not_know_is_a_failure_that_lists_those_it_knows(privacy: Privacy) -> None:
    with pytest.raises(AssertionError, match="knows no analitics; it knows preference, analytics"):
        privacy.save({"analitics"})
