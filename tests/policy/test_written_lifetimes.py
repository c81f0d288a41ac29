"""Lifetimes as a policy file writes them."""

import pytest

from consent_middleware.errors import PolicyError
from consent_middleware.policy import Policy


def test_a_policy_file_may_write_lifetimes_in_words() -> None:
    policy = Policy.parse(
        'lifetime = "3 months"\n[[cookies]]\nname = "lang"\npurpose = "preference"\nlifetime = "session"\n'
    )
    assert policy.declarations.lifetime.seconds == 90 * 86_400
    lifetime = policy.declarations.cookies[0].lifetime
    assert lifetime is not None
    assert lifetime.seconds is None


@pytest.mark.parametrize("written", ['"soon"', '"0 days"', "90", '{ text = "3 months" }'])
def test_anything_else_is_a_problem_that_names_the_way_out(written: str) -> None:
    with pytest.raises(PolicyError, match="This is not a lifetime") as caught:
        Policy.parse(f"lifetime = {written}\n")
    assert "13 months" in str(caught.value)
