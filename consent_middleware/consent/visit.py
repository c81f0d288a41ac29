"""One visitor's visit: what is known and decided while one request is served."""

import logging
import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Protocol, runtime_checkable

from msgspec.structs import replace

from ..asgi import Scope
from ..errors import ConfigurationError, LedgerError
from ..policy import Policy
from .choice import Answers, for_age
from .decision import Decision
from .signals import Signals
from .subject import Subject
from .token import new_id
from .value import Age, Consent

logger = logging.getLogger("consent_middleware")

SCOPE_KEY = "consent_middleware"
"""Where a scope carries its ``Visit``, or what makes it."""


class HasScope(Protocol):
    """A request or websocket of any ASGI framework: it has a ``scope``."""

    @property
    def scope(self) -> Scope: ...


@runtime_checkable
class HasVisit(Protocol):
    """What stands in a scope: most requests never ask for their visit, so it is made on demand."""

    @property
    def visit(self) -> "Visit": ...


class Standing(Protocol):
    """What a visitor chose and what that allows: a visit, or what stands in for it while nobody asks for one."""

    @property
    def consent(self) -> Consent: ...
    @property
    def decision(self) -> Decision: ...
    @property
    def signals(self) -> Signals: ...


class Decider(Protocol):
    """Turns a consent into a decision, usually from memory."""

    def __call__(self, consent: Consent, signals: Signals) -> tuple[Consent, Decision]: ...


Recorder = Callable[["Visit"], Awaitable[None]]
"""Writes the visit's choice to the ledger; returns when it is durable, raises LedgerError when it is not."""


class Visit:
    """Everything one request knows about its visitor. Only this object changes while a request is served.

    ``consent`` and ``decision`` hold from now on; ``choice`` is what was chosen in this very request, until its token is sent.
    """

    choice: Answers | None = None
    is_committed: bool = False
    consent_was_read: bool = False
    response_started: bool = False
    method: str = ""
    language: str = ""
    layer: str = ""
    """What the visitor was looking at when choosing, where that was ours."""
    record_id: str = ""
    """The record of the choice, once there is one."""
    request: Scope | None = None
    """The request's scope, while a choice is being recorded."""
    subject: Subject | None = None
    """Who is signed in, once that was asked (``is_subject_known``)."""
    is_subject_known: bool = False
    is_reissued: bool = False
    """The token says something new of the same choice: that it belongs to an account."""
    is_forgotten: bool = False
    """The token is somebody else's, and goes."""
    acting: str = "visitor"
    """Whose act the choice was, ``"visitor"`` or ``"guardian"``."""

    def __init__(
        self,
        policy: Policy,
        consent: Consent,
        decision: Decision,
        signals: Signals,
        is_secure: bool,
        decide: Decider,
        record: Recorder,
    ) -> None:
        self.policy = policy
        self.consent = self.previous = consent
        self.decision = decision
        self.signals = signals
        self.is_secure = is_secure
        self._decide = decide
        self._record = record

    def choose(
        self, answers: Answers, *, method: str, language: str = "", age: Age | None = None, by_guardian: bool = False
    ) -> Consent:
        """Let ``answers`` take effect at once. ``commit`` records them; the response then carries the new token.

        ``age``: what the visitor, or the app, said of it now. ``by_guardian``: the guardian of a child answers.
        """
        age = "guardian" if by_guardian else self.consent.age if age is None else age
        answers = for_age(self.policy, answers, age, before=self.consent, by_guardian=by_guardian)
        if self.choice is None or self.is_committed:
            # Until it is recorded, what was chosen a moment ago is nothing to fall back on.
            self.previous = self.consent
        chosen = Consent(
            choice_made=True,
            id=self.consent.id or new_id(),
            chosen_at=int(time.time()),
            allowed=answers.allowed,
            refused=answers.refused,
            gpc=self.signals.gpc,
            owner=self.consent.owner,
            age=age,
            # Our own pages and the banner tell them beside what is asked.
            seen=self.consent.seen.union(bulletin.id for bulletin in self.policy.bulletins if method != "app"),
        )
        self.acting = "guardian" if by_guardian else "visitor"
        self.choice = answers
        self.is_committed = False
        self.method = method
        self.layer = self.record_id = ""
        self.language = language or self.policy.languages[0]
        self.consent, self.decision = self._decide(chosen, self.signals)
        if self.response_started:
            logger.warning(
                "A choice was recorded after the response had started: it counts for this request, but no token was sent."
            )
        return self.consent

    def hold(self, consent: Consent) -> None:
        """Let another consent hold from now on; nobody chose it here."""
        self.consent, self.decision = self._decide(consent, self.signals)

    def dismiss(self, notices: Iterable[str]) -> None:
        """Remember that the visitor need not be shown these notices again: in the token of a choice, else in one that says no more."""
        consent = self.consent
        told = replace(consent, seen=consent.seen.union(notices), chosen_at=consent.chosen_at or int(time.time()))
        self.consent, self.decision = self._decide(told, self.signals)

    def exempt(self, mark: str) -> None:
        """Remember in the token that the visitor asked for one cookie (``cookie:<name>``) of a purpose refused before."""
        self.hold(replace(self.consent, allowed=self.consent.allowed | {mark}))

    @property
    def only_refuses(self) -> bool:
        """Whether the choice made in this request allows nothing that was not allowed before."""
        return self.consent.allowed <= self.previous.allowed

    async def commit(self, request: Scope | None = None) -> None:
        """Record the choice. When the ledger does not answer, a refusal still takes effect, and an acceptance is taken back.

        ``request``: the scope in which it was made, by which an app tells whose choice it is.

        Raises LedgerError in the second case: nothing may be allowed that cannot be proven (GDPR Art. 7(1)).
        """
        if self.choice is None or self.is_committed:
            return
        self.request = request
        try:
            await self._commit()
        finally:
            self.request = None

    async def _commit(self) -> None:
        if self.only_refuses:
            await self._record_refusal()
            self.is_committed = True
            return
        try:
            await self._record(self)
        except LedgerError:
            self._take_back_acceptance()
            if self.is_committed:
                await self._record_refusal()
            raise
        self.is_committed = True

    async def _record_refusal(self) -> None:
        """A refusal takes effect whatever happens to its record, which ``record`` may put aside until the database answers."""
        try:
            await self._record(self)
        except LedgerError:
            logger.exception("A refusal took effect, but the ledger did not record it.")

    def _take_back_acceptance(self) -> None:
        """Keep of an unrecorded choice what it withdraws; what it newly allows is unanswered again."""
        chosen, previous = self.consent, self.previous
        if previous.allowed <= chosen.allowed:
            self.choice = None
            self.hold(previous)
            return
        self.hold(replace(chosen, allowed=chosen.allowed & previous.allowed))
        self.is_committed = True


def scope_of(request: "HasScope | Scope") -> Scope:
    """Return the scope of a request or websocket of any framework; a scope is its own."""
    return request if isinstance(request, MutableMapping) else request.scope


def visit_of(request: "HasScope | Scope") -> Visit:
    """Return the visit of a request, a websocket or a scope; ConfigurationError where no middleware is mounted."""
    holder = scope_of(request).get(SCOPE_KEY)
    if isinstance(holder, Visit):
        return holder
    if not isinstance(holder, HasVisit):
        raise ConfigurationError(
            "This request did not pass through ConsentMiddleware. Wrap the whole app: app = ConsentMiddleware(app, secret_key=…)."
        )
    return holder.visit
