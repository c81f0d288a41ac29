"""``/data/requests``: what a visitor asks a person for, looks up again, and withdraws.

A request is found by the ids that are the visitor's own (see ``data``) or by the reference that was shown once. Another's, and one
that is not there, are answered alike.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from ..asgi import Receive, Scope
from ..consent import Visit, visit_of
from ..errors import LedgerError
from ..policy import Policy
from ..policy.purposes import N_
from ..rights import Listener, Request, RequestQueue
from ..rights.queue import Asking
from .accounts import Identity
from .answering import Answer, json_answer
from .asked import LIMIT, Asked, read_asked
from .buckets import Rate
from .limits import Limit
from .messages import MESSAGES
from .own_forms import Fields, OwnForms
from .request_items import asking_form, request_data, request_item
from .screens import Screens, wants_json

Identify = Callable[[Scope, Visit], Awaitable[Identity]]
"""Says whose data the sender of a request may see. Raises LedgerError."""

_NO_HEADERS: Mapping[str, str] = {}
_RETRY_AFTER = {"retry-after": "10"}
_PER_NETWORK = Rate(burst=10, pause=300)
_IN_ALL = Rate(burst=200, pause=5)
"""More than any site is asked on a bad day, and few enough that people can tell what was meant."""


class RequestsEndpoint:
    """``listener`` tells the app of each request."""

    def __init__(
        self,
        *,
        policy: Policy,
        screens: Screens,
        forms: OwnForms,
        identify: Identify,
        queue: RequestQueue,
        listener: Listener | None,
    ) -> None:
        self._policy = policy
        self._screens = screens
        self._forms = forms
        self._identify = identify
        self._queue = queue
        self._listener = listener
        self._limit = Limit("requests that need a person", network=_PER_NETWORK, everybody=_IN_ALL)

    async def ask(self, scope: Scope, receive: Receive) -> Answer | None:
        """Put a request into the queue; the answer waits until it is durable, and shows its reference."""
        fields = await self._forms.read(scope, receive, LIMIT)
        if fields is None or isinstance(fields, Answer):
            return fields
        rights, visit = self._policy.declarations.rights, visit_of(scope)
        asked = read_asked(fields, rights)
        ticket = asked.ticket if self._queue.numbers.is_ticket(asked.ticket) else self._queue.numbers.ticket()
        faults = asked.faults(rights)
        if faults:
            if wants_json(scope):
                return json_answer({"error": "incomplete", "fields": faults}, status=422)
            return self._form_again(scope, ticket, asked, faults, status=422)
        wait = self._limit.take(scope)
        if wait:
            headers = {"retry-after": str(wait)}
            if wants_json(scope):
                return self._screens.message(scope, "too-many", headers=headers)
            return self._form_again(scope, ticket, asked, (), status=429, headers=headers)
        try:
            own = visit.consent.id if visit.consent.id in (await self._identify(scope, visit)).consent_ids else None
            received = await self._queue.receive(self._asking(scope, asked, ticket, own or ""))
        except LedgerError:
            self._limit.give_back(scope)
            if wants_json(scope):
                return self._screens.message(scope, "unreadable", headers=_RETRY_AFTER)
            return self._form_again(scope, ticket, asked, (), status=503, headers=_RETRY_AFTER)
        if self._listener is not None:
            await self._listener.tell(received.request)
        if wants_json(scope):
            return json_answer({**request_data(received.request), "reference": received.reference}, status=201)
        return self._page_of(scope, received.request, reference=received.reference, status=201)

    async def find(self, scope: Scope, receive: Receive) -> Answer | None:
        """Show the request that a reference opens."""
        fields = await self._forms.read(scope, receive)
        if fields is None or isinstance(fields, Answer):
            return fields
        reference = fields.get("reference", "")
        try:
            request = await self._queue.find_by_reference(reference)
        except LedgerError:
            return self._screens.message(scope, "unreadable", headers=_RETRY_AFTER)
        return self._shown(scope, request, reference)

    async def withdraw(self, scope: Scope, receive: Receive) -> Answer | None:
        """End one of one's own requests, and erase what was written in it."""
        fields = await self._forms.read(scope, receive)
        if fields is None or isinstance(fields, Answer):
            return fields
        reference = fields.get("reference", "")
        try:
            request = await self._own(scope, fields)
            if request is not None and request.state not in ("closed", "withdrawn"):
                request = await self._queue.withdraw(request.number)
        except LedgerError:
            return self._screens.message(scope, "unreadable", headers=_RETRY_AFTER)
        return self._shown(scope, request, reference)

    async def _own(self, scope: Scope, fields: Fields) -> Request | None:
        if fields.get("reference"):
            return await self._queue.find_by_reference(fields["reference"])
        identity = await self._identify(scope, visit_of(scope))
        stored = await self._queue.find(fields.get("number", ""))
        is_own = stored is not None and stored.request.consent_id in identity.consent_ids
        return stored.request if stored is not None and is_own else None

    def _asking(self, scope: Scope, asked: Asked, ticket: str, consent_id: str) -> Asking:
        declared = self._policy.declarations
        kind = next(known for known in declared.rights.kinds if known == asked.kind)
        return Asking(
            kind=kind,
            ticket=ticket,
            consent_id=consent_id,
            language=self._screens.language_of(scope),
            contact=asked.contact,
            message=asked.message,
            working_days=declared.contact.reply_working_days,
            calendar=declared.rights.calendar,
            needs_verification=kind in declared.rights.verify,
        )

    def _shown(self, scope: Scope, request: Request | None, reference: str) -> Answer:
        if wants_json(scope):
            if request is None:
                return self._screens.message(scope, "not-found")
            return json_answer(request_data(request))
        return self._page_of(scope, request, reference=reference, status=200 if request is not None else 404)

    def _page_of(self, scope: Scope, request: Request | None, *, reference: str, status: int) -> Answer:
        wording = self._screens.wording_of(scope)
        is_new = status == 201
        return self._screens.form_page(
            scope,
            "request.html",
            status=status,
            title=wording.gettext("We have your request") if is_new else wording.gettext("Your request"),
            problem=wording.gettext("No request has this reference.") if request is None else "",
            request=request_item(wording, request) if request is not None else None,
            reference=reference,
            is_new=is_new,
            form=None,
        )

    def _form_again(
        self,
        scope: Scope,
        ticket: str,
        asked: Asked,
        faults: Sequence[str],
        *,
        status: int,
        headers: Mapping[str, str] = _NO_HEADERS,
    ) -> Answer:
        """Nothing that was written is lost."""
        wording = self._screens.wording_of(scope)
        title = MESSAGES["too-many"].title if status == 429 else N_("Your request")
        return self._screens.form_page(
            scope,
            "request.html",
            status=status,
            headers=headers,
            title=wording.gettext(title),
            problem="" if faults else wording.gettext("Nothing was changed. Please try again in a while."),
            request=None,
            reference="",
            is_new=False,
            form=asking_form(self._policy, wording, ticket, asked, faults),
        )
