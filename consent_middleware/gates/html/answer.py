"""Puts the HTML gate into answers: for whom there is something to take out, and under which name caches know the result."""

import hashlib
import re
from functools import lru_cache
from typing import NamedTuple, Protocol

from ...asgi import Header, Scope
from ...consent import SCOPE_KEY, Decision, Standing
from ...policy import Policy
from ..encodings import Body
from ..findings import Finding, Report
from ..third_parties import ThirdParties
from ..whole_documents import WholeDocuments
from . import stretches
from .gate import HtmlGate
from .rewriting import Frame

ACTIVATION = b"privacy-activation"
"""The request header of our own script, which asks for a page once more to put into it what has just been allowed. It may name what
is to be allowed this once."""
_WHOLE_PAGE = b"<template data-privacy-page>"
"""Holds such a page, so that nothing in it runs before that script has put it in its place."""
_IDS = re.compile(r"[\s,]+")
_NOTHING: frozenset[str] = frozenset()
_REASON = "It belongs to a third party that is not allowed."
_MARKED = "The page marks it with a purpose that is not allowed."


class Placeholders(Protocol):
    """What the gate asks of a room above it."""

    def page_language(self, scope: Scope) -> str | None: ...
    def render(self, frame: Frame, standing: Standing, scope: Scope, language: str | None) -> bytes: ...


class Terms(NamedTuple):
    """Under which one answer is read. ``extra``: what is allowed this once."""

    allowed: frozenset[str]
    extra: frozenset[str]
    is_activation: bool

    def allows(self, name: str) -> bool:
        return name in self.allowed or name in self.extra


class HtmlGates:
    """One for each middleware."""

    def __init__(self, policy: Policy, placeholders: Placeholders, report: Report | None) -> None:
        self.parties = ThirdParties(policy)
        self.documents = WholeDocuments(self.parties)
        self._optional = frozenset({*policy.optional, *policy.services}) | self.parties.optional
        self._separate = policy.separate | {s.id for s in policy.services.values() if s.purpose in policy.separate}
        self._placeholders = placeholders
        self._report = report

    def warm(self) -> None:
        """Get ready what the first page would wait for."""
        stretches.warm()

    def terms(self, decision: Decision, scope: Scope, *, is_document: bool) -> Terms:
        asked = None if is_document else _asked(scope)
        if asked is None:
            return Terms(decision.allowed, _NOTHING, False)
        # Only what is known: a header has room for thousands of names, and each set of them would be remembered.
        extra = self._optional.intersection(_IDS.split(asked.decode("latin-1")))
        if decision.is_childs or decision.asks_age:
            extra = _NOTHING
        elif len(extra) > 1:
            # What takes an act of its own is not let in together with others.
            extra -= self._separate
        return Terms(decision.allowed, extra, True)

    def is_needed(self, terms: Terms) -> bool:
        """Say whether a page is read: not where everything is allowed."""
        return terms.is_activation or not self._optional <= terms.allowed

    def variant(self, terms: Terms) -> str:
        """Name what caches may keep apart: equal names, equal pages."""
        return _variant(self._optional & terms.allowed, terms.extra, terms.is_activation)

    def body(self, terms: Terms, standing: Standing, scope: Scope, *, is_xml: bool) -> Body:
        """Return what rewrites one page."""
        # A copy for placeholders, since a router further in may move the scope's own path; without the way back to the gate.
        request = {**scope, SCOPE_KEY: None}
        # Now, while whom the app asks for its visitor is still there.
        language = self._placeholders.page_language(scope)
        gate = HtmlGate(
            self.parties,
            terms.allows,
            lambda frame: self._placeholders.render(frame, standing, request, language),
            is_xml=is_xml,
            numbers=terms.is_activation,
            seen=self._tell if self._report is not None else None,
        )
        return InTemplate(gate) if terms.is_activation and not is_xml else gate

    def watcher(self, decision: Decision, *, is_xml: bool) -> Body:
        """Return what reads a page for observe mode, where nothing is changed."""
        return HtmlGate(self.parties, decision.allows, lambda _: b"", is_xml=is_xml, seen=self._tell)

    def _tell(self, host: str, name: str, is_refused: bool) -> None:
        if is_refused and self._report is not None:
            reason = _REASON if host else _MARKED
            self._report(Finding(action="gate", name=host or name, purpose=name, reason=reason))


class InTemplate:
    """Feeds a page on inside of one template."""

    def __init__(self, inner: Body) -> None:
        self._inner = inner
        self._begin = _WHOLE_PAGE

    def feed(self, data: bytes, *, is_last: bool) -> bytes:
        begin, self._begin = self._begin, b""
        return begin + self._inner.feed(data, is_last=is_last)


class Chained:
    """Two rewriters of one body, one after the other."""

    def __init__(self, first: Body, second: Body) -> None:
        self._first = first
        self._second = second

    def feed(self, data: bytes, *, is_last: bool) -> bytes:
        return self._second.feed(self._first.feed(data, is_last=is_last), is_last=is_last)


def is_activation(scope: Scope) -> bool:
    return _asked(scope) is not None


def _asked(scope: Scope) -> bytes | None:
    headers: list[Header] = scope.get("headers") or []
    return next((value for name, value in headers if name == ACTIVATION), None)


@lru_cache(maxsize=256)
def _variant(allowed: frozenset[str], extra: frozenset[str], is_activation: bool) -> str:
    said = repr((sorted(allowed), sorted(extra), is_activation))
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:8]
