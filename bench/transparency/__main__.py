"""Compare Starlette's own tests, bare and behind the middleware: `./dev transparency`."""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..tables import as_table
from .surroundings import HOME, PYTHON, prepare

LAYERS = ("observe", "enforce")
LIMIT = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The outcome of each test, and how many requests the layer saw."""

    requests: int
    tests: dict[str, str]

    def count(self, outcome: str) -> int:
        return sum(each == outcome for each in self.tests.values())


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="./dev transparency", description=__doc__)
    parser.add_argument(
        "layers", nargs="*", default=LAYERS, help="observe, enforce, or BaseHTTPMiddleware as a yardstick"
    )
    parser.add_argument("--only", metavar="EXPRESSION", help="only tests that match, as with pytest's -k")
    options = parser.parse_args(arguments)
    selection = ["-k", options.only] if options.only else []
    sources = prepare()
    runs = {layer: _run(layer, sources, selection) for layer in ("bare", *options.layers)}
    lost = {layer: _lost(runs["bare"], runs[layer]) for layer in options.layers}
    rows = []
    for layer, run in runs.items():
        counts = (str(run.count(outcome)) for outcome in ("passed", "failed", "skipped"))
        rows.append((layer, *counts, str(len(lost[layer])) if layer in lost else "", f"{run.requests:,}"))
    print(f"\n{sources.name}, its own tests\n")
    print(as_table(("", "passed", "failed", "skipped", "lost", "requests through it"), rows))
    for layer, tests in lost.items():
        for test in tests:
            print(f"lost behind {layer}: {test} ({runs[layer].tests.get(test, 'did not run')})")
    idle = [layer for layer in options.layers if not runs[layer].requests]
    if idle or not runs["bare"].count("passed"):
        print(f"nothing was compared: no test passed bare, or no request went through {idle}", file=sys.stderr)
        return 1
    return 1 if any(lost.values()) else 0


def _run(layer: str, sources: Path, selection: Sequence[str]) -> Run:
    file = HOME / f"{layer}.json"
    file.unlink(missing_ok=True)
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).parent),
        "TRANSPARENCY_LAYER": layer,
        "TRANSPARENCY_OUTCOMES": str(file),
    }
    print(f"\n== {layer}", flush=True)
    command = [str(PYTHON), "-m", "pytest", "-q", "--no-header", "--tb=short", "-p", "wrapping", *selection]
    # Failing tests are what is compared; only a run that wrote no outcomes is an error here.
    subprocess.run(command, cwd=sources, env=environment, timeout=LIMIT, check=False)
    if not file.is_file():
        raise SystemExit(f"transparency: the {layer} run ended without a result")
    result = json.loads(file.read_text(encoding="utf-8"))
    return Run(requests=result["requests"], tests=result["tests"])


def _lost(bare: Run, wrapped: Run) -> list[str]:
    return [test for test, outcome in bare.tests.items() if outcome == "passed" and wrapped.tests.get(test) != "passed"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
