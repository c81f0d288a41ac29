"""What a browser tells of itself while a visitor is about, held beside what was allowed at that moment."""

from collections.abc import Iterable
from dataclasses import replace
from time import monotonic, time

from ..audit.evidence import Asked, Situation, State
from ..audit.judging import TOKENS, Judge
from ..consent import Consent, Signals, decide
from ..consent.token import new_id
from .expectations import is_high_entropy
from .interface import Request, Response
from .journal import Journal
from .site import ConsentSite


class Observer:
    """One visitor of one site. ``consent`` is what they chose, as far as the test made them choose it.

    ``allowed`` is what may happen now, necessary purposes included, and ``once_allowed`` what ever might; ``answered`` are the
    statuses of the choices that were sent, ``hints`` what the site asked the browser to tell against the visitor's will.
    """

    def __init__(self, site: ConsentSite, situation: Situation) -> None:
        self.site = site
        self.situation = situation
        self.judge = Judge(site.policy, site.host)
        self.journal = Journal()
        self.consent = Consent()
        self.allowed = frozenset[str]()
        self.once_allowed = frozenset[str]()
        self.answered: list[int] = []
        self.loads = 0
        self.last_request = monotonic()
        self.hints: set[str] = set()
        self.hold()

    def begin(self, did: str) -> None:
        """Write down what the visitor does next."""
        self.journal.begin(did, self.allowed)

    def choose(self, allowed: frozenset[str], refused: frozenset[str]) -> Consent:
        """Return the choice as the visitor would make it now."""
        return Consent(
            choice_made=True,
            id=self.consent.id or new_id(),
            chosen_at=int(time()),
            allowed=allowed,
            refused=refused,
            gpc=self.situation.gpc,
            age="over" if self.site.policy.asked_age is not None else "",
        )

    def hold(self) -> None:
        """From now on, what was chosen last is what may happen."""
        self.allowed = self._allowed_by(self.consent)
        self.once_allowed |= self.allowed
        self._tell_traffic(self.allowed)

    def expect(self, consent: Consent) -> None:
        """From now on ``consent`` is on its way: the app may answer by it, or still by what held before."""
        self.consent = consent
        self._tell_traffic(self.allowed | self._allowed_by(consent))

    def enter(self, state: State) -> None:
        """Bring the visitor into another state."""
        self.situation = replace(self.situation, state=state)

    def token(self) -> str | None:
        """Return the value of the cookie that carries the choice, as the browser had it last."""
        return next((cookie.value for cookie in self.journal.cookies if cookie.name in TOKENS), None)

    # To be attached to the browser's events.

    def note_request(self, request: Request) -> None:
        self.last_request = monotonic()
        asked = Asked(url=request.url, kind=request.resource_type, allowed=self.allowed)
        self.journal.note_request(asked, is_third_party=self.judge.is_third_party(asked.host))

    def note_response(self, response: Response) -> None:
        if response.request.method == "POST" and response.url.partition("?")[0] == self.site.own("choice"):
            self.answered.append(response.status)
            # From here on, and not only once the next page is there, another choice holds.
            self.hold()
        if "device" not in self.allowed and not self.judge.is_third_party(Asked(url=response.url, kind="").host):
            for header in ("accept-ch", "critical-ch"):
                self.hints |= _telling(response.headers.get(header, "").split(","))

    def note_load(self, _: object) -> None:
        self.loads += 1

    def _allowed_by(self, consent: Consent) -> frozenset[str]:
        return decide(self.site.policy, consent, Signals(gpc=self.situation.gpc)).allowed

    def _tell_traffic(self, allowed: frozenset[str]) -> None:
        if self.site.traffic is not None:
            self.site.traffic.allowed = allowed


def _telling(hints: Iterable[str]) -> set[str]:
    return {hint.strip() for hint in hints if is_high_entropy(hint.strip())}
