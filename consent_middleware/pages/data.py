"""``/data``, ``/data/erase``, ``/receipt/{id}``: what is held about the visitor who asks, and nobody else.

Who asks is said by the verified token alone; where the app says who is signed in, by that too: then what the account's other browsers
left is shown as well, and a token that belongs to an account shows nothing to whoever is signed out. Without a token, with one that has
run out, or with one whose records are erased, nothing is found: the answer is the same as for records that never were.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode

import msgspec

from ..asgi import Receive, Scope
from ..consent import Visit, visit_of
from ..consent.names import TokenCookie
from ..errors import LedgerError
from ..ledger import ChoiceRecord, Ledger, Record
from ..ledger.records import STATES, choice_of
from ..policy import Policy
from ..rights import Erased, Erasure, Outbox, Request, RequestQueue
from ..telemetry import Disclosed, DisclosureLog, Recorder
from ..telemetry.events import Event
from .accounts import Accounts, Identity
from .answering import Answer, json_answer
from .buckets import Rate
from .form_token import FormTokens
from .held import HeldPages
from .limits import Limit
from .own_body import read_own
from .request_items import request_data
from .screens import Screens, lang_of, query_of, wants_json
from .sender import Sender, sender_of

_RECORD_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
"""Whatever else an address holds is the id of no record, and databases refuse some of it."""
_RETRY_AFTER = {"retry-after": "10"}
_ERASURES = Rate(burst=3, pause=3600)
"""Of one id. Nothing is left after the first, but each tells the recipients."""
_ERASURES_OF_NETWORK = Rate(burst=30, pause=20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Everything held about one visitor, under all of their ids. ``consent_id``: that of this browser's own token, if any."""

    consent_id: str | None
    consent_ids: Sequence[str]
    records: list[Record]
    events: list[Event]
    disclosures: Sequence[Disclosed]
    requests: Sequence[Request]

    @property
    def choices(self) -> list[ChoiceRecord]:
        return [choice_of(record) for record in self.records if record.kind in STATES]


