"""Slows down whoever guesses the overview's token, and never for good whoever has it."""

import math
import time
from collections.abc import Callable

from ..asgi import Scope
from ..caches import BoundedCache
from ..pages.buckets import Buckets, Rate
from ..pages.limits import network_of

PER_NETWORK = Rate(burst=5, pause=60)
IN_ALL = Rate(burst=60, pause=2)
OF_TEAM = Rate(burst=10, pause=30)
_EVERYBODY = "everybody"
_TEAM = "team"
_NETWORKS = 256


class Guesses:
    """Counts wrong tokens: those of a network, and of all networks together.

    A network from which the right token came does not wait for the sum: whoever attacks from many networks keeps out neither the team
    nor what reads the metrics. A browser that was signed in before (``is_known``) waits for neither, but for others like it: an attack
    out of the team's own network, or from behind a proxy that hands on no addresses, does not keep it out
    (https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies).
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._networks = Buckets(PER_NETWORK, clock=clock)
        self._everybody = Buckets(IN_ALL, clock=clock)
        self._team = Buckets(OF_TEAM, clock=clock)
        self._trusted: BoundedCache[str, bool] = BoundedCache(_NETWORKS)

    def wait(self, scope: Scope, *, is_known: bool) -> int:
        """Seconds until a token from there is looked at again; 0 where it is now."""
        return math.ceil(max(buckets.wait(name) for buckets, name in self._counted(scope, is_known=is_known)))

    def see(self, scope: Scope, *, is_known: bool, is_right: bool) -> None:
        """Remember what came of one that was looked at."""
        if not is_right:
            for buckets, name in self._counted(scope, is_known=is_known):
                buckets.add(name)
            return
        network = network_of(scope)
        if network is not None and network not in self._trusted:
            self._trusted.put(network, True)

    def _counted(self, scope: Scope, *, is_known: bool) -> list[tuple[Buckets, str]]:
        if is_known:
            return [(self._team, _TEAM)]
        network = network_of(scope)
        own = [(self._networks, network or "")]
        return own if network in self._trusted else [*own, (self._everybody, _EVERYBODY)]
