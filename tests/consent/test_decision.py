"""What a policy, a consent and signals amount to."""

from hypothesis import given
from hypothesis import strategies as st

from consent_middleware import NO_CHOICE, Consent, Policy
from consent_middleware.consent import ACTIONS, Signals, answer, decide

POLICY = Policy.parse("""
[purposes.disclosure]
basis = "separate"
title = "Disclosure"
description = "Shares your address with a partner."
[[services]]
id = "one"
purpose = "analytics"
[[services]]
id = "two"
purpose = "analytics"
[[services]]
id = "ads"
purpose = "marketing"
""")
OPTIONAL = {"preference", "analytics", "marketing", "network", "device", "disclosure"}
NECESSARY = {"authentication", "security"}
ids = st.sets(st.sampled_from([*sorted(OPTIONAL), "one", "two", "ads", "unknown", "authentication"]))


def consent(allowed: set[str], refused: set[str], *, gpc: bool = False) -> Consent:
    return Consent(choice_made=True, id="x" * 16, allowed=frozenset(allowed), refused=frozenset(refused), gpc=gpc)


def test_without_a_choice_only_the_necessary_is_allowed_and_all_but_the_separate_is_asked() -> None:
    decision = decide(POLICY, NO_CHOICE, Signals())
    assert decision.allowed == NECESSARY
    assert decision.refused == set()
    assert set(decision.asks) == OPTIONAL - {"disclosure"}


def test_accepting_all_never_includes_a_separate_purpose() -> None:
    answers = answer(POLICY, "accept-all", purposes=["disclosure"])
    assert answers.allowed == OPTIONAL - {"disclosure"}
    assert answers.refused == set()


def test_rejecting_all_refuses_everything_optional() -> None:
    assert answer(POLICY, "reject-all", purposes=OPTIONAL).refused == OPTIONAL


def test_what_is_not_saved_is_refused_and_unknown_ids_are_nothing() -> None:
    answers = answer(POLICY, "save", ["analytics", "disclosure", "authentication", "unknown"])
    assert answers.allowed == {"analytics", "disclosure"}
    assert answers.refused == OPTIONAL - answers.allowed


def test_of_a_purposes_services_only_the_named_ones_are_allowed_once_one_is_named() -> None:
    assert answer(POLICY, "save", ["analytics"], ["one"]).refused >= {"two"}
    assert not answer(POLICY, "save", ["analytics"]).refused & {"one", "two"}
    assert answer(POLICY, "save", ["analytics"], services_listed=True).refused >= {"one", "two"}


def test_a_service_needs_its_purpose_and_not_to_be_refused_itself() -> None:
    assert decide(POLICY, consent({"analytics"}, {"two"}), Signals()).allows("one")
    assert not decide(POLICY, consent({"analytics"}, {"two"}), Signals()).allows("two")
    assert not decide(POLICY, consent(set(), set()), Signals()).allows("one")
    assert decide(POLICY, consent(set(), {"analytics"}), Signals()).refused == {"analytics", "one", "two"}


@given(st.sampled_from(ACTIONS), ids, ids, st.booleans())
def test_any_answer_answers_each_purpose_once(
    action: str, purposes: set[str], services: set[str], listed: bool
) -> None:
    answers = answer(POLICY, action, purposes, services, services_listed=listed)  # type: ignore[arg-type]
    assert not answers.allowed & answers.refused
    assert answers.allowed <= OPTIONAL
    if action in ("reject-all", "save"):
        assert answers.allowed | answers.refused >= OPTIONAL


@given(ids, ids, st.booleans(), st.booleans(), st.sampled_from(["latest", "signal", "choice"]))
def test_nothing_is_allowed_that_was_not_chosen_and_the_necessary_always_is(
    allowed: set[str], refused: set[str], gpc: bool, chosen_under_gpc: bool, precedence: str
) -> None:
    policy = Policy.parse(f'gpc = "{precedence}"\n[[services]]\nid = "one"\npurpose = "analytics"\n')
    decision = decide(policy, consent(allowed, refused, gpc=chosen_under_gpc), Signals(gpc=gpc))
    assert decision.allowed >= NECESSARY
    assert decision.allowed <= NECESSARY | allowed | {"one"}
    assert not decision.refused & NECESSARY
    assert decision.allows("one") is ("analytics" in decision.allowed and not {"one", "analytics"} & refused)
    assert not decision.allows("unknown")
    if gpc and precedence == "signal":
        assert not decision.allows("marketing")
        assert "marketing" not in decision.asks


def test_a_necessary_purpose_of_the_sites_own_is_always_allowed() -> None:
    policy = Policy.parse('[purposes.checkout]\nbasis = "necessary"\ntitle = "Cart"\ndescription = "Keeps the cart."\n')
    assert decide(policy, consent(set(), {"checkout"}), Signals()).allows("checkout")


def test_a_consent_by_itself_allows_only_the_necessary() -> None:
    assert NO_CHOICE.allows("authentication")
    assert not NO_CHOICE.allows("analytics")
    assert not NO_CHOICE.allows("")
