"""What a visitor does about their privacy, written once for both forms of Playwright."""

from collections.abc import Iterable
from time import monotonic

from ..audit.evidence import Situation, State
from ..consent import Action, Consent, answer
from .confirming import compare_with_site, wait_for_answer
from .expectations import ConsentFailure
from .expecting import Expecting
from .interface import Context, Flow, Page
from .journal import Journal
from .observing import Observer
from .site import ConsentSite
from .window import PATIENCE, PREFERENCES, Window

_NOTICE = '[data-privacy-ui="notice"]'


class Flows:
    """One visitor of one site. ``observer`` is to be attached to the browser's events; ``expect`` holds what a test expects."""

    def __init__(
        self, site: ConsentSite, context: Context, page: Page, situation: Situation, browser_version: str
    ) -> None:
        self.site = site
        self.observer = Observer(site, situation)
        self._window = Window(context, page, self.observer)
        self.expect = Expecting(self.observer, self._window, browser_version)

    @property
    def journal(self) -> Journal:
        return self.observer.journal

    @property
    def situation(self) -> Situation:
        return self.observer.situation

    @property
    def consent(self) -> Consent:
        """What the visitor chose, as far as the test made them choose it."""
        return self.observer.consent

    @property
    def allowed(self) -> frozenset[str]:
        """What may happen now: purposes and services, necessary ones included."""
        return self.observer.allowed

    def goto(self, path: str) -> Flow[None]:
        self.observer.begin(f"goto {path}")
        yield from self._window.goto(path)
        yield from self._window.look()

    def open(self) -> Flow[None]:
        """Open the preference center, by the control of the page."""
        self.observer.begin("open")
        yield from self._window.open_preferences()
        yield from self._window.look()

    def answer(self, action: Action) -> Flow[None]:
        """Press ``accept-all`` or ``reject-all``, in the preference center where the page has no banner any more."""
        self.observer.begin(action.replace("-", "_"))
        yield from self._window.need_a_page()
        yield from self._say_age(action)
        if self.consent.choice_made and not (yield from self._window.offers(action)):
            yield from self._window.open_preferences()
        yield from self._record(action, ())

    def save(self, names: Iterable[str]) -> Flow[None]:
        """Allow just these purposes and services, in the preference center."""
        policy, wanted = self.site.policy, frozenset(names)
        self.observer.begin(f"save {', '.join(sorted(wanted)) or 'nothing'}")
        unknown = wanted - policy.purposes.keys() - policy.services.keys()
        if unknown:
            known = ", ".join([*policy.optional, *policy.services])
            raise ConsentFailure(f"save: the policy knows no {', '.join(sorted(unknown))}; it knows {known}")
        yield from self._window.open_preferences()
        yield from self._say_age("save")
        services = wanted & policy.services.keys()
        purposes = (wanted & policy.purposes.keys()) | {policy.services[name].purpose for name in services}
        yield from self._tick_purposes(purposes)
        if services:
            yield from self._tick_services(services)
        yield from self._record("save", purposes | services)

    def withdraw(self) -> Flow[None]:
        """Take back everything, from the entry that every page has."""
        self.observer.begin("withdraw")
        yield from self._window.open_preferences()
        yield from self._record("reject-all", ())
        self.observer.enter("withdrawn")

    def notices(self) -> Flow[list[str]]:
        """What the page tells in the banner's place, by id: ``leak``, or ``version:2030`` for one that is announced."""
        found = []
        for notice in (yield from self._window.each(f'{_NOTICE} input[name="notice"]')):
            found.append(str((yield notice.get_attribute("value"))).removeprefix("notice:"))
        return found

    def close_notices(self) -> Flow[list[str]]:
        """Close what is told there, and check that it stays away and that nothing was chosen by it."""
        self.observer.begin("close_notices")
        yield from self._window.need_a_page()
        closed = yield from self.notices()
        if not closed:
            return []
        page, loads, deadline = self._window.page, self.observer.loads, monotonic() + PATIENCE
        yield page.locator(f'{_NOTICE} form[method="post"] button').first.click()
        while self.observer.loads == loads:
            yield from self._window.wait(deadline, f"close_notices: the page did not come back within {PATIENCE:.0f} s")
        yield page.wait_for_load_state()
        left = [name for name in (yield from self.notices()) if name in closed]
        if left:
            raise ConsentFailure(
                f"close_notices: still there after it was closed: {', '.join(left)}\n"
                f"    → Does POST {self.site.own('notice')} arrive, and does its cookie stay?"
            )
        yield from self._window.look()
        return closed

    def began_with(self, consent: Consent) -> None:
        """Remember the choice that the browser was started with."""
        self.observer.consent = consent
        self.observer.enter(_state_of(consent))
        self.observer.hold()

    def consent_for(self, allow: Iterable[str]) -> Consent:
        """The choice of a visitor who allowed just ``allow``."""
        names = frozenset(allow)
        answers = answer(self.site.policy, "save", names, names)
        return self.observer.choose(answers.allowed, answers.refused)

    def token(self) -> Flow[str | None]:
        """The value of the cookie that carries the choice."""
        yield from self._window.look()
        return self.observer.token()

    def _say_age(self, action: Action) -> Flow[None]:
        """Where a policy asks for the age before something can be allowed, the visitor of a test is old enough."""
        # In the preference center, where the dialog is open over a banner that asks too.
        within = f"{PREFERENCES} " if action == "save" else ""
        adult = f'{within}[name="age"][value="over"]:visible'
        if action != "reject-all" and (yield from self._window.count(adult)):
            yield self._window.page.locator(adult).first.set_checked(True)

    def _tick_purposes(self, purposes: frozenset[str]) -> Flow[None]:
        ticked = []
        for switch in (yield from self._window.each(f"{PREFERENCES} [data-privacy-purpose]")):
            name = str((yield switch.get_attribute("data-privacy-purpose")))
            if (yield switch.is_checked()):
                ticked.append(name)
            yield switch.set_checked(name in purposes)
        if ticked and not self.consent.choice_made:
            raise ConsentFailure(
                f"save: ticked before the visitor chose: {', '.join(ticked)}\n"
                "    → Nothing may be ticked in advance (CJEU C-673/17, Planet49): let the middleware's template be."
            )

    def _tick_services(self, services: frozenset[str]) -> Flow[None]:
        """Single services stand folded up below their purpose."""
        folds = f"{PREFERENCES} details:not([open]) > summary"
        for _ in (yield from self._window.each(folds)):
            yield self._window.page.locator(folds).first.click()
        declared = self.site.policy.services
        purposes = {declared[name].purpose for name in services}
        for switch in (yield from self._window.each(f"{PREFERENCES} [data-privacy-service]")):
            name = str((yield switch.get_attribute("data-privacy-service")))
            if declared[name].purpose in purposes:
                yield switch.set_checked(name in services)

    def _record(self, action: Action, names: Iterable[str]) -> Flow[None]:
        """Press ``action``, wait for what it leads to, and hold what the site then says against what was pressed."""
        control = yield from self._window.control(action)
        before, wanted, loads = self.consent, frozenset(names), self.observer.loads
        answers = answer(self.site.policy, action, wanted, wanted, before=before)
        self.observer.answered.clear()
        # The app may answer the next request before the browser tells of this one.
        self.observer.expect(self.observer.choose(answers.allowed, answers.refused))
        yield control.click()
        yield from wait_for_answer(self.observer, self._window, action, loads)
        is_withdrawn = before.choice_made and before.allowed and not answers.allowed
        self.observer.enter("withdrawn" if is_withdrawn else _state_of(self.consent))
        yield from self._window.look()
        yield from compare_with_site(self.observer, self._window, action)


def _state_of(consent: Consent) -> State:
    if not consent.choice_made:
        return "nothing chosen"
    return "rejected" if not consent.allowed else "selected" if consent.refused else "accepted"
