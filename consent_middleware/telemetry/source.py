"""What one request's telemetry is read from: the request as the browser and its proxies sent it.

Made when somebody asks, by the gate that holds the raw request.
"""

from collections.abc import Callable, Sequence
from urllib.parse import parse_qsl

import msgspec

from ..asgi import Client, Header
from ..consent import Visit
from ..errors import ConfigurationError
from ..policy.identifiers import Identifier
from ..veils import Veiled
from .disclosure import Disclosures
from .snapshot import Telemetry, take_snapshot

_LONGEST_QUERY = 8192
_LONGEST_CRUMBS = 16_384
# Everything a snapshot says, but for the one that is no secret.
_FIELDS = frozenset(field.name for field in msgspec.structs.fields(Telemetry)) - {"is_bot"}


class TelemetrySource:
    """The raw side of one request, bound to its visit and to the disclosures of its middleware."""

    def __init__(
        self, headers: Sequence[Header], client: Client, query: bytes, visit: Visit, disclosures: Disclosures
    ) -> None:
        self._headers = headers
        self._client = client
        self._query = query
        self._visit = visit
        self._disclosures = disclosures

    def describe(self) -> Telemetry:
        """Return what this visitor allows by now, ready to disclose more."""
        decision = self._visit.decision
        telemetry = self._snapshot(network=decision.allows("network"), device=decision.allows("device"))
        # Veiled, since apps keep telemetry where anything may print it.
        return telemetry.bound_to(Veiled(self.disclose))

    def disclose(self, field: str, purpose: str, reason: str) -> str | None:
        """Return the raw value of a field for a purpose that the policy grounds, and for any other what is allowed."""
        identifiers = [each for each in self._visit.policy.identifiers if each.field.field == field]
        if field not in _FIELDS and not identifiers:
            known = ", ".join(sorted(_FIELDS.union(each.field.field for each in self._visit.policy.identifiers)))
            raise ConfigurationError(f'disclose: no telemetry field is called "{field}". Known: {known}.')
        is_raw = self._disclosures.judge(field, purpose=purpose, reason=reason, consent_id=self._visit.consent.id)
        if field in _FIELDS:
            telemetry = self._snapshot(network=True, device=True) if is_raw else self.describe()
            return telemetry.ip or telemetry.ip_prefix if field == "ip" else _text(telemetry, field)
        if is_raw or self._visit.decision.allows(identifiers[0].purpose):
            return self._find(identifiers)
        return None

    def _snapshot(self, *, network: bool, device: bool) -> Telemetry:
        client = self._client
        peer = (
            (client[0], client[1] if len(client) > 1 else 0) if isinstance(client, (tuple, list)) and client else None
        )
        return take_snapshot(dict(self._headers), peer, network=network, device=device)

    def _find(self, identifiers: Sequence[Identifier]) -> str | None:
        """Return the first of an identifier's places that holds something; forms are the app's to read."""
        readers: dict[str, Callable[[str], str | None]] = {
            "cookie": self._in_cookies,
            "header": self._in_headers,
            "query": self._in_query,
        }
        found = (readers[each.source](each.name) for each in identifiers if each.source in readers)
        return next((value for value in found if value is not None), None)

    def _in_headers(self, name: str) -> str | None:
        wanted = name.encode("ascii")
        return next((value.decode("latin-1") for key, value in self._headers if key == wanted), None)

    def _in_cookies(self, name: str) -> str | None:
        lines = b";".join(value for key, value in self._headers if key == b"cookie")[:_LONGEST_CRUMBS]
        for crumb in lines.decode("latin-1").split(";"):
            key, equals, value = crumb.partition("=")
            if equals and key.strip(" \t") == name:
                return value.strip(" \t")
        return None

    def _in_query(self, name: str) -> str | None:
        pairs = parse_qsl(self._query[:_LONGEST_QUERY].decode("latin-1"), keep_blank_values=True)
        return next((value for key, value in pairs if key == name), None)


def _text(telemetry: Telemetry, field: str) -> str | None:
    value: str | None = getattr(telemetry, field)
    return value
