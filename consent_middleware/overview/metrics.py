"""What was counted, in Prometheus' text format (https://prometheus.io/docs/instrumenting/exposition_formats/).

No name of a cookie, no path, no host: a label is one of the policy's own words, or one of a fixed few.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..policy import Policy
from .items import UNDECLARED, Item
from .release import release

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"

GATE = ("hide", "mask", "drop", "expire", "clamp", "gate", "notice", "host")
CHOICE, PAGE, DISCLOSE, WITHHOLD = "choice", "page", "disclose", "withhold"
"""Actions that are none of a gate's."""
OTHER = "other"
_STATES = frozenset({"accept", "partial", "reject", "none", "made", "again"})
_FIXED = ("unclassified", UNDECLARED, "never", "network", "device")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """``rows``: labels and value, each set of labels once."""

    name: str
    kind: str
    help: str
    rows: tuple[tuple[tuple[tuple[str, str], ...], int], ...]


class Metrics:
    """Turns sums by action and purpose into metrics."""

    def __init__(self, policy: Policy, *, mode: str) -> None:
        self._purposes = frozenset({*policy.purposes, *policy.services, *_FIXED})
        self._about = (
            ("mode", mode),
            ("policy", policy.digest),
            ("policy_version", policy.version),
            ("version", release()),
        )

    def of(self, sums: Mapping[tuple[str, str], int], items: Iterable[Item], spooled: int | None) -> list[Metric]:
        """``sums``: by action and purpose. ``spooled``: files of records that wait, ``None`` where there is no ledger."""
        found = [
            Metric(
                name="consent_middleware_info",
                kind="gauge",
                help="What runs here.",
                rows=((self._about, 1),),
            ),
            self._counter(
                "consent_gate_actions_total", "What the gates did, or in observe mode would have done.", sums, GATE
            ),
            self._counter(
                "consent_disclosures_total",
                "Times that a masked value was asked for, and disclosed or withheld.",
                sums,
                (DISCLOSE, WITHHOLD),
            ),
            self._plain("consent_choices_total", "Recorded choices.", "outcome", sums, CHOICE),
            self._plain(
                "consent_page_views_total",
                "Pages opened by visitors who had chosen, had not, or are to be asked again.",
                "choice",
                sums,
                PAGE,
            ),
            Metric(
                name="consent_inventory_names",
                kind="gauge",
                help="Names of cookies, storage keys and hosts that were seen, by kind and by whether the policy declares them.",
                rows=tuple(sorted(_inventoried(items).items())),
            ),
        ]
        if spooled is not None:
            found.append(
                Metric(
                    name="consent_ledger_spooled_files",
                    kind="gauge",
                    help="Files of records that wait for the ledger's database.",
                    rows=(((), spooled),),
                )
            )
        return found

    def labeled(self, sums: Mapping[tuple[str, str], int], actions: Iterable[str]) -> dict[tuple[str, str], int]:
        """The sums of these actions, by labels of which there are only so many."""
        found: dict[tuple[str, str], int] = {}
        wanted = frozenset(actions)
        for (action, value), number in sums.items():
            if action in wanted:
                known = value in (self._purposes if action not in (CHOICE, PAGE) else _STATES)
                key = (action, value if known else OTHER)
                found[key] = found.get(key, 0) + number
        return found

    def _counter(self, name: str, about: str, sums: Mapping[tuple[str, str], int], actions: Iterable[str]) -> Metric:
        found = self.labeled(sums, actions)
        rows = sorted(
            ((("action", action), ("purpose", purpose)), number) for (action, purpose), number in found.items()
        )
        return Metric(name=name, kind="counter", help=about, rows=tuple(rows))

    def _plain(self, name: str, about: str, label: str, sums: Mapping[tuple[str, str], int], action: str) -> Metric:
        found = self.labeled(sums, [action])
        rows = tuple((((label, value),), number) for (_, value), number in sorted(found.items()))
        return Metric(name=name, kind="counter", help=about, rows=rows)


def exposed(metrics: Iterable[Metric]) -> bytes:
    """Write metrics in the text format."""
    lines: list[str] = []
    for metric in metrics:
        lines += [f"# HELP {metric.name} {metric.help}", f"# TYPE {metric.name} {metric.kind}"]
        for labels, value in metric.rows:
            written = ",".join(f'{name}="{_escaped(text)}"' for name, text in labels)
            lines.append(f"{metric.name}{{{written}}} {value}" if written else f"{metric.name} {value}")
    return ("\n".join(lines) + "\n").encode()


def by_purpose(counts: Mapping[tuple[str, str, str], int]) -> dict[tuple[str, str], int]:
    """Leave the names out."""
    sums: dict[tuple[str, str], int] = {}
    for (action, purpose, _), number in counts.items():
        sums[action, purpose] = sums.get((action, purpose), 0) + number
    return sums


def _inventoried(items: Iterable[Item]) -> dict[tuple[tuple[str, str], ...], int]:
    found: dict[tuple[tuple[str, str], ...], int] = {}
    for item in items:
        state = "declared" if item.is_declared else "unknown" if item.purpose in _FIXED[:2] else "known"
        labels = (("kind", str(item.kind)), ("state", state))
        found[labels] = found.get(labels, 0) + 1
    return found


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
