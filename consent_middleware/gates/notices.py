"""Reports identifiers of the app's own that arrive in an address or a form although their purpose is not allowed.

Reported, not changed: an address is what the app routes by and a form is what somebody typed, so taking a value out would break more
than it protects.
"""

import re
from collections.abc import Iterable

from ..asgi import ASGIApp, Message, Receive, Scope, Send
from ..consent import SCOPE_KEY
from ..consent.visit import HasVisit
from ..policy import Policy
from ..policy.identifiers import Identifier
from .findings import Finding, Report
from .headers import first

_LONGEST_QUERY = 8192
_LONGEST_BODY = 65_536
"""Of a form, this much is looked at. Fields that identify somebody come first or are small; uploads are neither."""
_FORMS = (b"application/x-www-form-urlencoded", b"multipart/form-data")
_WHERE = {"query": "The address carries it", "form": "A form carries it"}


def around(app: ASGIApp, policy: Policy, report: Report) -> ASGIApp:
    """Watch for the identifiers of the policy around ``app``; without any in addresses or forms, nothing."""
    if not any(identifier.source in _WHERE for identifier in policy.identifiers):
        return app
    return WatchedRequests(app, policy, report)


class WatchedRequests:
    """Stands between the gate and the app."""

    def __init__(self, app: ASGIApp, policy: Policy, report: Report) -> None:
        self.app = app
        self._report = report
        self._in_query = [_Pattern(each, rb"(?:\A|&)%b=") for each in policy.identifiers if each.source == "query"]
        self._in_form = [
            _Pattern(each, rb"(?:\A|&)%b=|\bname=\"?%b[\"\r;]") for each in policy.identifiers if each.source == "form"
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        holder = scope.get(SCOPE_KEY)
        if not isinstance(holder, HasVisit):
            await self.app(scope, receive, send)
            return
        visit = holder.visit
        self._look(visit.decision.allowed, self._in_query, scope.get("query_string", b"")[:_LONGEST_QUERY])
        if scope["type"] != "http" or not self._in_form or not _is_form(scope):
            await self.app(scope, receive, send)
            return
        held = b""

        async def receive_watched() -> Message:
            nonlocal held
            message = await receive()
            room = _LONGEST_BODY - len(held)
            if message["type"] == "http.request" and room > 0:
                held += bytes(message.get("body", b"")[:room])
                if not message.get("more_body", False) or len(held) >= _LONGEST_BODY:
                    self._look(visit.decision.allowed, self._in_form, held)
            return message

        await self.app(scope, receive_watched, send)

    def _look(self, allowed: frozenset[str], patterns: Iterable["_Pattern"], text: bytes) -> None:
        for pattern in patterns:
            identifier = pattern.identifier
            if identifier.purpose not in allowed and pattern.written.search(text):
                reason = (
                    f"{_WHERE[identifier.source]}, which is not changed; {identifier.key} in the policy declares it."
                )
                self._report(Finding(action="notice", name=identifier.name, purpose=identifier.purpose, reason=reason))


class _Pattern:
    __slots__ = ("identifier", "written")

    def __init__(self, identifier: Identifier, form: bytes) -> None:
        self.identifier = identifier
        name = re.escape(identifier.name.encode("utf-8"))
        self.written = re.compile(form.replace(b"%b", name))


def _is_form(scope: Scope) -> bool:
    return first(scope["headers"], b"content-type").strip().lower().startswith(_FORMS)
