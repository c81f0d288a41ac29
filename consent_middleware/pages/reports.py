"""``/reports``: takes what browsers report about a page's content security policy."""

from collections.abc import Callable

from ..asgi import Receive, Scope
from ..consent import Decision, visit_of
from ..gates.violations import Violation, read_reports
from .answering import Answer
from .body import Unread, read_body
from .submission import media_type_of

TYPES = ("application/csp-report", "application/reports+json")
LIMIT = 128 * 1024
"""Chromium sends the reports of a page together."""


TakeViolation = Callable[[Violation, Decision], None]
"""Is told of a violation, and what the visitor allows whose browser reported it."""


class ReportsEndpoint:
    """Anybody may post here, so it says little and believes less."""

    def __init__(self, tell: TakeViolation) -> None:
        self._tell = tell

    async def take(self, scope: Scope, receive: Receive) -> Answer | None:
        """Answer 204 for every report that can be read, whether or not it says anything new."""
        fields = dict(scope["headers"])
        if media_type_of(fields.get(b"content-type", b"")) not in TYPES:
            return Answer(status=415, headers={"accept": ", ".join(TYPES)})
        body = await read_body(scope, receive, LIMIT)
        if body is Unread.DISCONNECTED:
            return None
        if isinstance(body, Unread):
            return Answer(status=413)
        violations = read_reports(body, host_of(fields.get(b"host", b"")))
        if violations is None:
            return Answer(status=400)
        decision = visit_of(scope).decision
        for violation in violations:
            self._tell(violation, decision)
        return Answer(status=204)


def host_of(authority: bytes) -> str:
    """The name in a Host header, without its port."""
    text = authority.decode("latin-1").lower()
    return text if text.endswith("]") else text.rpartition(":")[0] if ":" in text else text
