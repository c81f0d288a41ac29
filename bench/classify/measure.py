"""Measures the classifier against labelled lists of cookie names.

    python bench/classify/measure.py FOLDER [--half tune|held|all] [--errors]

FOLDER holds ``*.csv`` files with the columns ``name,label``; ``sources.py`` makes them from public lists. A label is
a purpose, or one of the coarser ``necessary`` (authentication or security), ``tracking`` (analytics or marketing) and
``functional`` (necessary or a preference), for lists that say no more.
"""

import argparse
import csv
import hashlib
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from consent_middleware.policy.classifier import classify

ACCEPTED = {
    "necessary": {"necessary"},
    "authentication": {"necessary"},
    "security": {"necessary"},
    "preference": {"preference"},
    "analytics": {"analytics"},
    "marketing": {"marketing"},
    "tracking": {"analytics", "marketing"},
    "functional": {"necessary", "preference"},
}
NECESSARY = {"necessary", "authentication", "security"}
TRACKING = {"tracking", "analytics", "marketing"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One labelled name with the classifier's answer, authentication and security taken together."""

    name: str
    label: str
    answer: str
    rule: str


def half_of(name: str) -> str:
    """Tuning or held out, by the name alone, so that a name is in the same half of every list."""
    return "tune" if hashlib.sha256(f"half:{name}".encode()).digest()[0] & 1 else "held"


def read_list(path: Path, half: str) -> Iterable[Judged]:
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            name, label = row["name"], row["label"]
            if half not in ("all", half_of(name)) or label not in ACCEPTED:
                continue
            # A list's wildcard stands for an id of the site's.
            verdict = classify(name.replace("*", "a1b2c3d4"))
            answer = "necessary" if verdict.purpose in NECESSARY else verdict.purpose
            yield Judged(name=name, label=label, answer=answer, rule=verdict.rule)


def share(part: int, whole: int) -> str:
    return f"{part}/{whole} ({part / whole:.1%})" if whole else "–"


def report(title: str, judged: list[Judged], *, errors: bool) -> None:
    covered = [one for one in judged if one.answer != "unclassified"]
    right = [one for one in covered if one.answer in ACCEPTED[one.label]]
    must_pass = [one for one in judged if one.label in NECESSARY]
    must_stop = [one for one in judged if one.label in TRACKING]
    broken = [one for one in must_pass if one.answer not in ("necessary", "unclassified")]
    left = [one for one in must_pass if one.answer == "unclassified"]
    leaked = [one for one in must_stop if one.answer == "necessary"]
    print(f"\n== {title}: {len(judged)} names")
    print(f"   coverage {share(len(covered), len(judged))}   accuracy of those {share(len(right), len(covered))}")
    print(f"   BREAK wrong {share(len(broken), len(must_pass))}, left unclassified {share(len(left), len(must_pass))}")
    print(f"   LEAK {share(len(leaked), len(must_stop))}")
    wanted = [one for one in judged if one.label == "preference"]
    if wanted:
        print(f"   preferences recalled {share(sum(one.answer == 'preference' for one in wanted), len(wanted))}")
    confusion = Counter((one.label, one.answer) for one in judged)
    answers = ["necessary", "preference", "analytics", "marketing", "unclassified"]
    print(f"   {'label / answer':16}" + "".join(f"{answer:>14}" for answer in answers))
    for label in sorted({one.label for one in judged}):
        print(f"   {label:16}" + "".join(f"{confusion[label, answer]:>14}" for answer in answers))
    if errors:
        for one in judged:
            if one.answer not in ACCEPTED[one.label]:
                print(f"   {one.label} {one.name!r} → {one.answer} ({one.rule})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--half", choices=["tune", "held", "all"], default="all")
    parser.add_argument("--errors", action="store_true", help="print every wrong or missing answer")
    options = parser.parse_args()
    lists = sorted(options.folder.glob("*.csv"))
    if not lists:
        parser.error(f"no *.csv in {options.folder}; make some with bench/classify/sources.py")
    for path in lists:
        report(path.stem, list(read_list(path, options.half)), errors=options.errors)


if __name__ == "__main__":
    main()
