"""``/reports``: takes what pages report: a browser, of their content security policy; the guard, of the keys they store under."""

from collections.abc import Callable, Mapping

from ..asgi import Receive, Scope
from ..consent import Decision, visit_of
from ..gates.violations import Violation, read_reports
from .answering import Answer
from .beacon import TEXT
from .body import Unread, read_body
from .sender import Sender, sender_of
from .stored_keys import LIMIT as KEYS_LIMIT
from .stored_keys import TakeKeys, read_stored_keys
from .submission import media_type_of

TYPES = ("application/csp-report", "application/reports+json")
LIMIT = 128 * 1024
"""Chromium sends the reports of a page together."""


TakeViolation = Callable[[Violation, Decision], None]
"""Is told of a violation, and what the visitor allows whose browser reported it."""


class ReportsEndpoint:
    """Anybody may post here, so it says little and believes less."""

    def __init__(self, tell: TakeViolation | None, tell_keys: TakeKeys | None = None) -> None:
        """Take reports for these; those for which there is nobody are no reports."""
        self._tell = tell
        self._tell_keys = tell_keys
        self._types = (*(TYPES if tell is not None else ()), *((TEXT,) if tell_keys is not None else ()))

    async def take(self, scope: Scope, receive: Receive) -> Answer | None:
        """Answer 204 for every report that can be read, whether or not it says anything new."""
        fields = dict(scope["headers"])
        media_type = media_type_of(fields.get(b"content-type", b""))
        if media_type not in self._types:
            return Answer(status=415, headers={"accept": ", ".join(self._types)})
        if media_type == TEXT and sender_of(scope["headers"], ()) is not Sender.OWN:
            # Every browser that sends a beacon says where it comes from.
            return Answer(status=403)
        body = await read_body(scope, receive, KEYS_LIMIT if media_type == TEXT else LIMIT)
        if body is Unread.DISCONNECTED:
            return None
        if isinstance(body, Unread):
            return Answer(status=413)
        is_read = self._take_keys(body) if media_type == TEXT else self._take_violations(scope, fields, body)
        return Answer(status=204 if is_read else 400)

    def _take_violations(self, scope: Scope, fields: Mapping[bytes, bytes], body: bytes) -> bool:
        violations = read_reports(body, host_of(fields.get(b"host", b"")))
        if violations is None or self._tell is None:
            return False
        decision = visit_of(scope).decision
        for violation in violations:
            self._tell(violation, decision)
        return True

    def _take_keys(self, body: bytes) -> bool:
        stored = read_stored_keys(body)
        if stored is None or self._tell_keys is None:
            return False
        self._tell_keys(stored)
        return True


def host_of(authority: bytes) -> str:
    """The name in a Host header, without its port."""
    text = authority.decode("latin-1").lower()
    return text if text.endswith("]") else text.rpartition(":")[0] if ":" in text else text
