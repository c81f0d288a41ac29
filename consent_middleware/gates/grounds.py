"""Shows the app the whole address on the routes where the policy grounds it.

For software that reads ``scope["client"]`` and cannot be changed: rate limiters, allow-lists. The scope of the server stays masked, for
its log is written from it.
"""

from ..asgi import ASGIApp, Receive, Scope, Send, route_path
from ..consent import SCOPE_KEY
from ..policy import Policy
from ..policy.known_headers import header_rules
from ..policy.model import Ground
from ..policy.patterns import NameTable
from ..telemetry import Disclosures
from .exchange import raw_request_of
from .inner_scope import run_inside
from .response import ResponseGate

_ADDRESSES = frozenset(
    name.encode("ascii") for rule in header_rules() if rule.action in ("address", "forwarded") for name in rule.headers
)


def around(app: ASGIApp, policy: Policy, disclosures: Disclosures) -> ASGIApp:
    """Put the routes of the policy's grounds around ``app``; without any, nothing."""
    if not any("ip" in ground.fields and ground.paths for ground in policy.declarations.grounds):
        return app
    return GroundedRoutes(app, policy, disclosures)


class GroundedRoutes:
    """Stands between the gate and the app."""

    def __init__(self, app: ASGIApp, policy: Policy, disclosures: Disclosures) -> None:
        self.app = app
        self._policy = policy
        self._disclosures = disclosures
        self._grounds: NameTable[Ground] = NameTable(
            (path, ground) for ground in policy.declarations.grounds if "ip" in ground.fields for path in ground.paths
        )
        dropped = {name.lower().encode("ascii") for name in policy.declarations.masks.drop}
        self._names = _ADDRESSES - dropped

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        gate = scope.get(SCOPE_KEY)
        ground = self._grounds.find(route_path(scope)) if isinstance(gate, ResponseGate) else None
        if ground is None or not isinstance(gate, ResponseGate) or not gate.known.masks.masks_address:
            await self.app(scope, receive, send)
            return
        reason = self._policy.text(ground.reason, self._policy.languages[0])
        self._disclosures.judge("ip", purpose=ground.purpose, reason=reason, consent_id=gate.known.consent.id)
        headers, client = raw_request_of(gate)
        addresses = [pair for pair in headers if pair[0] in self._names]
        others = [pair for pair in scope["headers"] if pair[0] not in self._names]
        await run_inside(self.app, scope, receive, send, {"client": client, "headers": [*others, *addresses]})
