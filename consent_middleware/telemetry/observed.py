"""What is noted of an event while its request is served, so that the rest can be worked out later."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..asgi import Scope
from ..consent import Decision
from ..policy.recording import Recording
from .events import Event, Kind
from .snapshot import take_snapshot

_READ = frozenset(
    {
        b"user-agent",
        b"accept-language",
        b"sec-ch-ua",
        b"sec-ch-ua-model",
        b"sec-ch-ua-platform-version",
        b"sec-ch-ua-full-version-list",
        b"x-forwarded-for",
        b"forwarded",
    }
)
"""All that a snapshot reads. Nothing else of a request is held: no cookie waits in memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where an event came from: only what the visitor allows to be kept, not yet parsed."""

    fields: tuple[str, ...]
    headers: Mapping[bytes, bytes]
    client: tuple[str, int] | None
    network: bool
    device: bool

    @classmethod
    def of(cls, scope: Scope, decision: Decision, recording: Recording) -> "Source":
        fields = tuple(name for name, purposes in recording.fields.items() if purposes <= decision.allowed)
        if not fields:
            return _NOWHERE
        client = scope.get("client")
        return cls(
            fields=fields,
            headers={name: value for name, value in scope["headers"] if name in _READ},
            client=_peer(client),
            network=decision.allows("network"),
            device=decision.allows("device"),
        )

    def details(self) -> Mapping[str, str]:
        """Parse what was noted. Called on the database's thread: the first look at a user agent takes its time."""
        if not self.fields:
            return {}
        telemetry = take_snapshot(self.headers, self.client, network=self.network, device=self.device)
        found = {name: getattr(telemetry, name) for name in self.fields}
        if telemetry.ip == telemetry.ip_prefix:
            # Allowed in this very request, whose address was masked before: what is left is no address.
            found.pop("ip", None)
        return {name: value for name, value in found.items() if value is not None}


def _peer(client: object) -> tuple[str, int] | None:
    """What a server calls its client; some know none, or a path of a socket."""
    if not isinstance(client, tuple | list) or not client or not isinstance(client[0], str):
        return None
    port = client[1] if len(client) > 1 else 0
    return client[0], port if isinstance(port, int) else 0


_NOWHERE = Source(fields=(), headers={}, client=None, network=False, device=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """An event that waits to be written."""

    event_id: str
    consent_id: str
    occurred_at: int
    kind: Kind
    path: str
    name: str
    source: Source

    def event(self) -> Event:
        return Event(
            event_id=self.event_id,
            consent_id=self.consent_id,
            occurred_at=self.occurred_at,
            kind=self.kind,
            path=self.path,
            name=self.name,
            details=self.source.details(),
        )
