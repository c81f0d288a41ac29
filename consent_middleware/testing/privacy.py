"""The page object for tests over Playwright's synchronous form."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..audit.evidence import Situation
from ..ledger.records import ChoiceRecord
from .flows import Flows
from .interface import drive
from .recorded import newest, recorded_for
from .site import ConsentSite
from .states import Start
from .visitors import begin, context_options

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page


class Privacy:
    """One visitor of the site under test, in a browser of their own. ``page`` is a Playwright page like any other."""

    def __init__(
        self,
        site: ConsentSite,
        new_context: "Callable[..., BrowserContext]",
        start: Start | None = None,
        *,
        browser_version: str,
    ) -> None:
        """Open a browser and bring it into ``start``, by default nothing chosen."""
        begun = start or Start()
        self.site = site
        self.context: BrowserContext = new_context(**context_options(browser_version, begun))
        self.page: Page = self.context.new_page()
        situation = Situation(gpc=begun.gpc, javascript=begun.javascript)
        self.flows = Flows(site, self.context, self.page, situation, browser_version)
        self.context.on("request", self.flows.observer.note_request)
        self.context.on("response", self.flows.observer.note_response)
        self.page.on("load", self.flows.observer.note_load)
        drive(begin(self.flows, self.context, begun))

    @property
    def allowed(self) -> frozenset[str]:
        """What this visitor has allowed, necessary purposes included."""
        return self.flows.allowed

    def goto(self, path: str = "/") -> "Page":
        """Go to a path of the site, or to any URL."""
        drive(self.flows.goto(path))
        return self.page

    def open(self) -> None:
        """Open the preference center, by the page's own control."""
        drive(self.flows.open())

    def accept_all(self) -> None:
        """Accept all, and check that the site now holds just that."""
        drive(self.flows.answer("accept-all"))

    def reject_all(self) -> None:
        """Reject all, and check that the site now holds just that."""
        drive(self.flows.answer("reject-all"))

    def save(self, allow: Iterable[str]) -> None:
        """Allow just these purposes and services in the preference center, and check that the site now holds just that."""
        drive(self.flows.save(allow))

    def withdraw(self) -> None:
        """Take everything back, by the entry that every page has."""
        drive(self.flows.withdraw())

    def notices(self) -> list[str]:
        """What the page tells in the banner's place, by id: ``leak``, or ``version:2030`` for a version that is announced."""
        return drive(self.flows.notices())

    def close_notices(self) -> list[str]:
        """Close what is told there, check that it stays away, and return what it was."""
        return drive(self.flows.close_notices())

    def expect_cookies_allowed(self) -> None:
        """Fail where the browser keeps a cookie, of whomever, that the visitor has not allowed."""
        drive(self.flows.expect.cookies_allowed())

    def expect_storage_allowed(self) -> None:
        """Fail where a script has stored something that the visitor has not allowed."""
        drive(self.flows.expect.storage_allowed())

    def expect_no_third_party(self, *, besides: Iterable[str] = ()) -> None:
        """Fail where a third party was asked that the visitor had not allowed at that moment; ``besides``: hosts that may be."""
        drive(self.flows.expect.no_third_party(besides))

    def expect_telemetry_masked(self) -> None:
        """Fail where the site learned of device or network what was not allowed.

        Of an app in this process it is known what the app got to see; of a deployed site, what it asks browsers for.
        """
        drive(self.flows.expect.telemetry_masked())

    def expect_everything_allowed(self) -> None:
        """All four of them, with everything they find in one failure."""
        drive(self.flows.expect.everything_allowed())

    def recorded_choices(self) -> list[ChoiceRecord]:
        """What the ledger has of this visitor, oldest first."""
        return recorded_for(self.site, drive(self.flows.token()))

    def recorded_choice(self) -> ChoiceRecord:
        """The newest record of this visitor; a failure where there is none, or where it says another thing than was chosen."""
        return newest(self.recorded_choices(), self.flows.consent)
