"""The scripts that come before all others in a page: which there are for a policy, and when a page needs one."""

import functools
import json
from collections.abc import Mapping

from ..consent import Decision
from ..policy import Policy
from ..policy.guarded import guarded
from ..policy.page_checks import CONSENT_MODE
from .assets import Asset, read_asset, read_source

_TABLE = "{ /* table */ }"
_TELLING = "{ /* telling */ }"


class PageScripts:
    """The guard, and the adapter for Google's tags where the policy switches it on."""

    def __init__(self, policy: Policy, *, tells: bool = False) -> None:
        """Choose them. ``tells``: the guard tells which keys pages store under."""
        declared = policy.declarations
        self._policy = policy
        self._tells = tells
        self._table = guarded(policy) if declared.guard else {}
        owners = frozenset(owner for entries in self._table.values() for owner, _ in entries)
        self._owners = owners - {""}
        signals = declared.consent_mode if isinstance(declared.consent_mode, dict) else {}
        self._signals = {**CONSENT_MODE, **signals} if declared.consent_mode else {}

    @functools.cached_property
    def guard(self) -> Asset | None:
        if not self._table:
            return None
        telling = "{" + read_source("telling.js") + "}" if self._tells else ""
        return _filled("guard.js", self._table, (_TELLING, telling))

    @functools.cached_property
    def consent_mode(self) -> Asset | None:
        return _filled("consent-mode.js", self._signals) if self._signals else None

    @property
    def all(self) -> list[Asset]:
        return [asset for asset in (self.guard, self.consent_mode) if asset is not None]

    def guards(self, decision: Decision) -> bool:
        """Say whether a name is known of something that is not allowed."""
        return not self._owners <= decision.allowed

    def is_needed(self, decision: Decision) -> bool:
        """Say whether a page needs any of them."""
        return bool(self._signals) or not self._owners <= decision.allowed


def _filled(file: str, table: Mapping[str, object], *more: tuple[str, str]) -> Asset:
    # The table last: a name in it may look like a place to fill.
    return read_asset(file, *more, (_TABLE, json.dumps(table, separators=(",", ":"))))
