"""The story of an audit: every situation in a browser of its own, over the same pages."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..consent import Action, Consent, Signals, answer, decide
from ..errors import ConfigurationError
from ..policy import Policy
from . import fairness
from .evidence import Evidence, Situation, State
from .findings import Finding, merged
from .judging import Judge
from .visiting import Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_EVERYTHING = frozenset({"authentication", "security", "preference", "analytics", "marketing", "network", "device"})
_NECESSARY = frozenset({"authentication", "security"})
# A visitor who only looks around presses none of these, and files are no pages.
_LEFT_ALONE = re.compile(
    r"(?i)log-?out|sign-?out|abmelden|deconnexion|/delete|/remove|unsubscribe|\.(pdf|zip|gz|png|jpe?g|gif|svg|webp|mp4|mp3|css|js|xml|json)$"
)
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What came of it. ``screenshots`` are JPEG, by situation."""

    url: str
    policy: Policy | None
    pages: tuple[str, ...]
    situations: tuple[Evidence, ...]
    findings: tuple[Finding, ...]
    screenshots: dict[Situation, bytes] = field(default_factory=dict)
    made_at: datetime = field(default_factory=lambda: datetime.now(UTC))


def audit(
    url: str,
    browser: "Browser",
    *,
    policy: Policy | None = None,
    pages: int = 5,
    gpc: Sequence[bool] = (False, True),
    javascript: Sequence[bool] = (True, False),
    avoid: str = "/-/privacy",
    progress: Progress = lambda _: None,
) -> Audit:
    """Visit at most ``pages`` pages of the site in every state, with each of ``gpc`` and ``javascript``.

    ``avoid``: pages below this path are not visited; they are the middleware's own.
    """
    run = _Run(url, browser, policy, avoid, progress)
    run.find_pages(pages)
    for signal in gpc:
        for scripts in javascript:
            run.visit(gpc=signal, javascript=scripts)
    return Audit(
        url=url,
        policy=policy,
        pages=tuple(run.pages),
        situations=tuple(run.situations),
        findings=tuple(merged(run.findings)),
        screenshots=run.screenshots,
    )


class _Run:
    def __init__(self, url: str, browser: "Browser", policy: Policy | None, avoid: str, progress: Progress) -> None:
        self.pages: list[str] = []
        self.situations: list[Evidence] = []
        self.findings: list[Finding] = []
        self.screenshots: dict[Situation, bytes] = {}
        self._url = url
        self._browser = browser
        self._policy = policy
        self._avoid = avoid
        self._progress = progress
        self._judge = Judge(policy, urlsplit(url).hostname or "")

    def find_pages(self, most: int) -> None:
        """Follow links from the first page, nearest first."""
        visitor = Visitor(self._browser, Situation(), self._allowed("nothing chosen", gpc=False))
        try:
            waiting, known = [self._url], {self._url}
            while waiting and len(self.pages) < most:
                address = waiting.pop(0)
                self._progress(f"looking for pages: {address}")
                if not visitor.goto(address):
                    if address == self._url:
                        raise ConfigurationError(f"{address} does not answer with a page.")
                    continue
                self.pages.append(address)
                new = [link for link in visitor.links() if link not in known and self._is_worth_visiting(link)]
                known.update(new)
                waiting += new
        finally:
            visitor.close()

    def visit(self, *, gpc: bool, javascript: bool) -> None:
        """Visit the pages in all states: two browsers, one that refuses and one that accepts and then withdraws."""

        def situation(state: State) -> tuple[Situation, frozenset[str]]:
            return Situation(state=state, gpc=gpc, javascript=javascript), self._allowed(state, gpc=gpc)

        visitor = Visitor(self._browser, *situation("nothing chosen"))
        try:
            self._look_around(visitor)
            self._judge_the_asking(visitor)
            visitor.goto(self.pages[0])
            asked = any(place.control.kind in ("accept", "reject") for place in visitor.controls())
            if visitor.refuse():
                visitor.begin(*situation("rejected"))
                self._look_around(visitor)
                self._expect_no_question(visitor)
            elif asked:
                self.findings.append(fairness.cannot_refuse(visitor.situation))
        finally:
            visitor.close()
        visitor = Visitor(self._browser, *situation("nothing chosen"))
        try:
            visitor.goto(self.pages[0])
            if not visitor.accept():
                return
            visitor.begin(*situation("accepted"))
            self._look_around(visitor)
            self._expect_no_question(visitor)
            if not visitor.refuse():
                self.findings.append(fairness.no_way_back(visitor.situation))
                return
            visitor.begin(*situation("withdrawn"))
            self._look_around(visitor)
        finally:
            visitor.close()

    def _look_around(self, visitor: Visitor) -> None:
        for address in self.pages:
            self._progress(f"{visitor.situation}: {address}")
            visitor.goto(address)
            self.screenshots.setdefault(visitor.situation, visitor.screenshot())
        evidence = visitor.evidence()
        self.situations.append(evidence)
        self.findings += self._judge.findings(evidence)

    def _judge_the_asking(self, visitor: Visitor) -> None:
        visitor.goto(self.pages[0])
        places = visitor.controls()
        shown = [place.control for place in places if place.control.in_notice]
        self.findings += fairness.first_layer(shown, visitor.situation)
        self.findings += fairness.second_layer(shown, visitor.situation)
        manage = next((place for place in places if place.control.kind == "manage"), None)
        if manage is not None and visitor.press(manage):
            below = [place.control for place in visitor.controls()]
            self.findings += fairness.second_layer(below, visitor.situation)

    def _expect_no_question(self, visitor: Visitor) -> None:
        controls = [place.control for place in visitor.controls() if place.control.in_notice]
        accept = next((control for control in controls if control.kind == "accept"), None)
        if accept is not None:
            self.findings.append(fairness.asks_again(visitor.situation, accept))

    def _allowed(self, state: State, *, gpc: bool) -> frozenset[str]:
        if self._policy is None:
            return _EVERYTHING if state == "accepted" else _NECESSARY
        actions: dict[State, Action] = {"rejected": "reject-all", "accepted": "accept-all", "withdrawn": "reject-all"}
        action = actions.get(state)
        if action is None:
            return decide(self._policy, Consent(), Signals(gpc=gpc)).allowed
        answers = answer(self._policy, action)
        chosen = Consent(choice_made=True, allowed=answers.allowed, refused=answers.refused, gpc=gpc)
        return decide(self._policy, chosen, Signals(gpc=gpc)).allowed

    def _is_worth_visiting(self, address: str) -> bool:
        path = urlsplit(address).path
        return self._avoid not in path and not _LEFT_ALONE.search(path)
