"""Compare Starlette's own tests, bare and behind the middleware: `./dev transparency`."""

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from ..tables import as_table
from .surroundings import HOME, PYTHON, prepare

LAYERS = ("observe", "enforce")
LIMIT = 900
Outcomes = dict[str, str]


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="./dev transparency", description=__doc__)
    parser.add_argument(
        "layers", nargs="*", default=LAYERS, help="observe, enforce, or BaseHTTPMiddleware as a yardstick"
    )
    options, pytest_arguments = parser.parse_known_args(arguments)
    sources = prepare()
    outcomes = {layer: _run(layer, sources, pytest_arguments) for layer in ("bare", *options.layers)}
    bare = outcomes["bare"]
    lost = {layer: _lost(bare, outcomes[layer]) for layer in options.layers}
    rows = []
    for layer, results in outcomes.items():
        counts = Counter(results.values())
        losses = str(len(lost[layer])) if layer in lost else ""
        rows.append((layer, str(counts["passed"]), str(counts["failed"]), str(counts["skipped"]), losses))
    print(f"\n{sources.name}, its own tests\n")
    print(as_table(("", "passed", "failed", "skipped", "lost"), rows))
    for layer, tests in lost.items():
        for test in tests:
            print(f"lost behind {layer}: {test} ({outcomes[layer].get(test, 'did not run')})")
    if not any(outcome == "passed" for outcome in bare.values()):
        print("no test passed bare: there is nothing to compare", file=sys.stderr)
        return 1
    return 1 if any(lost.values()) else 0


def _run(layer: str, sources: Path, arguments: Sequence[str]) -> Outcomes:
    file = HOME / f"{layer}.json"
    file.unlink(missing_ok=True)
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).parent),
        "TRANSPARENCY_LAYER": layer,
        "TRANSPARENCY_OUTCOMES": str(file),
    }
    print(f"\n== {layer}", flush=True)
    command = [str(PYTHON), "-m", "pytest", "-q", "--no-header", "--tb=short", "-p", "wrapping", *arguments]
    # Failing tests are what is compared; only a run that wrote no outcomes is an error here.
    subprocess.run(command, cwd=sources, env=environment, timeout=LIMIT, check=False)
    if not file.is_file():
        raise SystemExit(f"transparency: the {layer} run ended without a result")
    outcomes: Outcomes = json.loads(file.read_text(encoding="utf-8"))
    return outcomes


def _lost(bare: Outcomes, wrapped: Outcomes) -> list[str]:
    return [test for test, outcome in bare.items() if outcome == "passed" and wrapped.get(test) != "passed"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
