"""What a visitor does about their privacy, and what a test then expects, written once for both forms of Playwright."""

from collections.abc import Iterable
from dataclasses import replace
from time import monotonic, time

from ..audit.evidence import STORED_KEYS, Asked, KeptCookie, Situation, State, StoredKey
from ..audit.judging import TOKENS, Judge
from ..consent import Action, Consent, Signals, answer, decide
from ..consent.token import new_id
from .expectations import (
    ConsentFailure,
    cookies_not_allowed,
    fail,
    is_high_entropy,
    keys_not_allowed,
    telemetry_seen,
    third_parties_asked,
)
from .interface import Answer, Context, Flow, Page, Request, Response
from .journal import Journal
from .site import ConsentSite

PATIENCE = 10.0
"""Seconds until a choice has to be recorded and its page has to be there."""
_TICK = 20
_QUIET = 0.3
_LONGEST_SETTLING = 3.0
_NOTICE = '[data-privacy-ui="notice"]'
_PREFERENCES = '[data-privacy-ui="preferences"]'


class Flows:
    """One visitor of one site. ``consent`` is what they chose, as far as the test made them choose it."""

    def __init__(
        self, site: ConsentSite, context: Context, page: Page, situation: Situation, browser_version: str
    ) -> None:
        self.site = site
        self.situation = situation
        self.journal = Journal()
        self.consent = Consent()
        self.judge = Judge(site.policy, site.host)
        self._context = context
        self._page = page
        self._browser_version = browser_version
        self._answered: list[int] = []
        self._loads = 0
        self._last_request = monotonic()
        self._hints: set[str] = set()
        self._once_allowed = frozenset[str]()
        self._hold()

    # ---- what the visitor does -------------------------------------------------------------------------------------

    def goto(self, path: str) -> Flow[None]:
        self.journal.begin(f"goto {path}", self.allowed)
        yield self._page.goto(self.site.address(path))
        yield from self._look()

    def open(self) -> Flow[None]:
        """Open the preference center, by the control of the page."""
        self.journal.begin("open", self.allowed)
        yield from self._open()
        yield from self._look()

    def answer(self, action: Action) -> Flow[None]:
        """Press ``accept-all`` or ``reject-all``, in the preference center where the page has no banner any more."""
        self.journal.begin(action.replace("-", "_"), self.allowed)
        yield from self._need_a_page()
        yield from self._say_age(action)
        if not (yield from self._count(f'[data-privacy-action="{action}"]:visible')):
            if not self.consent.choice_made:
                raise ConsentFailure((yield from self._nothing_to_press(action)))
            yield from self._open()
        yield from self._record(action, ())

    def save(self, names: Iterable[str]) -> Flow[None]:
        """Allow just these purposes and services, in the preference center."""
        wanted = frozenset(names)
        self.journal.begin(f"save {', '.join(sorted(wanted)) or 'nothing'}", self.allowed)
        unknown = wanted - self.site.policy.purposes.keys() - self.site.policy.services.keys()
        if unknown:
            known = ", ".join([*self.site.policy.optional, *self.site.policy.services])
            raise ConsentFailure(f"save: the policy knows no {', '.join(sorted(unknown))}; it knows {known}")
        yield from self._open()
        yield from self._say_age("save")
        center = f"{_PREFERENCES} "
        services = wanted & self.site.policy.services.keys()
        wanted |= {self.site.policy.services[name].purpose for name in services}
        wanted &= frozenset(self.site.policy.purposes)
        switches = self._page.locator(f"{center}[data-privacy-purpose]")
        ticked = []
        for index in range(_number((yield switches.count()))):
            switch = switches.nth(index)
            if (yield switch.is_checked()):
                ticked.append(str((yield switch.get_attribute("data-privacy-purpose"))))
            yield switch.set_checked((yield switch.get_attribute("data-privacy-purpose")) in wanted)
        if ticked and not self.consent.choice_made:
            raise ConsentFailure(
                f"save: ticked before the visitor chose: {', '.join(ticked)}\n"
                "    → Nothing may be ticked in advance (CJEU C-673/17, Planet49): let the middleware's template be."
            )
        if services:
            yield from self._tick_services(services)
        yield from self._record("save", wanted | services)

    def withdraw(self) -> Flow[None]:
        """Take back everything, from the entry that every page has."""
        self.journal.begin("withdraw", self.allowed)
        yield from self._open()
        yield from self._record("reject-all", ())
        self.situation = replace(self.situation, state="withdrawn")

    def notices(self) -> Flow[list[str]]:
        """What the page tells in the banner's place, by id: ``leak``, or ``version:2030`` for one that is announced."""
        fields = self._page.locator(f'{_NOTICE} input[name="notice"]')
        found = []
        for index in range(_number((yield fields.count()))):
            found.append(str((yield fields.nth(index).get_attribute("value"))).removeprefix("notice:"))
        return found

    def close_notices(self) -> Flow[list[str]]:
        """Close what is told there, and check that it stays away and that nothing was chosen by it."""
        self.journal.begin("close_notices", self.allowed)
        yield from self._need_a_page()
        closed = yield from self.notices()
        if not closed:
            return []
        loads, deadline = self._loads, monotonic() + PATIENCE
        yield self._page.locator(f'{_NOTICE} form[method="post"] button').first.click()
        while self._loads == loads:
            if monotonic() > deadline:
                raise ConsentFailure(f"close_notices: the page did not come back within {PATIENCE:.0f} s")
            yield self._page.wait_for_timeout(_TICK)
        yield self._page.wait_for_load_state()
        left = [name for name in (yield from self.notices()) if name in closed]
        if left:
            raise ConsentFailure(
                f"close_notices: still there after it was closed: {', '.join(left)}\n"
                f"    → Does POST {self.site.own('notice')} arrive, and does its cookie stay?"
            )
        yield from self._look()
        return closed

    def began_with(self, consent: Consent) -> None:
        """Remember the choice that the browser was started with."""
        self.consent = consent
        self.situation = replace(self.situation, state=_state_of(consent))
        self._hold()

    def consent_for(self, allow: Iterable[str]) -> Consent:
        """The choice of a visitor who allowed just ``allow``."""
        names = frozenset(allow)
        answers = answer(self.site.policy, "save", names, names)
        return self._chosen(answers.allowed, answers.refused)

    # ---- what the browser tells: to be attached to its events --------------------------------------------------------

    def note_request(self, request: Request) -> None:
        self._last_request = monotonic()
        asked = Asked(url=request.url, kind=request.resource_type, allowed=self._allowed)
        self.journal.note_request(asked, is_third_party=self.judge.is_third_party(asked.host))

    def note_response(self, response: Response) -> None:
        if response.request.method == "POST" and response.url.partition("?")[0] == self.site.own("choice"):
            self._answered.append(response.status)
            # From here on, and not only once the next page is there, another choice holds.
            self._hold()
        if "device" not in self._allowed and not self.judge.is_third_party(Asked(url=response.url, kind="").host):
            for header in ("accept-ch", "critical-ch"):
                asked = response.headers.get(header, "").split(",")
                self._hints |= {hint.strip() for hint in asked if is_high_entropy(hint.strip())}

    def note_load(self, _: object) -> None:
        self._loads += 1

    # ---- what a test expects ---------------------------------------------------------------------------------------

    def expect_cookies_allowed(self) -> Flow[None]:
        yield from self._settle()
        yield from self._look()
        found = cookies_not_allowed(
            self.judge,
            self.journal.cookies,
            self.allowed,
            choice_made=self.consent.choice_made,
            once_allowed=self._once_allowed,
        )
        if found:
            heading = f"{len(found)} cookie{'s' if len(found) > 1 else ''} kept that the visitor did not allow"
            since = [f"came {self.journal.first_step_with(one.subject.partition(' ')[0])}" for one in found]
            fail(heading, self.situation, self.allowed, found, since)
        if self.consent.choice_made and not any(cookie.name in TOKENS for cookie in self.journal.cookies):
            raise ConsentFailure(
                f"the visitor's choice is forgotten: after {self.journal.steps[-1].did} no cookie carries it\n"
                "    → Let the middleware's Set-Cookie through: nothing outside of it may drop or rewrite it."
            )

    def expect_storage_allowed(self) -> Flow[None]:
        yield from self._settle()
        keys = yield from self._stored_keys()
        found = keys_not_allowed(self.judge, keys, self.allowed)
        if found:
            heading = f"{len(found)} stored key{'s' if len(found) > 1 else ''} that the visitor did not allow"
            fail(heading, self.situation, self.allowed, found, [""] * len(found))

    def expect_no_third_party(self, excepted: Iterable[str] = ()) -> Flow[None]:
        yield from self._settle()
        found, since = third_parties_asked(self.judge, self.journal, frozenset(excepted))
        if found:
            count = len(found)
            heading = f"{count} third part{'ies' if count > 1 else 'y'} asked that the visitor did not allow"
            fail(heading, self.situation, self.allowed, found, since)

    def expect_telemetry_masked(self) -> Flow[None]:
        yield from self._settle()
        traffic = self.site.traffic
        seen = list(traffic.seen) if traffic is not None else []
        found = telemetry_seen(seen, self._browser_version, self._hints, self.allowed)
        if found:
            heading = "the site learned more of the visitor's device or network than was allowed"
            fail(heading, self.situation, self.allowed, found, [""] * len(found))

    def expect_everything_allowed(self) -> Flow[None]:
        said = []
        for expectation in (
            self.expect_cookies_allowed,
            self.expect_storage_allowed,
            self.expect_no_third_party,
            self.expect_telemetry_masked,
        ):
            try:
                yield from expectation()
            except ConsentFailure as failure:
                said.append(str(failure))
        if said:
            raise ConsentFailure("\n".join(said))

    def token(self) -> Flow[str | None]:
        """The value of the cookie that carries the choice."""
        yield from self._look()
        return next((cookie.value for cookie in self.journal.cookies if cookie.name in TOKENS), None)

    @property
    def allowed(self) -> frozenset[str]:
        """What may happen now: purposes and services, necessary ones included."""
        return self._allowed

    # ---- inside ----------------------------------------------------------------------------------------------------

    def _hold(self) -> None:
        decision = decide(self.site.policy, self.consent, Signals(gpc=self.situation.gpc))
        self._allowed = decision.allowed
        self._once_allowed |= decision.allowed
        if self.site.traffic is not None:
            self.site.traffic.allowed = self._allowed

    def _chosen(self, allowed: frozenset[str], refused: frozenset[str]) -> Consent:
        return Consent(
            choice_made=True,
            id=self.consent.id or new_id(),
            chosen_at=int(time()),
            allowed=allowed,
            refused=refused,
            gpc=self.situation.gpc,
            age="over" if self.site.policy.asked_age is not None else "",
        )

    def _say_age(self, action: Action) -> Flow[None]:
        """Where a policy asks for the age before something can be allowed, the visitor of a test is old enough."""
        # In the preference center, where the dialog is open over a banner that asks too.
        within = f"{_PREFERENCES} " if action == "save" else ""
        adult = f'{within}[name="age"][value="over"]:visible'
        if action != "reject-all" and (yield from self._count(adult)):
            yield self._page.locator(adult).first.set_checked(True)

    def _record(self, action: Action, names: Iterable[str]) -> Flow[None]:
        """Press ``action``, wait for what it leads to, and hold what the site then says against what was pressed."""
        selector = f'[data-privacy-action="{action}"]:visible'
        if not (yield from self._count(selector)):
            raise ConsentFailure((yield from self._nothing_to_press(action)))
        wanted = frozenset(names)
        answers = answer(self.site.policy, action, wanted, wanted, before=self.consent)
        before = self.consent
        self.consent = self._chosen(answers.allowed, answers.refused)
        if self.site.traffic is not None:
            # The app may answer the next request before the browser tells of this one.
            after = decide(self.site.policy, self.consent, Signals(gpc=self.situation.gpc))
            self.site.traffic.allowed = self._allowed | after.allowed
        self._answered.clear()
        loads = self._loads
        yield self._page.locator(selector).first.click()
        yield from self._wait_for_answer(action, loads)
        state = (
            "withdrawn" if before.choice_made and before.allowed and not answers.allowed else _state_of(self.consent)
        )
        self.situation = replace(self.situation, state=state)
        yield from self._look()
        yield from self._compare_with_site(action)

    def _wait_for_answer(self, action: Action, loads: int) -> Flow[None]:
        deadline = monotonic() + PATIENCE
        while not self._answered:
            if monotonic() > deadline:
                raise ConsentFailure(
                    f"{action}: nothing was recorded: no answer to POST {self.site.own('choice')} within {PATIENCE:.0f} s\n"
                    "    → Does the button's form still lead there, and does the site answer below its prefix?"
                )
            yield self._page.wait_for_timeout(_TICK)
        if self._answered[0] not in (200, 303):
            raise ConsentFailure(
                f"{action}: the choice was not recorded: POST {self.site.own('choice')} was answered with "
                f"{self._answered[0]}"
            )
        # A form leads to another page, a script loads this one again where something changed, or says that it is saved.
        while self._loads == loads and not (yield from self._says_saved()):
            if monotonic() > deadline:
                raise ConsentFailure(f"{action}: the page neither followed the choice nor said that it is saved")
            yield self._page.wait_for_timeout(_TICK)
        yield self._page.wait_for_load_state()

    def _says_saved(self) -> Flow[bool]:
        status = '[data-privacy-ui="status"]:not(:empty)'
        return bool((yield from self._count(status))) and not (yield from self._count("dialog[open]"))

    def _compare_with_site(self, action: Action) -> Flow[None]:
        # In a page of its own: the browser knows names that nobody else resolves, and no page's own policy forbids it.
        page = yield self._context.new_page()
        if not isinstance(page, Page):
            raise TypeError(f"a context gave no page but {page!r}")
        reply = yield page.goto(self.site.own("choice"))
        body = (yield reply.json()) if isinstance(reply, Answer) and reply.status == 200 else None
        yield page.close()
        if not isinstance(body, dict) or not isinstance(body.get("allowed"), list):
            raise ConsentFailure(f"GET {self.site.own('choice')} does not tell what holds")
        says = frozenset(str(name) for name in body["allowed"])
        if not body.get("choice_made"):
            raise ConsentFailure(
                f"{action}: the visitor's choice is forgotten at once: the site says that none was made"
            )
        if says != self.allowed:
            more, less = sorted(says - self.allowed), sorted(self.allowed - says)
            lines = [f"{action}: the site holds another choice than the visitor made ({self.situation})"]
            if more:
                lines.append(f"  ✗ allowed, but not by the visitor: {', '.join(more)}")
            if less:
                lines.append(f"  ✗ allowed by the visitor, but not held: {', '.join(less)}")
            lines.append("    → What does the button send, and does it arrive unchanged?")
            raise ConsentFailure("\n".join(lines))

    def _open(self) -> Flow[None]:
        yield from self._need_a_page()
        if (yield from self._count(f"{_PREFERENCES}:visible")):
            return
        if not (yield from self._count('[data-privacy-action="manage"]:visible')):
            raise ConsentFailure((yield from self._nothing_to_press("manage")))
        yield self._page.locator('[data-privacy-action="manage"]:visible').first.click()
        deadline = monotonic() + PATIENCE
        while not (yield from self._count(f"{_PREFERENCES}:visible")):
            if monotonic() > deadline:
                raise ConsentFailure("the preference center did not open")
            yield self._page.wait_for_timeout(_TICK)

    def _tick_services(self, services: frozenset[str]) -> Flow[None]:
        """Single services stand folded up below their purpose."""
        folds = self._page.locator(f"{_PREFERENCES} details:not([open]) > summary")
        for _ in range(_number((yield folds.count()))):
            yield folds.first.click()
        switches = self._page.locator(f"{_PREFERENCES} [data-privacy-service]")
        purposes = {self.site.policy.services[name].purpose for name in services}
        for index in range(_number((yield switches.count()))):
            switch = switches.nth(index)
            name = str((yield switch.get_attribute("data-privacy-service")))
            if self.site.policy.services[name].purpose in purposes:
                yield switch.set_checked(name in services)

    def _nothing_to_press(self, action: str) -> Flow[str]:
        there = self._page.locator("[data-privacy-action]:visible")
        names = []
        for index in range(_number((yield there.count()))):
            names.append(str((yield there.nth(index).get_attribute("data-privacy-action"))))
        hidden = yield from self._count(f'[data-privacy-action="{action}"]')
        return (
            f"{action}: no visible control for it on {self._page.url}"
            + (" (it is in the page, but hidden)" if hidden else "")
            + f"\n  visible controls: {', '.join(sorted(set(names))) or 'none'}"
            + "\n    → Is the middleware around this page, and does a style of the site hide its banner or its entry?"
        )

    def _need_a_page(self) -> Flow[None]:
        if self._page.url == "about:blank":
            yield self._page.goto(self.site.address())

    def _count(self, selector: str) -> Flow[int]:
        return _number((yield self._page.locator(selector).count()))

    def _settle(self) -> Flow[None]:
        """Let what the page still asks for be asked for: scripts load scripts."""
        yield self._page.wait_for_load_state()
        deadline = monotonic() + _LONGEST_SETTLING
        while monotonic() < min(deadline, self._last_request + _QUIET):
            yield self._page.wait_for_timeout(_TICK)

    def _look(self) -> Flow[None]:
        self.journal.note_cookies(read_cookies((yield self._context.cookies())))

    def _stored_keys(self) -> Flow[frozenset[StoredKey]]:
        found = set[StoredKey]()
        for frame in self._page.frames:
            rows = yield frame.evaluate(STORED_KEYS)
            for area, origin, name in rows if isinstance(rows, list) else ():
                found.add(StoredKey(area=area, origin=str(origin), name=str(name)))
        return frozenset(found)


def read_cookies(rows: object) -> list[KeptCookie]:
    """Playwright's cookies as values."""
    return [
        KeptCookie(
            name=str(row["name"]),
            value=str(row["value"]),
            domain=str(row["domain"]),
            path=str(row["path"]),
            http_only=bool(row["httpOnly"]),
            expires=float(row["expires"]),
        )
        for row in (rows if isinstance(rows, list) else ())
    ]


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _state_of(consent: Consent) -> State:
    if not consent.choice_made:
        return "nothing chosen"
    return "rejected" if not consent.allowed else "selected" if consent.refused else "accepted"
