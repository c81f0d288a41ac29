"""Breaks sums down for the overview: by purpose, language, what was shown, version of the policy, day."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from ..policy import Policy
from .charts import Bar, Chart, bars, columns
from .choice_days import OUTCOMES, DaySums, Outcome, Sums
from .dates import date_of
from .metrics import PAGE
from .rows import Counted

ANSWERS = ("accepted", "some", "refused")
_MOST = 40
"""Rows of a table."""
_MOST_VERSIONS = 4
"""More columns on top of each other cannot be told apart."""


def answers_by_day(days: Sequence[DaySums]) -> Chart:
    return columns(ANSWERS, [(date_of(day.day), [day.sums.outcomes[one] for one in OUTCOMES]) for day in days])


def by_purpose(policy: Policy, sums: Sums) -> list[Bar]:
    """Allowed and refused, for what the policy offers now."""
    found = {
        name: (sums.allowed[name], sums.refused[name])
        for name in (*policy.optional, *policy.services)
        if sums.allowed[name] or sums.refused[name]
    }
    titles = {name: policy.text(purpose.title, policy.languages[0]) for name, purpose in policy.purposes.items()}
    return bars(found, titles)


def by_language(sums: Sums, counted: Iterable[Counted]) -> list[Bar]:
    """Choices, and beside each language how many pages were opened without one."""
    unanswered: dict[str, int] = {}
    for _, action, state, language, number in counted:
        if action == PAGE and state == "none":
            unanswered[language] = unanswered.get(language, 0) + number
    notes = {
        language: f"{number:,} {'page' if number == 1 else 'pages'} without a choice"
        for language, number in unanswered.items()
    }
    rows = ((language or "not known", outcome, number) for (language, outcome), number in sums.languages.items())
    return _stacked(rows, notes)


def by_layer(sums: Sums, languages: Mapping[str, str]) -> list[Bar]:
    """By what a visitor was looking at: each wording of a banner is a text of its own. ``languages``: of the texts, by digest."""

    def label(layer: str, shown: str) -> str:
        if not shown:
            return layer or "the app's own"
        return ", ".join(filter(None, (layer, languages.get(shown, ""), f"text {shown[:8]}")))

    return _stacked((label(layer, shown), outcome, number) for (layer, shown, outcome), number in sums.layers.items())


def by_version(days: Sequence[DaySums]) -> Chart:
    """Under which version of the policy visitors chose; the most frequent ones, all others together."""
    totals: dict[str, int] = {}
    by_day: list[tuple[str, dict[str, int]]] = []
    for day in days:
        versions: dict[str, int] = {}
        for (version, digest), number in day.sums.versions.items():
            label = version or f"no version, {digest[:8]}"
            versions[label] = versions.get(label, 0) + number
            totals[label] = totals.get(label, 0) + number
        by_day.append((date_of(day.day), versions))
    shown = sorted(sorted(totals, key=lambda label: -totals[label])[:_MOST_VERSIONS])
    has_others = len(totals) > len(shown)
    rows = []
    for date, versions in by_day:
        values = [versions.get(label, 0) for label in shown]
        rows.append((date, [*values, sum(versions.values()) - sum(values)] if has_others else values))
    return columns([*shown, "others"] if has_others else shown, rows)


def counted_by_day(
    counted: Iterable[Counted], days: range, legend: Sequence[str], series_of: Callable[[Counted], int | None]
) -> Chart:
    """``series_of`` says to which entry of the legend a row belongs, or to none."""
    found = {day: [0] * len(legend) for day in days}
    for row in counted:
        series = series_of(row)
        if series is not None and row[0] in found:
            found[row[0]][series] += row[4]
    return columns(legend, [(date_of(day), values) for day, values in found.items()])


def _stacked(rows: Iterable[tuple[str, Outcome, int]], notes: Mapping[str, str] | None = None) -> list[Bar]:
    found: dict[str, list[int]] = {label: [0] * len(OUTCOMES) for label in notes or ()}
    for label, outcome, number in rows:
        found.setdefault(label, [0] * len(OUTCOMES))[OUTCOMES.index(outcome)] += number
    largest = sorted(found.items(), key=lambda row: (-sum(row[1]), row[0]))
    return bars(dict(largest[:_MOST]), notes)
