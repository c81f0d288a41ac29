"""What is held about a visitor, and one recorded choice of it, as pages."""

from collections.abc import Sequence

from ..asgi import Scope
from ..consent import Visit
from ..ledger import ChoiceRecord
from ..policy import Policy
from ..policy.purposes import N_
from ..rights import Request
from ..telemetry import Disclosed
from .answering import Answer
from .disclosure_items import disclosure_items
from .request_items import asking_form, request_item
from .screens import Screens, query_of
from .wording import Wording

_BEFALLEN = {
    "expiry": N_("This choice ran out."),
    "signal": N_("Your browser's signal changed what this choice allows."),
}
"""What a record says that is of no act of the visitor's, by its kind."""


class HeldPages:
    """Says in the visitor's language what the ledger, the recorder and the queue hold."""

    def __init__(self, policy: Policy, screens: Screens) -> None:
        self._policy = policy
        self._screens = screens

    def data(
        self,
        scope: Scope,
        visit: Visit,
        choices: Sequence[ChoiceRecord],
        *,
        consent_ids: Sequence[str],
        is_of_account: bool,
        others: int,
        events: int,
        disclosures: Sequence[Disclosed],
        requests: Sequence[Request] = (),
        ticket: str = "",
        tells_recipients: bool = False,
    ) -> Answer:
        """What is held about a visitor; ``?erased=1`` says that it was just erased. ``ticket``: that of the form that asks a person."""
        wording = self._screens.wording_of(scope)
        has_form = bool(ticket and self._policy.declarations.rights.kinds)
        return self._screens.page(
            scope,
            "data.html",
            erased="erased" in query_of(scope) and not visit.consent.choice_made,
            consent_ids=consent_ids,
            is_of_account=is_of_account,
            choices=[
                {
                    "record_id": choice.record_id,
                    "befell": wording.gettext(_BEFALLEN[choice.kind]) if choice.kind in _BEFALLEN else "",
                    "when": wording.moment(choice.chosen_at),
                    "allowed": self._titles(wording, choice.allowed),
                }
                for choice in choices
            ],
            others=others,
            events=events,
            disclosures=disclosure_items(self._policy, wording, disclosures),
            requests=[request_item(wording, request) for request in requests],
            form=asking_form(self._policy, wording, ticket) if has_form else None,
            tells_recipients=tells_recipients,
            token=self._screens.token(scope, visit.consent),
        )

    def receipt(self, scope: Scope, choice: ChoiceRecord, text: str) -> Answer:
        """One recorded choice, with the text that was shown; or what happened to it, with what was left of it."""
        wording = self._screens.wording_of(scope)
        left = choice.effective if choice.kind in _BEFALLEN else choice.allowed
        allowed = [name for name in choice.allowed if name in left]
        known = [*choice.refused, *choice.allowed]
        return self._screens.page(
            scope,
            "receipt.html",
            choice=choice,
            befell=wording.gettext(_BEFALLEN[choice.kind]) if choice.kind in _BEFALLEN else "",
            when=wording.moment(choice.chosen_at),
            allowed=self._titles(wording, allowed),
            refused=self._titles(wording, [name for name in known if name not in allowed]),
            text=text,
        )

    def _titles(self, wording: Wording, names: Sequence[str]) -> str:
        """Purposes and services in words; one that the policy no longer has keeps its id."""
        policy, said = self._policy, []
        for name in names:
            purpose, service = policy.purposes.get(name), policy.services.get(name)
            text = purpose.title if purpose is not None else service.name if service is not None else ""
            said.append((wording.text(text) if text else "") or name)
        return wording.join(said)
