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
