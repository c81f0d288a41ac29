"""Two middlewares around one app, one inside the other: the inner one speaks to the visitor, and a choice holds in both.

It goes from one to the other as its token, so that each of them takes from it what it would read in the next request, and no more.
"""

import time

from ..asgi import Header
from .exchange import Exchange, gates_of
from .headers import values


def supersede(outer: object, inner: Exchange) -> None:
    """Tell the gate of a middleware further out that another one speaks to this visitor, and that one what was chosen in between."""
    if not isinstance(outer, Exchange):
        return
    outer.is_superseded, outer.plain_page = True, None
    visit = outer.made_visit
    if visit is not None and visit.choice is not None:
        _adopt(inner, gates_of(outer).tokens.mint(visit.consent).encode("ascii"))


def adopt_sent(outer: Exchange, headers: list[Header]) -> None:
    """Let the choice hold whose token a middleware further in sends."""
    start = gates_of(outer).recognition.cookies[outer.is_secure].name.encode("ascii") + b"="
    for value in values(headers, b"set-cookie"):
        if value.startswith(start):
            _adopt(outer, value[len(start) :].partition(b";")[0])


def _adopt(exchange: Exchange, token: bytes) -> None:
    consent = gates_of(exchange).tokens.read(token, time.time())
    if consent.choice_made:
        exchange.visit.hold(consent)
