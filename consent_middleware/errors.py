"""Every error this package raises on purpose.

ConsentError
├── PolicyError          the policy file is wrong: all its problems, each with the way out
├── ConfigurationError   the middleware was mounted with arguments that cannot work
└── LedgerError          a choice could not be recorded
    └── LedgerUnavailable   the database did not answer; trying again may help

What a *visitor* sends is never an error: it is a value (``NO_CHOICE``, a dropped crumb, a 4xx answer).
"""

from collections.abc import Sequence
from dataclasses import dataclass


class ConsentError(Exception):
    """The root of the tree; catch it to catch all of ours."""


class ConfigurationError(ConsentError):
    """The middleware cannot be mounted like this. The message says what to write instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong in a policy file.

    ``key`` is a path such as ``cookies[2].purpose``; ``value`` is what stands there, as TOML would write it;
    ``way_out`` is what to write instead.
    """

    file: str
    key: str
    value: str
    message: str
    way_out: str

    def __str__(self) -> str:
        shown = f" = {self.value}" if self.value else ""
        return f"{self.file}: {self.key}{shown}\n  {self.message}\n  → {self.way_out}"


class PolicyError(ConsentError):
    """A policy that cannot be enforced, with every problem found in it (never only the first)."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        heading = f"{count} problem{'s' if count != 1 else ''} in the policy"
        super().__init__("\n\n".join([heading, *map(str, self.problems)]))


class LedgerError(ConsentError):
    """A choice could not be recorded."""


class LedgerUnavailable(LedgerError):
    """The ledger's database did not answer in time. The same record may be sent again: one id is recorded once."""
