"""Finds the service an address belongs to: what the policy declares first, then what is known of well-known third parties."""

import functools
from collections.abc import Mapping
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


Entry = tuple[str, Recipient]
"""The beginning of a path, and who gets what is asked for there."""


class Recipients:
    """All hosts of a policy's services, and of the well-known ones that the policy does not speak of."""

    def __init__(self, policy: Policy) -> None:
        declared: dict[str, list[Entry]] = {}
        for service in policy.services.values():
            recipient = Recipient(
                id=service.id,
                purpose=service.purpose,
                name=service.name or service.id,
                is_necessary=service.purpose in policy.necessary,
            )
            for host in service.hosts:
                declared.setdefault(host.removeprefix("*.").strip("[]").lower(), []).append(("", recipient))
        self._declared: Mapping[str, tuple[Entry, ...]] = {host: tuple(found) for host, found in declared.items()}
        self._known = _known(policy.necessary)
        if policy.host is not None:
            # A site is no third party to itself.
            own = f".{policy.host}"
            self._known = {host: found for host, found in self._known.items() if not own.endswith(f".{host}")}

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

    def candidates(self, host: str) -> tuple[Entry, ...]:
        """Return beginnings of a path and who is behind them on this host; the first that fits counts."""
        found: list[Entry] = []
        for table in (self._declared, self._known):
            domain = host[-_LONGEST_HOST:]
            while domain:
                found += table.get(domain, ())
                domain = domain.partition(".")[2]
        return tuple(found)


@functools.lru_cache(maxsize=8)
def _known(necessary: frozenset[str]) -> Mapping[str, tuple[Entry, ...]]:
    """Return the well-known ones by host: the same for most policies, and for each policy that follows another."""
    table: dict[str, list[Entry]] = {}
    for known in load():
        recipient = Recipient(
            id=known.purpose, purpose=known.purpose, name=known.name, is_necessary=known.purpose in necessary
        )
        for written in known.hosts:
            host, slash, path = written.partition("/")
            table.setdefault(host, []).append((slash + path, recipient))
    return {host: tuple(sorted(found, key=lambda entry: -len(entry[0]))) for host, found in table.items()}


def load() -> list[KnownService]:
    """Read the compiled table that is installed beside this module."""
    return msgspec.json.decode(COMPILED.read_bytes(), type=list[KnownService])
