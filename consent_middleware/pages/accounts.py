"""Lets a choice follow an account from browser to browser, and never from one account to another.

A token says whose choice it is, so most of this needs no database. Which choice is the newest of an account is asked of it only where a
page is opened by somebody who is signed in and has no choice here, or whose choice was not compared for a while.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from ..asgi import Scope
from ..caches import BoundedCache
from ..consent import NO_CHOICE, Answers, Consent, Subject, Subjects, Tokens, Visit
from ..consent.token import new_id
from ..errors import LedgerError
from ..ledger import Binding, Bindings

_AGAIN = 600.0
"""Seconds after which a browser that has a choice, and sends the same cookies, is compared with its account once more."""
_HASTE = 0.5
"""Seconds that a page waits for the database at most: without an answer it stays as its token says."""
_COMPARED = 16_384
_SIZE_LIMIT = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Whose data may be shown: those of these consent ids. ``is_locked``: the token is of an account that is signed out here."""

    consent_ids: Sequence[str]
    subject: Subject | None = None
    is_locked: bool = False


class Accounts:
    """One for each middleware that was told ``subject=``."""

    def __init__(self, *, subjects: Subjects, bindings: Bindings, tokens: Tokens) -> None:
        self._subjects = subjects
        self._bindings = bindings
        self._tokens = tokens
        self._compared: BoundedCache[bytes, float] = BoundedCache(_COMPARED)

    def is_due(self, cookie: bytes, consent: Consent) -> bool:
        """Say whether a page that is opened with these cookies is worth asking who is signed in."""
        return not consent.choice_made or time.monotonic() >= self._compared.get(cookie, 0.0)

    async def meet(self, scope: Scope, cookie: bytes, visit: Visit) -> bool:
        """Let the newest choice of whoever is signed in hold in this browser too; say whether something changed.

        A database that does not answer changes nothing.
        """
        subject = visit.subject = await self._subjects.of(scope)
        visit.is_subject_known = True
        has_changed = False
        if subject is not None:
            try:
                async with asyncio.timeout(_HASTE):
                    bound = await self._bindings.of(subject.digests)
                has_changed = await self._compare(subject, visit, bound, scope)
            except (TimeoutError, LedgerError):
                return False
        if visit.consent.choice_made and len(cookie) <= _SIZE_LIMIT:
            self._compared.put(cookie, time.monotonic() + _AGAIN)
        return has_changed

    async def greet(self, scope: Scope, visit: Visit) -> None:
        """Before a choice: learn who makes it. Another account's choice, and what it allowed separately, is nothing to begin from."""
        visit.subject, visit.is_subject_known = await self._subjects.of(scope), True
        if _is_anothers(visit.consent, visit.subject):
            visit.hold(NO_CHOICE)

    async def claim(self, visit: Visit) -> None:
        """While a choice is recorded: let it belong to whoever is signed in, under an id that is nobody else's."""
        if not visit.is_subject_known and visit.request is not None:
            visit.subject, visit.is_subject_known = await self._subjects.of(visit.request), True
        consent, subject = visit.consent, visit.subject
        if _is_anothers(consent, subject):
            carried = visit.policy.separate & visit.previous.allowed
            consent = replace(consent, id=new_id(), owner="", allowed=consent.allowed - carried)
        visit.hold(replace(consent, owner=subject.tag if subject is not None else ""))

    def bind(self, visit: Visit) -> None:
        """After a choice was recorded: make it known to the account's other browsers."""
        if visit.subject is not None:
            self._bind(visit.subject, visit.consent)

    async def identify(self, scope: Scope, visit: Visit) -> Identity:
        """Say whose data the sender of a request may see. Raises LedgerUnavailable, LedgerError."""
        subject, consent = await self._subjects.of(scope), visit.consent
        own = [consent.id] if consent.id is not None else []
        if subject is None:
            return Identity(consent_ids=() if consent.owner else own, is_locked=bool(consent.owner))
        bound = [each.consent_id for each in await self._bindings.of(subject.digests) if not each.is_erasure]
        return Identity(
            consent_ids=list(dict.fromkeys([*([] if _is_anothers(consent, subject) else own), *bound])), subject=subject
        )

    async def erase(self, subject: Subject) -> None:
        """Forget an account's choices here, and in its other browsers when they come. Raises LedgerUnavailable, LedgerError."""
        await self._bindings.erase(subject.digests, int(time.time()))

    async def _compare(self, subject: Subject, visit: Visit, bound: Sequence[Binding], scope: Scope) -> bool:
        consent = visit.consent
        erased_at = max((each.chosen_at for each in bound if each.is_erasure), default=-1)
        choices = [each for each in bound if not each.is_erasure and each.chosen_at >= erased_at]
        # Of two that were made in one second, the one of this browser: nothing is gained by exchanging them.
        newest = max(choices, key=lambda each: (each.chosen_at, each.consent_id == consent.id), default=None)
        own = next((each for each in choices if each.consent_id == consent.id), None)
        theirs = NO_CHOICE
        if newest is not None:
            theirs = self._tokens.read_state(newest.state, newest.chosen_at, time.time())
        if not consent.choice_made or _is_anothers(consent, subject):
            if theirs.choice_made:
                return await self._take_over(subject, visit, replace(theirs, id=new_id()), scope)
            return _forget(visit) if consent.choice_made else False
        if subject.owns(consent):
            if own is None and consent.chosen_at <= erased_at:
                return _forget(visit)
            if theirs.choice_made and theirs.chosen_at > consent.chosen_at:
                return await self._take_over(subject, visit, replace(theirs, id=consent.id), scope)
            if own is None or own.chosen_at < consent.chosen_at:
                self._bind(subject, consent)
            return False
        # What was chosen here before signing in may narrow what the account chose, and never widens it.
        if theirs.choice_made and (theirs.chosen_at > consent.chosen_at or consent.allowed & theirs.refused):
            return await self._take_over(subject, visit, replace(theirs, id=consent.id), scope)
        visit.hold(replace(consent, owner=subject.tag))
        visit.is_reissued = True
        self._bind(subject, visit.consent)
        return True

    async def _take_over(self, subject: Subject, visit: Visit, consent: Consent, scope: Scope) -> bool:
        """Let a choice of another browser hold, once that is recorded like a choice made here."""
        visit.previous = visit.consent
        visit.choice = Answers(action="save", allowed=consent.allowed, refused=consent.refused)
        visit.is_committed = False
        visit.method, visit.layer, visit.record_id = "account", "", ""
        visit.language = visit.policy.languages[0]
        # What was dismissed in this browser stays dismissed here.
        visit.hold(replace(consent, owner=subject.tag, seen=visit.previous.seen))
        await visit.commit(scope)
        return True

    def _bind(self, subject: Subject, consent: Consent) -> None:
        if consent.id is not None:
            self._bindings.bind(
                Binding(
                    subject=subject.digest,
                    consent_id=consent.id,
                    state=self._tokens.state_of(consent),
                    chosen_at=consent.chosen_at,
                )
            )


def _is_anothers(consent: Consent, subject: Subject | None) -> bool:
    """Say whether a choice belongs to an account, and not to this one; signed out, it is not ours to add to either."""
    return bool(consent.owner) and (subject is None or not subject.owns(consent))


def _forget(visit: Visit) -> bool:
    visit.hold(NO_CHOICE)
    visit.is_forgotten = True
    return True
