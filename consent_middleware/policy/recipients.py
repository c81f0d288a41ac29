"""Finds the service an address belongs to: what the policy declares first, then what is known of well-known third parties."""

from dataclasses import dataclass
from pathlib import Path

import msgspec

from .policy import Policy
from .texts import Text

COMPILED = Path(__file__).with_name("known_services.json")
_LONGEST_HOST = 253


class KnownService(msgspec.Struct, frozen=True, array_like=True):
    """A third party that many sites embed. ``hosts``: domains, each perhaps with the beginning of a path."""

    name: str
    purpose: str
    hosts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who gets a request. ``id``: what has to be allowed for it, a service of the policy or a purpose."""

    id: str
    purpose: str
    name: Text
    is_necessary: bool = False


class Recipients:
    """All hosts of a policy's services, and of the well-known ones that the policy does not speak of."""

    def __init__(self, policy: Policy) -> None:
        self._declared: dict[str, tuple[tuple[str, Recipient], ...]] = {}
        self._known: dict[str, tuple[tuple[str, Recipient], ...]] = {}
        for service in policy.services.values():
            recipient = Recipient(
                id=service.id,
                purpose=service.purpose,
                name=service.name or service.id,
                is_necessary=service.purpose in policy.necessary,
            )
            for host in service.hosts:
                _add(self._declared, host.removeprefix("*.").strip("[]").lower(), "", recipient)
        own = policy.host or ""
        for known in load():
            recipient = Recipient(
                id=known.purpose,
                purpose=known.purpose,
                name=known.name,
                is_necessary=known.purpose in policy.necessary,
            )
            for written in known.hosts:
                host, slash, path = written.partition("/")
                # A site is no third party to itself.
                if own != host and not own.endswith(f".{host}"):
                    _add(self._known, host, slash + path, recipient)

    @property
    def hosts(self) -> frozenset[str]:
        return frozenset(self._declared) | frozenset(self._known)

    @property
    def optional(self) -> frozenset[str]:
        """Every id that is no necessary one's."""
        tables = (*self._declared.values(), *self._known.values())
        return frozenset(recipient.id for table in tables for _, recipient in table if not recipient.is_necessary)

    def find(self, host: str, path: str) -> Recipient | None:
        """Return who is behind a host (lower case) and path; the closest domain and the longest path prefix win."""
        for prefix, recipient in self.candidates(host):
            if path.startswith(prefix):
                return recipient
        return None

    def candidates(self, host: str) -> tuple[tuple[str, Recipient], ...]:
        """Return beginnings of a path and who is behind them on this host; the first that fits counts."""
        found: list[tuple[str, Recipient]] = []
        for table in (self._declared, self._known):
            domain = host[-_LONGEST_HOST:]
            while domain:
                found += table.get(domain, ())
                domain = domain.partition(".")[2]
        return tuple(found)


def _add(table: dict[str, tuple[tuple[str, Recipient], ...]], host: str, prefix: str, recipient: Recipient) -> None:
    entries = [*table.get(host, ()), (prefix, recipient)]
    table[host] = tuple(sorted(entries, key=lambda entry: -len(entry[0])))


def load() -> list[KnownService]:
    """Read the compiled table that is installed beside this module."""
    return msgspec.json.decode(COMPILED.read_bytes(), type=list[KnownService])
