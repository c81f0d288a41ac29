"""How much one visitor, one network and everybody together may send: enough for people, too little to flood a queue."""

import logging
import math
import time
from collections.abc import Callable

from ..asgi import Scope
from ..consent import visit_of
from ..telemetry import is_private, mask_ip
from ..telemetry.visitor_address import visitor_host
from .buckets import Buckets, Rate

logger = logging.getLogger("consent_middleware")

_EVERYBODY = "everybody"


class Limit:
    """``visitor``: by the random id of a choice, where there is one. ``network``: by the shortened address, which every app sees.

    Whoever comes from a private address is in no network: it may be a proxy that says nothing of its visitors, and one of them
    could shut out all others. ``everybody``: what this process takes at all. ``what`` is what there is too much of, for the log.
    """

    def __init__(
        self,
        what: str,
        *,
        visitor: Rate | None = None,
        network: Rate | None = None,
        everybody: Rate | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._what = what
        self._visitor = Buckets(visitor, clock=clock) if visitor is not None else None
        self._network = Buckets(network, clock=clock) if network is not None else None
        self._everybody = Buckets(everybody, clock=clock) if everybody is not None else None
        self._is_full = False

    def take(self, scope: Scope, amount: int = 1) -> int:
        """Return 0 where the sender may go on, and count it; else the seconds to wait, and nothing is counted."""
        shares = self._shares(scope)
        waits = [buckets.wait(name, amount) for buckets, name in shares]
        if self._everybody is not None:
            self._tell(is_full=waits[-1] > 0)
        if any(waits):
            return math.ceil(max(waits))
        for buckets, name in shares:
            buckets.add(name, amount)
        return 0

    def give_back(self, scope: Scope, amount: int = 1) -> None:
        """Take back what ``take`` counted: nothing came of it, and the sender will try again."""
        for buckets, name in self._shares(scope):
            buckets.add(name, -amount)

    def _shares(self, scope: Scope) -> list[tuple[Buckets, str]]:
        shares = []
        consent_id, network = visit_of(scope).consent.id, network_of(scope)
        if self._visitor is not None and consent_id is not None:
            shares.append((self._visitor, consent_id))
        if self._network is not None and network is not None and not is_private(network):
            shares.append((self._network, network))
        if self._everybody is not None:
            shares.append((self._everybody, _EVERYBODY))
        return shares

    def _tell(self, *, is_full: bool) -> None:
        """Log that everybody has to wait, once until nobody has to."""
        if is_full and not self._is_full:
            logger.warning("There are more %s than one process takes: for now they are answered 429.", self._what)
        self._is_full = is_full


def network_of(scope: Scope) -> str | None:
    """The shortened address of whoever sent a request, through the site's own proxies; ``None`` where nobody knows it."""
    client = scope.get("client")
    peer = client[0] if isinstance(client, tuple | list) and client and isinstance(client[0], str) else None
    host = visitor_host(dict(scope["headers"]), peer)
    return mask_ip(host) if host is not None else None
