"""Keeps validators from bringing a deleted identifier back, on the routes that the policy marks.

A browser stores an ETag and sends it back as it sends a cookie. Until the purpose is allowed, a new one does not reach the browser
and an older one does not reach the app, which then answers in full.
"""

from ..asgi import ASGIApp, Message, Receive, Scope, Send, route_path
from ..consent import SCOPE_KEY, Visit
from ..consent.visit import HasVisit
from ..policy import Policy
from ..policy.patterns import NameTable
from ..telemetry import RESPAWNING_REQUEST_HEADERS, RESPAWNING_RESPONSE_HEADERS
from .findings import Action, Finding, Report
from .headers import without

_REASON = "A validator that the browser keeps and sends back can bring an identifier back."


def around(app: ASGIApp, policy: Policy, report: Report | None, *, is_observing: bool) -> ASGIApp:
    """Put the marked routes of the policy around ``app``; without any, nothing."""
    if not policy.declarations.validators:
        return app
    return MarkedRoutes(app, policy, report, is_observing=is_observing)


class MarkedRoutes:
    """Stands between the gate and the app."""

    def __init__(self, app: ASGIApp, policy: Policy, report: Report | None, *, is_observing: bool) -> None:
        self.app = app
        self._report = report
        self._is_observing = is_observing
        self._purposes: NameTable[str] = NameTable(
            (path, marked.purpose) for marked in policy.declarations.validators for path in marked.paths
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        purpose = self._purposes.find(route_path(scope)) if scope["type"] == "http" else None
        holder = scope.get(SCOPE_KEY)
        if purpose is None or not isinstance(holder, HasVisit):
            await self.app(scope, receive, send)
            return
        visit = holder.visit
        if not visit.decision.allows(purpose):
            self._tell("hide", scope["headers"], RESPAWNING_REQUEST_HEADERS, purpose)
            if not self._is_observing:
                scope["headers"] = without(scope["headers"], RESPAWNING_REQUEST_HEADERS)

        async def send_less(message: Message) -> None:
            await send(self._less(message, visit, purpose))

        await self.app(scope, receive, send_less)

    def _less(self, message: Message, visit: Visit, purpose: str) -> Message:
        # Asked again: a choice may have been made since the request came.
        if message["type"] != "http.response.start" or visit.decision.allows(purpose):
            return message
        headers = list(message.get("headers") or ())
        message = {**message, "headers": headers}
        self._tell("drop", headers, RESPAWNING_RESPONSE_HEADERS, purpose)
        if not self._is_observing:
            message["headers"] = without(headers, RESPAWNING_RESPONSE_HEADERS)
        return message

    def _tell(self, action: Action, headers: list[tuple[bytes, bytes]], names: frozenset[bytes], purpose: str) -> None:
        if self._report is None:
            return
        for name, _ in headers:
            if name.lower() in names:
                said = name.decode("latin-1").lower()
                self._report(Finding(action=action, name=said, purpose=purpose, reason=_REASON))
