"""The time one request takes inside the process, round by round, everybody in each round."""

import asyncio
import gc
from collections.abc import Iterable, Sequence
from random import Random
from statistics import median
from time import perf_counter_ns

from consent_middleware.asgi import ASGIApp, Message, Scope

from .apps import LAYERS, bare
from .cases import Case
from .claims import check
from .visitors import Token, Visitors, no_body

# The medians of each case in nanoseconds, one for each round: what was measured in one round belongs together.
Rounds = dict[Case, list[float]]


def measure(cases: Sequence[Case], rounds: int, requests: int) -> Rounds:
    """Time every case in every round, in an order that changes, so that a busy moment of the machine hits all alike."""
    return asyncio.run(_measure(cases, rounds, requests))


async def _measure(cases: Sequence[Case], rounds: int, requests: int) -> Rounds:
    apps = {case: LAYERS[case.layer](bare()) if case.layer else bare() for case in cases}
    visitors = Visitors()
    for case, app in apps.items():
        await check(case, app, visitors)
        is_new = case.request.is_first or case.request.token is Token.FRESH
        await _times(app, visitors.scopes(case.request, requests) if is_new else visitors.everyone(case.request))
    gc.collect()
    gc.freeze()
    order, times = Random(0), Rounds()
    for _ in range(rounds):
        for case in order.sample(list(cases), len(cases)):
            scopes = visitors.scopes(case.request, requests)
            times.setdefault(case, []).append(median(await _times(apps[case], scopes)))
    return times


async def _times(app: ASGIApp, scopes: Iterable[Scope]) -> list[int]:
    times = []
    for scope in scopes:
        start = perf_counter_ns()
        await app(scope, no_body, _send)
        times.append(perf_counter_ns() - start)
    return times


async def _send(message: Message) -> None:
    pass
