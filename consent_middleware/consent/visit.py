"""One visitor's visit: what is known and decided while one request is served."""

import logging
import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Protocol, runtime_checkable

from msgspec.structs import replace

from ..asgi import Scope
from ..errors import ConfigurationError, LedgerError
from ..policy import Policy
from .choice import Answers, answer, for_age, without_separate
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


def get_consent(request: "HasScope | Scope") -> Consent:
    """Return what this visitor chose (``NO_CHOICE`` where there is none); ``consent.allows(id)`` says what that means now."""
    visit = visit_of(request)
    visit.consent_was_read = True
    return visit.consent


def record_choice(
    request: "HasScope | Scope", *, allow: Iterable[str], separate: Iterable[str] = (), guardian: bool = False
) -> Consent:
    """Record a choice that the app asked for itself; it takes effect in the same request.

    ``allow`` names purposes, and services where only some of a purpose's are meant; every other optional purpose is refused.
    A purpose of basis ``separate`` is newly allowed only where ``separate`` names it: the visitor agreed to it by an act of its own,
    not together with others. ``guardian``: a child's guardian, whom the app has verified, decides. For a visitor who said to be a child
    everything else is a refusal, and where the policy asks for the age, nothing counts before that was answered (``record_age``). The
    token goes out with this response, once the ledger has recorded the choice. Doing it twice is doing it once.
    """
    visit, policy = visit_of(request), visit_of(request).policy
    agreed, names = frozenset(separate), frozenset(allow)
    unknown = (names | agreed) - policy.purposes.keys() - policy.services.keys()
    if unknown:
        known = ", ".join([*policy.purposes, *policy.services])
        raise ConfigurationError(
            f"record_choice: no purpose or service is called {', '.join(sorted(unknown))}. Known: {known}."
        )
    answers = answer(policy, "save", names | agreed, names | agreed)
    judged = without_separate(policy, answers, before=visit.consent, agreed=agreed)
    for name in sorted(answers.allowed - judged.allowed):
        logger.warning(
            'record_choice: "%s" takes an act of its own, so allowing it together with others does not count. '
            "Once the visitor has agreed to it by itself, write record_choice(request, allow=…, separate={%r}).",
            name,
            name,
        )
    if policy.asked_age is not None and not visit.consent.age and not guardian and judged.allowed:
        logger.warning(
            "record_choice: this visitor has not said to be %d or older, so nothing is allowed yet. Where your app knows, "
            "call record_age(request, under=False) before.",
            policy.asked_age,
        )
    return visit.choose(judged, method="app", by_guardian=guardian)


def record_age(request: "HasScope | Scope", *, under: bool) -> Consent:
    """Say what the app knows of a visitor's age: ``under`` the policy's ``site.minimum_age``, or not. Takes effect in the same request.

    A child's choice is then a refusal of everything optional, recorded like any other, until a guardian decides. Saying it of somebody
    who is known for it, and of an adult who has not chosen yet, records nothing; the latter is not asked for the age by this answer.
    """
    visit = visit_of(request)
    consent = visit.consent
    if visit.policy.declarations.site.minimum_age is None:
        raise ConfigurationError(
            "record_age: the policy names no age. Add minimum_age to [site], for example minimum_age = 14."
        )
    if under:
        if consent.age in ("under", "guardian"):
            return consent
        return visit.choose(Answers(action="save", allowed=frozenset(), refused=frozenset()), method="app", age="under")
    if consent.age == "over":
        return consent
    if not consent.choice_made:
        visit.hold(replace(consent, age="over"))
        return visit.consent
    # What was refused for the age alone is asked for again.
    was_child = consent.age in ("under", "guardian")
    refused = frozenset[str]() if was_child else consent.refused
    allowed = frozenset[str]() if was_child else consent.allowed
    return visit.choose(Answers(action="save", allowed=allowed, refused=refused), method="app", age="over")
