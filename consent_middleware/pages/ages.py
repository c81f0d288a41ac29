"""What a submitted choice says of the visitor's age, held against what is known and what the policy asks."""

from ..consent import Answers
from ..consent.value import Age
from ..policy import Policy
from .submission import Submission


def age_of(policy: Policy, known: Age, submission: Submission, answers: Answers) -> Age | None:
    """Return the age under which ``answers`` count; ``None`` where that has to be said first.

    Where the policy does not ask, nobody is believed to have answered. Refusing takes no age. A child whose guardian has decided stays
    that: saying to be a child once more takes nothing away.
    """
    age = known
    if policy.asked_age is not None and submission.age:
        age = known if known == "guardian" and submission.age == "under" else submission.age
    return None if policy.asked_age is not None and not age and answers.allowed else age


def may_be_guardian(policy: Policy, known: Age, submission: Submission) -> bool:
    """Say whether the sender may decide for the child of this browser: the policy takes a form for it, and they say who they are."""
    return policy.declarations.children.guardian == "form" and known in ("under", "guardian") and submission.is_guardian
