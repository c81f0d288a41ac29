"""Holds `layout_engine` against the engine that independent projects give for tens of thousands of user agents.

    python -m bench.engine LISTS                 the table, on the held-out half
    python -m bench.engine LISTS --half dev      the half the rules were written against
    python -m bench.engine LISTS --half dev --misses 40

A user agent belongs to a half by its hash, so that looking at the development half never shows a held-out one.
"""

import argparse
import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path

from consent_middleware.telemetry import layout_engine

from .lists import PROJECTS

# One engine, several spellings. Names that only one project gives (U2, U3, X5, Maple, ArkWeb ...) or on which they
# disagree about where an engine begins (Tasman, Elektra) are left out, and so is "unknown".
SPELLINGS = {
    "AppleWebKit": "WebKit",
    "Webkit": "WebKit",
    "WebCore": "WebKit",
    "Edge": "EdgeHTML",
    "Internet Explorer": "Trident",
    "EkiohFlow": "Flow",
    "Netfront": "NetFront",
}
ENGINES = (
    "Blink",
    "WebKit",
    "Gecko",
    "Trident",
    "Presto",
    "EdgeHTML",
    "KHTML",
    "Goanna",
    "Servo",
    "LibWeb",
    "NetFront",
    "Flow",
    "Dillo",
)

Labels = Mapping[str, Mapping[str, str]]
"""For each user agent, the engine by project."""


def collect(lists: Path, half: str) -> Labels:
    labels: dict[str, dict[str, str]] = defaultdict(dict)
    for project, read in PROJECTS.items():
        for user_agent, engine in read(lists / project):
            name = SPELLINGS.get(engine or "", engine)
            if name in ENGINES and half in (half_of(user_agent), "all"):
                labels[user_agent][project] = name
    return labels


def half_of(user_agent: str) -> str:
    return "dev" if hashlib.sha256(user_agent.encode()).digest()[0] & 1 else "held-out"


def report(labels: Labels, misses: int) -> None:
    answers = {user_agent: layout_engine(user_agent) for user_agent in labels}
    pairs = [(ua, project, engine) for ua, by_project in labels.items() for project, engine in by_project.items()]
    right = sum(answers[ua] == engine for ua, _, engine in pairs)
    print(f"{len(labels)} user agents, {len(pairs)} labels: {100 * right / len(pairs):.2f} % agree")

    shared = {ua: set(by.values()) for ua, by in labels.items() if len(by) > 1}
    agreed = {ua: next(iter(engines)) for ua, engines in shared.items() if len(engines) == 1}
    right = sum(answers[ua] == engine for ua, engine in agreed.items())
    if agreed:
        print(f"{len(agreed)} where two or more projects agree: {100 * right / len(agreed):.2f} %")
    print(f"{len(shared) - len(agreed)} where they contradict each other\n")

    print(f"{'project':16}{'labels':>8}{'agree':>9}")
    for project in PROJECTS:
        mine = [(ua, engine) for ua, its, engine in pairs if its == project]
        if mine:
            print(f"{project:16}{len(mine):8}{100 * sum(answers[ua] == e for ua, e in mine) / len(mine):8.2f}%")

    print(f"\n{'engine':16}{'labels':>8}{'recall':>9}{'precision':>11}")
    for engine in ENGINES:
        given = [ua for ua, _, label in pairs if label == engine]
        claimed = [label for ua, _, label in pairs if answers[ua] == engine]
        if given:
            recall = 100 * sum(answers[ua] == engine for ua in given) / len(given)
            precision = 100 * claimed.count(engine) / len(claimed) if claimed else 0.0
            print(f"{engine:16}{len(given):8}{recall:8.2f}%{precision:10.2f}%")

    if misses:
        kinds = Counter((project, engine, answers[ua]) for ua, project, engine in pairs if answers[ua] != engine)
        shown: Counter[tuple[str, str, str | None]] = Counter()
        print()
        for kind, count in kinds.most_common(misses):
            print(count, *kind)
        for ua, project, engine in pairs:
            kind = (project, engine, answers[ua])
            if answers[ua] != engine and shown[kind] < misses:
                shown[kind] += 1
                print(*kind, "|", ua)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "lists", type=Path, help="the folder that holds one checkout per project, named as in README.md"
    )
    parser.add_argument("--half", choices=["dev", "held-out", "all"], default="held-out")
    parser.add_argument("--misses", type=int, default=0, help="show up to this many misses of each kind")
    options = parser.parse_args()
    report(collect(options.lists, options.half), options.misses)
