"""What happened in a test, step by step: for the reader of a failure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ..audit.evidence import Asked, KeptCookie

_SHOWN = 12


@dataclass(slots=True, kw_only=True)
class Step:
    """One thing the visitor did, and what changed by it."""

    did: str
    allowed: frozenset[str]
    gained: tuple[KeptCookie, ...] = ()
    lost: tuple[KeptCookie, ...] = ()
    requests: list[Asked] = field(default_factory=list)


class Journal:
    """Grows with every step; ``cookies`` are those of the last one."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.cookies: frozenset[KeptCookie] = frozenset()
        self.third_parties: set[str] = set()

    def begin(self, did: str, allowed: frozenset[str]) -> None:
        self.steps.append(Step(did=did, allowed=allowed))

    def note_request(self, request: Asked, *, is_third_party: bool) -> None:
        if not self.steps:
            self.begin("(before the first step)", request.allowed)
        self.steps[-1].requests.append(request)
        if is_third_party:
            self.third_parties.add(request.host)

    def note_cookies(self, cookies: Iterable[KeptCookie]) -> None:
        """Compare with the step before by name and place; a value that changed is no news."""
        now = frozenset(cookies)
        if self.steps:
            step = self.steps[-1]
            before, after = {str(one) for one in self.cookies}, {str(one) for one in now}
            step.gained += tuple(sorted((one for one in now if str(one) not in before), key=str))
            step.lost += tuple(sorted((one for one in self.cookies if str(one) not in after), key=str))
        self.cookies = now

    @property
    def requests(self) -> list[Asked]:
        return [request for step in self.steps for request in step.requests]

    def first_step_with(self, name: str) -> str:
        """Say when a cookie came: ``after goto /analytics``."""
        for step in self.steps:
            if any(cookie.name == name for cookie in step.gained):
                return f"after {step.did}"
        return "from the start"

    def text(self) -> str:
        return "\n".join(self._lines()) or "nothing happened"

    def _lines(self) -> Iterator[str]:
        for number, step in enumerate(self.steps, start=1):
            yield f"{number}. {step.did}   (allowed: {', '.join(sorted(step.allowed)) or 'nothing'})"
            for cookie in step.gained:
                yield f"     + cookie {cookie}"
            for cookie in step.lost:
                yield f"     - cookie {cookie}"
            own = sum(request.host not in self.third_parties for request in step.requests)
            others = [request for request in step.requests if request.host in self.third_parties]
            if own:
                yield f"       {own} request{'s' if own != 1 else ''} to the site itself"
            for request in others[:_SHOWN]:
                yield f"     > third party {request.host}: {request.kind} {request.place}"
            if len(others) > _SHOWN:
                yield f"     > … and {len(others) - _SHOWN} more"
