from consent_middleware.consent import NO_CHOICE, Consent, answer
from consent_middleware.policy import Policy


def test_accepting_all_leaves_separate_consent_as_it_was() -> None:
    policy = Policy.parse('[purposes.export]\nbasis = "separate"\ntitle = "Export"\ndescription = "Abroad."')
    for before, allowed, refused in (
        (Consent(choice_made=True, allowed=frozenset({"export"})), True, False),
        (Consent(choice_made=True, refused=frozenset({"export"})), False, True),
        (NO_CHOICE, False, False),
    ):
        answers = answer(policy, "accept-all", before=before)
        assert ("export" in answers.allowed, "export" in answers.refused) == (allowed, refused)
        assert "analytics" in answers.allowed


SERVICES = Policy.parse(
    "".join(
        f'[[services]]\nid = "{name}"\npurpose = "{purpose}"\n'
        for name, purpose in (
            ("maps", "preference"),
            ("fonts", "preference"),
            ("counter", "analytics"),
            ("video", "analytics"),
        )
    )
)


def test_allowing_one_service_answers_for_nothing_else() -> None:
    answers = answer(SERVICES, "always-allow", services=["video", "unknown"])
    assert answers.allowed == {"analytics"}
    assert answers.refused == {"counter"}


def test_allowing_one_service_keeps_the_answers_before() -> None:
    before = Consent(
        choice_made=True,
        allowed=frozenset({"preference", "cookie:lang"}),
        refused=frozenset({"fonts", "analytics", "marketing"}),
    )
    answers = answer(SERVICES, "always-allow", services=["video"], before=before)
    assert answers.allowed == {"preference", "cookie:lang", "analytics"}
    assert answers.refused == {"fonts", "marketing", "counter"}
    again = answer(SERVICES, "always-allow", services=["fonts"], before=before)
    assert again.allowed == before.allowed
    assert again.refused == {"analytics", "marketing"}
