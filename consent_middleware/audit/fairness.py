"""Judges how a site asks: whether refusing is as easy as accepting, and nothing is decided in advance."""

import re
from collections.abc import Iterator, Sequence

from .controls import Control
from .evidence import Situation
from .findings import Finding

_SMALLER = 0.6
_CLEAR = re.compile(r"rgba\(\d+, \d+, \d+, 0\)|transparent")


def first_layer(controls: Sequence[Control], situation: Situation) -> Iterator[Finding]:
    """Judge what a visitor sees first. A site that asks for nothing has nothing to judge."""
    accept = next((control for control in controls if control.kind == "accept"), None)
    reject = next((control for control in controls if control.kind == "reject"), None)
    if accept is None:
        return
    if reject is None:
        yield _unfair(
            "reject-not-offered",
            "error",
            accept.name,
            f'"{accept.name}" is offered, and nothing beside it that refuses',
            "Put a button that rejects everything beside it, on the same layer (EDPB, cookie banner task force).",
            situation,
        )
        return
    differences = list(_differences(accept, reject))
    if differences:
        yield _unfair(
            "reject-less-visible",
            "warning",
            reject.name,
            f'"{reject.name}" is {", ".join(differences)} than "{accept.name}"',
            "Give both the same size, style and place.",
            situation,
        )


def second_layer(controls: Sequence[Control], situation: Situation) -> Iterator[Finding]:
    """Judge the switches before the visitor has touched one."""
    ticked = [control for control in controls if control.kind == "switch" and control.is_on and not control.is_fixed]
    for control in ticked:
        yield _unfair(
            "ticked-in-advance",
            "error",
            control.name or "(a switch without a name)",
            "is on before the visitor has chosen",
            "Leave every switch off until the visitor turns it on (CJEU C-673/17, Planet49).",
            situation,
        )


def no_way_back(situation: Situation) -> Finding:
    return _unfair(
        "no-way-back",
        "error",
        "withdrawal",
        "nothing on the pages leads back to the choice after it was made",
        "Keep an entry on every page: withdrawing has to be as easy as consenting (GDPR Art. 7(3)).",
        situation,
    )


def asks_again(situation: Situation, control: Control) -> Finding:
    return _unfair(
        "asks-again",
        "error",
        control.name,
        "is offered again on the next page, although the visitor has answered",
        "Remember a refusal as long as a consent.",
        situation,
    )


def cannot_refuse(situation: Situation) -> Finding:
    return _unfair(
        "cannot-refuse",
        "error",
        "refusal",
        "there is no way to refuse, on any layer that could be found",
        "Offer one, beside the one that accepts.",
        situation,
    )


def _differences(accept: Control, reject: Control) -> Iterator[str]:
    if reject.area < accept.area * _SMALLER:
        yield "smaller"
    if reject.font_size < accept.font_size * 0.85:
        yield "in smaller letters"
    is_bare = _CLEAR.fullmatch(reject.background) is not None and not reject.border
    if (reject.is_link and not accept.is_link) or (is_bare and not _CLEAR.fullmatch(accept.background)):
        yield "plainer"


def _unfair(rule: str, severity: str, subject: str, says: str, way_out: str, situation: Situation) -> Finding:
    return Finding(
        rule=rule,
        severity="error" if severity == "error" else "warning",
        subject=subject,
        says=says,
        way_out=way_out,
        situations=(situation,),
    )
