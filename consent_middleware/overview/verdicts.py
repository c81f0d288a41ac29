"""Says of cookies and hosts what an inventory writes down: purpose, reason, rule."""

from collections.abc import Callable

from ..policy import Policy, classify
from ..policy.recipients import Recipients
from .items import UNDECLARED

Verdict = tuple[str, str, str]


class Verdicts:
    """The judgements under one policy."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._recipients = Recipients(policy)

    def of_cookie(self, name: str) -> Callable[[], Verdict]:
        def judge() -> Verdict:
            verdict = classify(name, policy=self._policy)
            return verdict.purpose, verdict.reason, verdict.rule

        return judge

    def of_host(self, host: str) -> Callable[[], Verdict]:
        return lambda: self._judge_host(host)

    def _judge_host(self, host: str) -> Verdict:
        recipient = self._recipients.find(host, "/")
        if recipient is None:
            return UNDECLARED, "No service of the policy declares it, and it is no well-known one.", "none"
        if recipient.id in self._policy.services:
            return recipient.purpose, f"The service {recipient.id} of the policy declares it.", f"policy:{recipient.id}"
        return recipient.purpose, f"It is known as a host of {recipient.name}.", "known-services"
