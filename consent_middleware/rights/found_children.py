"""Queues the deletion of what was held about a child before anybody knew that it was one."""

import logging

from ..consent import Visit
from ..errors import LedgerError
from ..policy import Policy
from ..policy.working_days import WEEKENDS_ONLY, fault_of
from .listening import Listener
from .queue import Asking, RequestQueue

logger = logging.getLogger("consent_middleware")


class FoundChildren:
    """One for each policy that has a ledger."""

    def __init__(self, policy: Policy, queue: RequestQueue, listener: Listener | None = None) -> None:
        """``listener``: tells the app of it, as of every other request."""
        declared = policy.declarations
        self._queue = queue
        self._listener = listener
        self._languages = policy.languages
        self._working_days = declared.contact.reply_working_days
        self._calendar = declared.rights.calendar

    async def report(self, visit: Visit) -> None:
        """Look at a choice that was just recorded: a child who had allowed something, and no guardian had, is put into the queue.

        The time to delete runs from now. Never raises: what cannot be queued is logged, with what queues it by hand.
        """
        consent, before = visit.consent, visit.previous
        if consent.age != "under" or before.age == "guardian" or not before.allowed or before.id is None:
            return
        # Without the library of holidays the time is counted all the same, and is rather too short than too long. It is asked for
        # here, since loading it takes a while that no mount needs to wait.
        calendar = self._calendar if fault_of(self._calendar) is None else WEEKENDS_ONLY
        try:
            received = await self._queue.receive(
                Asking(
                    kind="child-deletion",
                    ticket=self._queue.numbers.ticket(),
                    consent_id=before.id,
                    language=visit.language or self._languages[0],
                    working_days=self._working_days,
                    calendar=calendar,
                )
            )
        except LedgerError:
            logger.exception(
                "A child was found, and the ledger does not answer. Run later: "
                "consent-middleware requests add … --kind child-deletion --consent-id %s",
                before.id,
            )
            return
        if self._listener is not None:
            await self._listener.tell(received.request)
