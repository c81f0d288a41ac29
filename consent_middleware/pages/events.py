"""``/events``: takes in clicks that a page reports."""

from collections.abc import Collection

from ..asgi import Receive, Scope
from ..consent import visit_of
from ..telemetry import Recorder
from .answering import Answer, json_answer
from .beacon import MEDIA_TYPES, read_report
from .body import Unread, read_body
from .buckets import Rate
from .limits import Limit
from .sender import Sender, sender_of
from .submission import media_type_of

_CLICKS = Rate(burst=1200, pause=0.25)
_CLICKS_OF_NETWORK = Rate(burst=6000, pause=0.02)


class EventsEndpoint:
    """Refuses whatever the visitor has not allowed, and whatever none of the site's own pages sent.

    A script reads the answers, if anybody: they are codes, not pages.
    """

    def __init__(self, *, recorder: Recorder, purpose: str, origins: Collection[str]) -> None:
        self._recorder = recorder
        self._purpose = purpose
        self._origins = frozenset(origin.lower() for origin in origins)
        # All together are limited by the recorder's own queue.
        self._limit = Limit("clicks", visitor=_CLICKS, network=_CLICKS_OF_NETWORK)

    async def record(self, scope: Scope, receive: Receive) -> Answer | None:
        """Note the clicks; they are written later."""
        # Every browser that sends a beacon says where it comes from: whoever does not is no page of this site.
        if sender_of(scope["headers"], self._origins) not in (Sender.OWN, Sender.DECLARED):
            return _refuse(403, "foreign")
        if not visit_of(scope).decision.allows(self._purpose):
            return _refuse(403, "not-allowed")
        media_type = media_type_of(next((value for name, value in scope["headers"] if name == b"content-type"), b""))
        if media_type not in MEDIA_TYPES:
            return _refuse(415, "wrong-media-type", accept=", ".join(MEDIA_TYPES))
        body = await read_body(scope, receive)
        if body is Unread.DISCONNECTED:
            return None
        if isinstance(body, Unread):
            return _refuse(413, "too-large")
        report = read_report(body, media_type)
        if report is None:
            return _refuse(400, "malformed")
        wait = self._limit.take(scope, len(report.clicks))
        if wait:
            return _refuse(429, "too-many", **{"retry-after": str(wait)})
        # Asked again inside: a choice may have been made while the body arrived.
        if not self._recorder.see_clicks(visit_of(scope), scope, report.path, report.clicks):
            return _refuse(503, "too-busy")
        return Answer(status=204)


def _refuse(status: int, error: str, **headers: str) -> Answer:
    return json_answer({"error": error}, status=status, headers=headers)