class DataEndpoint:
    """Reads and erases by the id of the visitor's own token."""

    def __init__(
        self,
        *,
        policy: Policy,
        screens: Screens,
        tokens: FormTokens,
        ledger: Ledger | None,
        recorder: Recorder | None = None,
        disclosure_log: DisclosureLog | None = None,
        accounts: Accounts | None = None,
        queue: RequestQueue | None = None,
        erasure: Erasure | None = None,
        outbox: Outbox | None = None,
    ) -> None:
        self._policy = policy
        self._screens = screens
        self._held_pages = HeldPages(policy, screens)
        self._tokens = tokens
        self._ledger = ledger
        self._recorder = recorder
        self._disclosure_log = disclosure_log
        self._accounts = accounts
        self._queue = queue
        self._erasure = erasure
        self._outbox = outbox
        self._limit = Limit("erasures", visitor=_ERASURES, network=_ERASURES_OF_NETWORK)

    async def show(self, scope: Scope, receive: Receive) -> Answer:
        """Say what is held: a page, or JSON, which ``?format=json`` offers as a file."""
        visit = visit_of(scope)
        try:
            identity = await self.identify(scope, visit)
            held = await self._held(visit.consent.id, identity.consent_ids)
        except LedgerError:
            return self._screens.message(scope, "unreadable", headers=_RETRY_AFTER)
        if identity.is_locked:
            return self._screens.message(scope, "locked")
        is_download = self._screens.asks(scope, "format") == "json"
        if is_download or wants_json(scope):
            headers = {"content-disposition": 'attachment; filename="privacy-data.json"'} if is_download else {}
            return json_answer(_as_json(held), headers=headers)
        return self._held_pages.data(
            scope,
            visit,
            held.choices,
            consent_ids=held.consent_ids,
            is_of_account=identity.subject is not None,
            others=len(held.records) - len(held.choices),
            events=len(held.events),
            disclosures=held.disclosures,
            requests=held.requests,
            tells_recipients=self._outbox is not None and self._outbox.tells_anybody,
            ticket=self._queue.numbers.ticket() if self._queue is not None else "",
        )

    async def erase(self, scope: Scope, receive: Receive) -> Answer | None:
        """Erase everything held, and forget the visitor: the token goes too, so that the site asks again."""
        body = await read_own(scope, receive, self._screens)
        if not isinstance(body, bytes):
            return body
        visit = visit_of(scope)
        if sender_of(scope["headers"], ()) is Sender.UNPROVEN and not self._tokens.accepts(
            _token_in(body), scope, visit.consent
        ):
            return self._screens.message(scope, "unproven")
        try:
            identity = await self.identify(scope, visit)
            if identity.is_locked:
                return self._screens.message(scope, "locked")
            wait = self._limit.take(scope)
            if wait:
                return self._screens.message(scope, "too-many", headers={"retry-after": str(wait)})
            try:
                erased = await self._erase(identity, visit)
            except LedgerError:
                self._limit.give_back(scope)
                raise
        except LedgerError:
            return self._screens.message(scope, "unreadable", headers=_RETRY_AFTER)
        cookie = TokenCookie.of(self._policy, is_secure=visit.is_secure).set_cookie("", 0).decode("ascii")
        headers = {"set-cookie": cookie}
        if wants_json(scope):
            return json_answer({"erased": msgspec.to_builtins(erased)}, headers=headers)
        query = {"erased": "1", "next": self._screens.way_back(scope), **lang_of(query_of(scope))}
        headers["location"] = f"{self._screens.base_of(scope)}/data?{urlencode(query)}"
        return Answer(status=303, headers=headers)

    async def receipt(self, scope: Scope, record_id: str) -> Answer:
        """Show one choice of one's own. Another's, and one that is not there, are answered alike."""
        visit = visit_of(scope)
        try:
            choice = await self._choice(record_id, await self.identify(scope, visit))
            shown = (
                await self._ledger.text(choice.shown) if self._ledger is not None and choice and choice.shown else None
            )
        except LedgerError:
            return self._screens.message(scope, "unreadable", headers=_RETRY_AFTER)
        if choice is None:
            return self._screens.message(scope, "not-found")
        text = shown.content if shown is not None else ""
        if wants_json(scope) or self._screens.asks(scope, "format") == "json":
            return json_answer({**msgspec.to_builtins(choice), "text": text})
        return self._held_pages.receipt(scope, choice, text)

    async def identify(self, scope: Scope, visit: Visit) -> Identity:
        """Say whose data may be shown. Raises LedgerError."""
        if self._accounts is not None:
            return await self._accounts.identify(scope, visit)
        return Identity(consent_ids=[visit.consent.id] if visit.consent.id is not None else [])

    async def _choice(self, record_id: str, identity: Identity) -> ChoiceRecord | None:
        if self._ledger is None or not identity.consent_ids or not _RECORD_ID.fullmatch(record_id):
            return None
        stored = await self._ledger.record(record_id)
        if stored is None or stored.record.consent_id not in identity.consent_ids or stored.record.kind not in STATES:
            return None
        return choice_of(stored.record)

    async def _held(self, consent_id: str | None, consent_ids: Sequence[str]) -> Held:
        records: list[Record] = []
        events: list[Event] = []
        disclosures: list[Disclosed] = []
        requests: list[Request] = []
        for one in consent_ids:
            if self._ledger is not None:
                records += [stored.record for stored in await self._ledger.of_visitor(one)]
            if self._recorder is not None:
                events += [event async for event in self._recorder.events(one)]
            if self._disclosure_log is not None:
                disclosures += await self._disclosure_log.of(one)
            if self._queue is not None:
                requests += await self._queue.of_visitor(one)
        if len(consent_ids) > 1:
            records.sort(key=lambda record: record.recorded_at)
            events.sort(key=lambda event: event.occurred_at)
            disclosures.sort(key=lambda disclosed: disclosed.last_at, reverse=True)
            requests.sort(key=lambda request: request.received_at, reverse=True)
        return Held(
            consent_id=consent_id,
            consent_ids=consent_ids,
            records=records,
            events=events,
            disclosures=disclosures,
            requests=requests,
        )

    async def _erase(self, identity: Identity, visit: Visit) -> Erased:
        erased = Erased()
        if self._erasure is None:
            return erased
        for one in identity.consent_ids:
            allowed = visit.decision.allowed if one == visit.consent.id else frozenset[str]()
            erased += await self._erasure.run(one, reason="the visitor asked for it", allowed=allowed)
        if self._accounts is not None and identity.subject is not None:
            await self._accounts.erase(identity.subject)
        if self._outbox is not None:
            self._outbox.wake()
        return erased


def _as_json(held: Held) -> Mapping[str, object]:
    records = [
        {
            "record_id": record.record_id,
            "kind": record.kind,
            "consent_id": record.consent_id,
            "recorded_at": record.recorded_at,
            **msgspec.json.decode(record.content, type=dict[str, object]),
        }
        for record in held.records
    ]
    return {
        "consent_id": held.consent_id,
        "consent_ids": held.consent_ids,
        "records": records,
        "events": held.events,
        "disclosures": held.disclosures,
        "requests": [request_data(request) for request in held.requests],
    }


def _token_in(body: bytes) -> str:
    try:
        return parse_qs(body.decode("ascii"), max_num_fields=10).get("token", [""])[-1]
    except ValueError:
        return ""
