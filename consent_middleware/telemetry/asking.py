"""How an app asks for telemetry."""

from collections.abc import Callable

from ..asgi import Scope
from ..consent.visit import SCOPE_KEY, HasScope, scope_of, visit_of
from .snapshot import Telemetry, take_snapshot


def get_telemetry(request: HasScope | Scope) -> Telemetry:
    """Return what may be known about the sender of a request; parsed on first use, and never before anybody asks."""
    scope = scope_of(request)
    # Not isinstance: with a protocol, that costs more than all the rest.
    describe: Callable[[], Telemetry] | None = getattr(scope.get(SCOPE_KEY), "describe", None)
    if describe is not None:
        return describe()
    decision = visit_of(request).decision
    client = scope.get("client")
    return take_snapshot(
        dict(scope["headers"]),
        (client[0], client[1]) if client else None,
        network=decision.allows("network"),
        device=decision.allows("device"),
    )
