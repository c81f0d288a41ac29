"""Lets a browser forget which Client Hints it was asked for.

https://wicg.github.io/client-hints-infrastructure/ calls what browsers remember of Accept-CH an alternative cookie store.
"""

from collections.abc import Iterable
from operator import itemgetter

from ..asgi import Header
from ..consent import Decision
from ..policy.known_headers import header_rules
from ..telemetry import FORGET_HINTS

HINTS = frozenset(
    name.encode("ascii")
    for rule in header_rules()
    if rule.purpose == "device" and rule.action == "drop"
    for name in rule.headers
    if name.startswith("sec-ch-")
)
_names = itemgetter(0)


def forget(headers: list[Header], decision: Decision) -> None:
    """Say so in an answer that withdraws them."""
    if not decision.allows("device") and FORGET_HINTS not in headers:
        headers.append(FORGET_HINTS)


def forget_refused(headers: list[Header], decision: Decision, sent: Iterable[Header]) -> None:
    """Say so in a document where a token refuses them, and the unmasked headers of the request still carry some."""
    if "device" in decision.refused and not HINTS.isdisjoint(map(_names, sent)):
        forget(headers, decision)
