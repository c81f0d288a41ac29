"""Who is told of an erasure, and where: services of the policy that got something of the visitor."""

import time
import uuid
from collections.abc import Mapping, Sequence

from ..ledger import ChoiceRecord
from ..ledger.records import CHOICES, choice_of
from ..ledger.rows import Stored
from ..policy import Policy
from .outbox_rows import Message


class Recipients:
    """``urls``: where services want to be told, by id, as one version of the policy says."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self.urls: Mapping[str, str] = {
            service.id: service.erasure_webhook for service in policy.services.values() if service.erasure_webhook
        }

    def messages(self, erased: Sequence[Stored], *, consent_id: str, allowed: frozenset[str]) -> list[Message]:
        """Return a message to each service that a recorded choice, or ``allowed`` now, let through.

        To others nothing was disclosed, and the visitor's id is not now.
        """
        got = set(allowed)
        for stored in erased:
            if stored.record.kind in CHOICES:
                got |= self._services_of(choice_of(stored.record))
        now = int(time.time())
        return [
            Message(
                message_id=f"msg_{uuid.uuid4().hex}",
                service=name,
                url=url,
                consent_id=consent_id,
                created_at=now,
                next_at=now,
            )
            for name, url in self.urls.items()
            if name in got
        ]

    def _services_of(self, choice: ChoiceRecord) -> set[str]:
        """Whom a choice let through. A record of the first release does not say what it came to in the end."""
        if choice.effective:
            return set(choice.effective)
        purposes = self._policy.necessary.union(choice.allowed)
        return {
            name for name in self.urls if self._policy.services[name].purpose in purposes and name not in choice.refused
        }
