"""How an app asks for telemetry."""

from typing import Protocol, runtime_checkable

from ..asgi import Scope
from ..consent.visit import SCOPE_KEY, HasScope, scope_of, visit_of
from .snapshot import Telemetry, take_snapshot


@runtime_checkable
class HasTelemetry(Protocol):
    """What stands in a scope that passed the gate: it knows the request as it was before."""

    def describe(self) -> Telemetry: ...


def get_telemetry(request: HasScope | Scope) -> Telemetry:
    """Return what may be known about the sender of a request; parsed on first use, and never before anybody asks."""
    scope = scope_of(request)
    holder = scope.get(SCOPE_KEY)
    if isinstance(holder, HasTelemetry):
        return holder.describe()
    decision = visit_of(request).decision
    client = scope.get("client")
    return take_snapshot(
        dict(scope["headers"]),
        (client[0], client[1]) if client else None,
        network=decision.allows("network"),
        device=decision.allows("device"),
    )
