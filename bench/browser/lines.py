"""The lines of the comparison: what is shown of a contestant, and who is first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from .manners import Manners
from .visits import Visit, Weight

ENOUGH = 44
"""Pixels of a button that are enough (WCAG 2.2, 2.5.5): more is not better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """All that was found out about one contestant."""

    weight: Weight
    manners: Manners
    desktop: Sequence[Visit]
    phone: Sequence[Visit]

    def late(self, visits: Sequence[Visit]) -> float:
        return median(one.late if one.late is not None else float("inf") for one in visits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """``score``: the less the better. ``noise``: as far apart, two are equal. ``show``: the cell of the table."""

    name: str
    score: Callable[[Found], float]
    show: Callable[[Found], str]
    noise: float = 0

    def is_first(self, one: Found, all_of_them: Sequence[Found]) -> bool:
        """Whether nobody is better than this one."""
        return self.score(one) <= min(map(self.score, all_of_them)) + self.noise


def _number(name: str, score: Callable[[Found], float], form: str = "{:.0f}", noise: float = 0) -> Line:
    return Line(name=name, score=score, show=lambda found: form.format(score(found)), noise=noise)


def _list(name: str, read: Callable[[Manners], Sequence[str]], fine: str) -> Line:
    return Line(
        name=name,
        score=lambda found: len(read(found.manners)),
        show=lambda found: ", ".join(read(found.manners)) or fine,
    )


def _word(name: str, read: Callable[[Manners], str], best: str) -> Line:
    return Line(name=name, score=lambda found: read(found.manners) != best, show=lambda found: read(found.manners))


def _axe(name: str, read: Callable[[Manners], str]) -> Line:
    return Line(
        name=name,
        score=lambda found: int(read(found.manners).rpartition("/")[2]),
        show=lambda found: read(found.manners),
    )


LINES = (
    _number("desktop: banner after the page's first paint, ms", lambda found: found.late(found.desktop), noise=5),
    _number("phone: banner after the page's first paint, ms", lambda found: found.late(found.phone), noise=5),
    _number(
        "phone: banner after the start, ms",
        lambda found: median(one.visible or float("inf") for one in found.phone),
        noise=25,
    ),
    _number("requests that the banner waits for", lambda found: len(found.weight.needed)),
    _number("kB that the banner waits for", lambda found: found.weight.needed_bytes / 1000, "{:.1f}"),
    _number("scripts and styles, kB gzipped", lambda found: found.weight.scripts_and_styles / 1000, "{:.1f}"),
    _number(
        "phone: blocking time, ms",
        lambda found: median(one.blocked for one in found.phone),
        noise=15,
    ),
    _number(
        "phone: work of the main thread, ms of processor",
        lambda found: median(one.worked for one in found.phone),
        noise=5,
    ),
    _number("phone: share of the screen covered, %", lambda found: 100 * found.manners.covered, "{:.1f}"),
    Line(
        name="phone: height of the lowest button, px",
        score=lambda found: max(0, ENOUGH - found.manners.button_height),
        show=lambda found: f"{found.manners.button_height:.0f}",
    ),
    _list("400 % zoom: out of reach", lambda manners: manners.out_of_reach, "nothing"),
    _word("strict CSP", lambda manners: manners.strict, "ok"),
    _word("strict CSP and Trusted Types", lambda manners: manners.strict_with_trusted_types, "ok"),
    _axe("axe, banner (rules/elements)", lambda manners: manners.axe_banner),
    _axe("axe, preferences (rules/elements)", lambda manners: manners.axe_preferences),
    Line(
        name="works without JavaScript",
        score=lambda found: not found.manners.works_without_javascript,
        show=lambda found: "yes" if found.manners.works_without_javascript else "no",
    ),
    _list("accept and reject differ in", lambda manners: manners.unlike, "nothing"),
    _list("the same, in the preferences", lambda manners: manners.unlike_later, "nothing"),
    Line(
        name="phone: largest contentful paint is the banner",
        score=lambda found: sum(one.largest_is_banner for one in found.phone) > len(found.phone) / 2,
        show=lambda found: "yes" if sum(one.largest_is_banner for one in found.phone) > len(found.phone) / 2 else "no",
    ),
    _number("layout shift", lambda found: max(one.shift for one in found.phone), "{:.3f}", noise=0.0005),
    _number("requests after a refusal, but for its record", lambda found: found.manners.requests_after_refusal),
)
