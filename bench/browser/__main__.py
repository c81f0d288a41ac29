"""Measure the banner beside its rivals, and print a table: `./dev bench browser`, or `python -m bench.browser`.

Rivals come from the npm registry, in the versions of bench/browser/package-lock.json, and are kept in .cache. Visits take turns, so
that all have the same machine.
"""

import argparse
import json
import platform
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from bench.tables import as_table
from e2e.browser import find_chromium, launch_arguments
from e2e.serving import served

from .contestants import BARE, CONTESTANTS, OURS, Contestant, version_of
from .host import site
from .lines import LINES, Found, Line
from .manners import examine
from .packages import install
from .visits import DESKTOP, PHONE, Profile, Visit, page_bytes, visit, weigh

Visits = dict[str, list[Visit]]


def main(arguments: Sequence[str]) -> int:
    options = _options(arguments)
    chosen = [one for one in CONTESTANTS if not options.only or one.name in options.only or one.is_ours]
    place = install()
    with ExitStack() as stack:
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=launch_arguments())
        urls = {one.name: stack.enter_context(served(site(place, one))).url() + "/" for one in (BARE, *chosen)}
        print(
            f"Chromium {browser.version}, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
        )
        desktop = _take_turns(browser, urls, chosen, DESKTOP, options.rounds)
        phone = _take_turns(browser, urls, chosen, PHONE, options.rounds)
        bare_page = _bytes_of(browser, urls[BARE.name])
        found = {}
        for one in chosen:
            print(f"  {one.name}: what it weighs and how it behaves", file=sys.stderr, flush=True)
            found[one.name] = Found(
                weight=weigh(browser, urls[one.name], one, bare_page),
                manners=examine(browser, urls[one.name], one),
                desktop=desktop[one.name],
                phone=phone[one.name],
            )
        browser.close()
    versions = {one.name: version_of(place, one) for one in chosen}
    behind = [line.name for line in LINES if not line.is_first(found[OURS.name], list(found.values()))]
    _print(found, versions, {"desktop": desktop[BARE.name], "phone": phone[BARE.name]}, options.rounds)
    for name in behind:
        print(f"BEHIND  {name}")
    if options.json:
        Path(options.json).write_text(json.dumps(_as_json(found, versions), indent=1) + "\n", encoding="utf-8")
    return 1 if options.check and behind else 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench browser", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=9, help="visits of each, on each device (default %(default)s)")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="only these rivals")
    parser.add_argument("--json", metavar="FILE", help="write what was found, too")
    parser.add_argument("--check", action="store_true", help="exit 1 if somebody is better in a line")
    return parser.parse_args(arguments)


def _take_turns(
    browser: Browser, urls: dict[str, str], chosen: Sequence[Contestant], profile: Profile, rounds: int
) -> Visits:
    visits: Visits = {name: [] for name in urls}
    for number in range(rounds + 1):
        print(f"  {profile.name}: round {number} of {rounds}", file=sys.stderr, flush=True)
        for one in (BARE, *chosen):
            seen = visit(browser, urls[one.name], one, profile)
            # The first is for the caches of the machine.
            if number:
                visits[one.name].append(seen)
    return visits


def _bytes_of(browser: Browser, url: str) -> int:
    page = browser.new_page()
    page.goto(url)
    size = page_bytes(page)
    page.close()
    return size


def _print(found: dict[str, Found], versions: dict[str, str], bare: Visits, rounds: int) -> None:
    alone = "; ".join(
        f"on the {name} first paint after {median(one.painted for one in visits):.0f} ms, "
        f"blocked for {median(one.blocked for one in visits):.0f} ms, {median(one.worked for one in visits):.0f} ms of work"
        for name, visits in bare.items()
    )
    print(f"The page alone, median of {rounds} visits: {alone}\n")
    head = ("", *(f"{name} {versions[name]}".strip() for name in found))
    rows = [(line.name, *(_cell(line, one, list(found.values())) for one in found.values())) for line in LINES]
    print(as_table(head, rows), "\n\n* nobody is better\n", sep="")


def _cell(line: Line, one: Found, all_of_them: Sequence[Found]) -> str:
    return line.show(one) + (" *" if line.is_first(one, all_of_them) else "  ")


def _as_json(found: dict[str, Found], versions: dict[str, str]) -> dict[str, object]:
    return {
        name: {
            "version": versions[name],
            "needed": list(one.weight.needed),
            **{line.name: line.show(one) for line in LINES},
            "visits": {
                device: [
                    {"painted": each.painted, "visible": each.visible, "blocked": each.blocked, "worked": each.worked}
                    for each in visits
                ]
                for device, visits in (("desktop", one.desktop), ("phone", one.phone))
            },
        }
        for name, one in found.items()
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
