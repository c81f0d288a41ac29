"""What a verification found: how much holds, and each place where a chain does not."""

from dataclasses import dataclass, field
from typing import Literal

from .chain import Head
from .rows import Stored

_MOST = 100
"""Problems that are told; the first ones matter."""

Fault = Literal["edited", "missing", "moved", "forged", "truncated"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One place where a chain does not hold. ``record_id`` is empty where there is no record."""

    fault: Fault
    writer: str
    position: int
    record_id: str
    message: str


@dataclass(slots=True, kw_only=True)
class Report:
    """``records`` are there whole, of ``erased`` ones only the link; ``problems`` in the chains' order, the first hundred."""

    records: int = 0
    erased: int = 0
    chains: int = 0
    expired: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.problems

    def tell(self, fault: Fault, writer: str, position: int, record_id: str, message: str) -> None:
        """Add a problem."""
        if len(self.problems) < _MOST:
            self.problems.append(
                Problem(fault=fault, writer=writer, position=position, record_id=record_id, message=message)
            )

    def tell_of(self, stored: Stored, fault: Fault, message: str) -> None:
        """Add a problem of a record that is there."""
        self.tell(fault, stored.link.writer, stored.link.position, stored.link.record_id, message)

    def tell_gap(self, head: Head, stored: Stored) -> None:
        """Add that ``stored`` does not have the place after ``head``."""
        place = stored.link.position
        if place <= head.position:
            self.tell_of(stored, "forged", "Two records have this place.")
            return
        missing = place - head.position - 1
        what = (
            f"Place {head.position + 1} is empty"
            if missing == 1
            else f"{missing} places from {head.position + 1} on are empty"
        )
        self.tell("missing", head.writer, head.position + 1, "", f"{what}, and nothing says that they were let go.")

    def tell_truncated(self, anchored: Head, position: int) -> None:
        """Add that a chain ends at ``position``, before the anchor's place."""
        self.tell(
            "truncated",
            anchored.writer,
            position + 1,
            "",
            f"The anchor knows of {anchored.position} records of this chain.",
        )
