"""Measure and print: `./dev bench`, with `--help` for what can be chosen."""

import argparse
import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from statistics import median

from . import in_process, servers
from .cases import BANNER, CASES, FLOOR, FRESH, KNOWN, SESSION, Case, bare_of
from .tables import as_table


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A promise about the numbers: a figure that has to stay at or below (or, for capacity, above) a limit."""

    what: str
    figure: float
    limit: float
    at_least: bool = False

    @property
    def holds(self) -> bool:
        return self.figure >= self.limit if self.at_least else self.figure <= self.limit


def main(arguments: Sequence[str]) -> int:
    options = _options(arguments)
    wanted = _chosen(options.only)
    print(f"Python {platform.python_version()}, starlette {version('starlette')}, uvicorn {version('uvicorn')}\n")
    bounds: list[Bound] = []
    if not options.servers_only:
        bounds += _print_in_process(wanted, options.rounds, options.requests)
    if not options.in_process_only:
        bounds += _print_servers(wanted, options.server_rounds, options.seconds)
    for bound in bounds:
        sign = "≥" if bound.at_least else "≤"
        print(f"{'ok    ' if bound.holds else 'MISSED'}  {bound.what}: {bound.figure:.2f} ({sign} {bound.limit:g})")
    return 1 if options.check and not all(bound.holds for bound in bounds) else 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench", description="What the middleware costs, beside its peers.")
    parser.add_argument("--rounds", type=int, default=40, help="rounds in process (default %(default)s)")
    parser.add_argument("--requests", type=int, default=500, help="requests of a case in a round (default %(default)s)")
    parser.add_argument("--server-rounds", type=int, default=7, help="rounds behind uvicorn (default %(default)s)")
    parser.add_argument(
        "--seconds", type=float, default=1.0, help="load of a case in such a round (default %(default)s)"
    )
    parser.add_argument("--in-process-only", action="store_true", help="start no servers")
    parser.add_argument("--servers-only", action="store_true", help="measure only behind uvicorn")
    parser.add_argument("--only", nargs="+", metavar="TEXT", help="only cases whose name contains one of these")
    parser.add_argument("--check", action="store_true", help="exit 1 if a bound is missed")
    return parser.parse_args(arguments)


def _chosen(only: Sequence[str] | None) -> list[Case]:
    """Return the chosen cases and the bare apps that they are compared with."""
    if not only:
        return CASES
    chosen = [case for case in CASES if any(text in case.name for text in only)]
    wanted = {*chosen, *map(bare_of, chosen)}
    return [case for case in CASES if case in wanted]


def _print_in_process(cases: Sequence[Case], rounds: int, requests: int) -> list[Bound]:
    times = in_process.measure(cases, rounds, requests)
    # Compared within a round, where both had the same machine, and only then across rounds.
    added = {case: median(map(_difference, times[case], times[bare_of(case)])) / 1000 for case in times if case.layer}
    session, floor = added.get(SESSION), added.get(FLOOR)
    rows = []
    for case in cases:
        extra = f"{added[case]:+.2f}" if case in added else ""
        shares = [f"{added[case] / other:.2f}" if case in added and other else "" for other in (floor, session)]
        rows.append((case.name, f"{median(times[case]) / 1000:.2f}", extra, *shares))
    print(f"In process, µs a request: the median of {requests}, and of {rounds} rounds of that, interleaved\n")
    print(as_table(("", "p50", "added", "of the floor", "of SessionMiddleware"), rows), "\n", sep="")
    bounds = []
    if KNOWN in added:
        bounds.append(Bound(what="µs added by a known token on JSON", figure=added[KNOWN], limit=3))
    for case, limit in ((KNOWN, 0.2), (FRESH, 1.2), (BANNER, 0.5)):
        if case in added and session:
            bounds.append(Bound(what=f"{case.name}, of SessionMiddleware", figure=added[case] / session, limit=limit))
    return bounds


def _print_servers(cases: Sequence[Case], rounds: int, seconds: float) -> list[Bound]:
    # Its requests come again and again, so that none of them is new.
    cases = [case for case in cases if case is not FRESH and not case.request.is_first]
    capacities = servers.measure(cases, rounds, seconds)
    work = {case: [capacity.per_processor_second for capacity in capacities[case]] for case in cases}
    ratios = {case: median(map(_ratio, work[case], work[bare_of(case)])) for case in cases}
    rows = []
    for case in cases:
        reached = median(capacity.per_second for capacity in capacities[case])
        rows.append((case.name, f"{reached:,.0f}", f"{median(work[case]):,.0f}", f"{ratios[case]:.2f}"))
    print(f"Behind uvicorn (httptools, asyncio), {servers.CONNECTIONS} connections: the median of {rounds} rounds\n")
    print(as_table(("", "requests/s", "for each s of processor", "of bare"), rows), "\n", sep="")
    limits = ((KNOWN, 0.92), (BANNER, 0.78))
    return [
        Bound(what=f"capacity, {case.name}, of bare", figure=ratios[case], limit=limit, at_least=True)
        for case, limit in limits
        if case in ratios
    ]


def _difference(one: float, other: float) -> float:
    return one - other


def _ratio(one: float, other: float) -> float:
    return one / other


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
