"""Says whose a key in a browser's storage is, and how it is written down: the policy's word first, then the guard's shipped table."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..policy import Policy
from ..policy.guarded import shipped
from ..policy.patterns import NameTable
from .items import STORES
from .naming import written_key

_WILD = re.compile(r"[*?]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownKey:
    """``written``: a literal key or a pattern."""

    written: str
    purpose: str
    is_declared: bool


class KnownKeys:
    """The keys of one policy, by store."""

    def __init__(self, policy: Policy) -> None:
        self._declared: dict[str, NameTable[KnownKey]] = {}
        self._starred: dict[str, dict[str, KnownKey]] = {}
        self._shipped: dict[str, NameTable[KnownKey]] = {}
        for store in STORES:
            declared = [
                KnownKey(written=entry.key, purpose=entry.purpose, is_declared=True)
                for entry in policy.declarations.storage
                if entry.kind == store
            ]
            known = [
                KnownKey(written=pattern, purpose=purpose, is_declared=False)
                for purpose, kinds in shipped().items()
                for pattern in kinds.get(store, ())
            ]
            self._declared[store] = _table(declared)
            # A page writes stars before it tells, so "cache-20261129" comes as "cache-*".
            self._starred[store] = {_WILD.sub("*", written_key(entry.written)): entry for entry in reversed(declared)}
            self._shipped[store] = _table(known)

    def find(self, store: str, name: str) -> KnownKey | None:
        """``name``: as a page wrote it, or as it is written down."""
        return self._declared[store].find(name) or self._starred[store].get(name) or self._shipped[store].find(name)

    def written(self, store: str, name: str) -> str:
        """The key or pattern by which it is known, or the name without ids."""
        known = self.find(store, name)
        return known.written if known is not None else written_key(name)


def _table(entries: Iterable[KnownKey]) -> NameTable[KnownKey]:
    return NameTable((entry.written, entry) for entry in entries)
