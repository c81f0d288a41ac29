"""Says of cookies, storage keys and hosts what an inventory writes down: purpose, reason, rule."""

from collections.abc import Callable

from ..policy import Policy, classify
from ..policy.recipients import Recipients
from .items import UNDECLARED, Item
from .known_keys import KnownKeys

Verdict = tuple[str, str, str]


class Verdicts:
    """The judgements under one policy."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._recipients = Recipients(policy)
        self._keys = KnownKeys(policy)

    def of(self, item: Item) -> Verdict:
        """By this policy, whatever the one said under which it was seen."""
        if item.kind == "host":
            return self._judge_host(item.name)
        return (self.of_cookie(item.name) if item.kind == "cookie" else self.of_key(item.kind, item.name))()

    def of_cookie(self, name: str) -> Callable[[], Verdict]:
        def judge() -> Verdict:
            verdict = classify(name, policy=self._policy)
            return verdict.purpose, verdict.reason, verdict.rule

        return judge

    def of_key(self, store: str, name: str) -> Callable[[], Verdict]:
        return lambda: self._judge_key(store, name)

    def of_host(self, host: str) -> Callable[[], Verdict]:
        return lambda: self._judge_host(host)

    def _judge_key(self, store: str, name: str) -> Verdict:
        known = self._keys.find(store, name)
        if known is None:
            return UNDECLARED, "Nothing in the policy declares it, and it is no well-known key.", "none"
        if known.is_declared:
            return known.purpose, "The policy declares it.", f"policy:{known.written}"
        return known.purpose, f"It is known as a key of widespread trackers ({known.written}).", "known-keys"

    def _judge_host(self, host: str) -> Verdict:
        recipient = self._recipients.find(host, "/")
        if recipient is None:
            return UNDECLARED, "No service of the policy declares it, and it is no well-known one.", "none"
        if recipient.id in self._policy.services:
            return recipient.purpose, f"The service {recipient.id} of the policy declares it.", f"policy:{recipient.id}"
        return recipient.purpose, f"It is known as a host of {recipient.name}.", "known-services"
