"""What the tracker has received, the newest last, in memory."""

from collections import deque
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from starlette.requests import Request

_KEPT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    at: str
    kind: str
    """``script``, ``pixel``, ``beacon`` or ``frame``."""
    page: str
    """The page the visitor was on, as far as the browser tells."""
    visitor: str
    """The number on the visitor's cookie, or a fresh one."""
    is_new: bool
    address: str
    user_agent: str
    said: str
    """Query or body: what the script reports."""


class Log:
    def __init__(self) -> None:
        self._sightings: deque[Sighting] = deque(maxlen=_KEPT)

    def note(self, request: Request, kind: str, visitor: str, *, is_new: bool, said: str) -> None:
        client = request.client
        self._sightings.append(
            Sighting(
                at=datetime.now(UTC).strftime("%H:%M:%S"),
                kind=kind,
                page=request.headers.get("referer", ""),
                visitor=visitor,
                is_new=is_new,
                address=client.host if client else "",
                user_agent=request.headers.get("user-agent", ""),
                said=said,
            )
        )

    def forget(self) -> None:
        self._sightings.clear()

    def newest_first(self) -> list[Sighting]:
        return list(reversed(self._sightings))

    def as_json(self) -> list[dict[str, object]]:
        return [asdict(sighting) for sighting in self._sightings]
