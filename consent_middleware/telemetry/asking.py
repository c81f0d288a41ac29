"""How an app asks for telemetry."""

from ..asgi import Scope
from ..consent.visit import HasScope, scope_of, visit_of
from .snapshot import Telemetry, take_snapshot


def get_telemetry(request: HasScope | Scope) -> Telemetry:
    """Return what may be known about the sender of a request; parsed on first use, and never before anybody asks."""
    visit = visit_of(request)
    scope = scope_of(request)
    client = scope.get("client")
    return take_snapshot(
        dict(scope["headers"]),
        (client[0], client[1]) if client else None,
        network=visit.decision.allows("network"),
        device=visit.decision.allows("device"),
    )
