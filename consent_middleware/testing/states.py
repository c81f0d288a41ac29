"""The states that a test's visitor may begin in."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

NAMES = ("nothing chosen", "rejected", "accepted", "withdrawn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """``state`` is one of ``NAMES``, or the purposes and services that are allowed."""

    state: str | frozenset[str] = "nothing chosen"
    gpc: bool = False
    javascript: bool = True

    def __str__(self) -> str:
        state = self.state if isinstance(self.state, str) else f"only {' '.join(sorted(self.state))}"
        return f"{state}{', GPC' if self.gpc else ''}{'' if self.javascript else ', no JavaScript'}"


def starts(
    states: Iterable[str | Collection[str]] = (),
    *,
    gpc: bool | Iterable[bool] = False,
    javascript: bool | Iterable[bool] = True,
) -> list[Start]:
    """Every combination; a state that is a set of purposes allows just those. ValueError for an unknown name."""
    wanted = [state if isinstance(state, str) else frozenset(state) for state in states] or list(NAMES)
    for state in wanted:
        if isinstance(state, str) and state not in NAMES:
            raise ValueError(f"no state is called {state!r}; write one of {', '.join(NAMES)}, or a set of purposes")
    signals = [gpc] if isinstance(gpc, bool) else list(gpc)
    scripts = [javascript] if isinstance(javascript, bool) else list(javascript)
    return [
        Start(state=state, gpc=signal, javascript=script)
        for state in wanted
        for signal in signals
        for script in scripts
    ]
