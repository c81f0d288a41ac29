"""The controls by which a site asks for consent, found by what they are called."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from . import words

if TYPE_CHECKING:
    from playwright.sync_api import ElementHandle, Frame, Page

Kind = Literal["accept", "reject", "manage", "save", "switch"]
_SCRIPT = Path(__file__).with_name("controls.js").read_text(encoding="utf-8")
_ARGUMENT = {"patterns": words.PATTERNS, "about": words.ABOUT, "necessary": words.NECESSARY}


class Control(msgspec.Struct, frozen=True, kw_only=True):
    """A button, link or switch that can be seen. Sizes are in CSS pixels."""

    kind: Kind
    name: str
    index: int
    is_on: bool = False
    is_fixed: bool = False
    """A switch that cannot be changed, or that is called necessary."""
    in_notice: bool = True
    width: float = 0
    height: float = 0
    font_size: float = 0
    background: str = ""
    border: str = ""
    is_link: bool = False

    @property
    def area(self) -> float:
        return self.width * self.height


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A control, and the frame it is in."""

    control: Control
    frame: "Frame"

    def element(self) -> "ElementHandle | None":
        handle = self.frame.evaluate_handle('index => window[Symbol.for("consent-audit")]?.[index]', self.control.index)
        return handle.as_element()


def find_controls(page: "Page") -> list[Place]:
    """Return the controls of all frames, the page's own first."""
    found: list[Place] = []
    for frame in page.frames:
        try:
            rows = frame.evaluate(_SCRIPT, _ARGUMENT)
        except Exception:  # noqa: S112  (a frame may go away at any moment, with any of Playwright's errors)
            continue
        found += [Place(control=control, frame=frame) for control in msgspec.convert(rows, list[Control])]
    return found


def first(places: Iterable[Place], kind: Kind, *, in_notice: bool = False) -> Place | None:
    return next((p for p in places if p.control.kind == kind and (p.control.in_notice or not in_notice)), None)
