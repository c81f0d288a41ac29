"""The page object for tests over Playwright's asynchronous form."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeVar

from ..audit.evidence import Situation
from ..errors import ConfigurationError
from ..ledger.records import ChoiceRecord
from .flows import Flows
from .interface import Flow, drive_async
from .recorded import newest, recorded_for
from .site import ConsentSite
from .states import Start
from .visitors import begin, context_options

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from playwright.async_api import BrowserContext, Page

T = TypeVar("T")


class AsyncPrivacy:
    """One visitor of the site under test, in a browser of their own. ``page`` is a Playwright page like any other."""

    def __init__(
        self,
        site: ConsentSite,
        new_context: "Callable[..., Awaitable[BrowserContext]]",
        start: Start | None = None,
        *,
        browser_version: str,
    ) -> None:
        """Describe a visitor. The browser opens, and comes into ``start``, with the first step."""
        self.site = site
        self._new_context = new_context
        self._start = start or Start()
        self._browser_version = browser_version
        self._flows: Flows | None = None

    @property
    def flows(self) -> Flows:
        if self._flows is None:
            raise ConfigurationError("There is no page before the first step: begin with await privacy.goto(…).")
        return self._flows

    @property
    def allowed(self) -> frozenset[str]:
        """What this visitor has allowed, necessary purposes included."""
        return self.flows.allowed

    async def _do(self, step: "Callable[[Flows], Flow[T]]") -> T:
        if self._flows is None:
            self.context: BrowserContext = await self._new_context(
                **context_options(self._browser_version, self._start)
            )
            self.page: Page = await self.context.new_page()
            situation = Situation(gpc=self._start.gpc, javascript=self._start.javascript)
            self._flows = Flows(self.site, self.context, self.page, situation, self._browser_version)
            self.context.on("request", self._flows.observer.note_request)
            self.context.on("response", self._flows.observer.note_response)
            self.page.on("load", self._flows.observer.note_load)
            await drive_async(begin(self._flows, self.context, self._start))
        return await drive_async(step(self._flows))

    async def goto(self, path: str = "/") -> "Page":
        """Go to a path of the site, or to any URL."""
        await self._do(lambda flows: flows.goto(path))
        return self.page

    async def open(self) -> None:
        """Open the preference center, by the page's own control."""
        await self._do(lambda flows: flows.open())

    async def accept_all(self) -> None:
        """Accept all, and check that the site now holds just that."""
        await self._do(lambda flows: flows.answer("accept-all"))

    async def reject_all(self) -> None:
        """Reject all, and check that the site now holds just that."""
        await self._do(lambda flows: flows.answer("reject-all"))

    async def save(self, allow: Iterable[str]) -> None:
        """Allow just these purposes and services in the preference center, and check that the site now holds just that."""
        await self._do(lambda flows: flows.save(allow))

    async def withdraw(self) -> None:
        """Take everything back, by the entry that every page has."""
        await self._do(lambda flows: flows.withdraw())

    async def notices(self) -> list[str]:
        """What the page tells in the banner's place, by id: ``leak``, or ``version:2030`` for a version that is announced."""
        return await self._do(lambda flows: flows.notices())

    async def close_notices(self) -> list[str]:
        """Close what is told there, check that it stays away, and return what it was."""
        return await self._do(lambda flows: flows.close_notices())

    async def expect_cookies_allowed(self) -> None:
        """Fail where the browser keeps a cookie, of whomever, that the visitor has not allowed."""
        await self._do(lambda flows: flows.expect.cookies_allowed())

    async def expect_storage_allowed(self) -> None:
        """Fail where a script has stored something that the visitor has not allowed."""
        await self._do(lambda flows: flows.expect.storage_allowed())

    async def expect_no_third_party(self, *, besides: Iterable[str] = ()) -> None:
        """Fail where a third party was asked that the visitor had not allowed at that moment; ``besides``: hosts that may be."""
        await self._do(lambda flows: flows.expect.no_third_party(besides))

    async def expect_telemetry_masked(self) -> None:
        """Fail where the site learned of device or network what was not allowed.

        Of an app in this process it is known what the app got to see; of a deployed site, what it asks browsers for.
        """
        await self._do(lambda flows: flows.expect.telemetry_masked())

    async def expect_everything_allowed(self) -> None:
        """All four of them, with everything they find in one failure."""
        await self._do(lambda flows: flows.expect.everything_allowed())

    async def recorded_choices(self) -> list[ChoiceRecord]:
        """What the ledger has of this visitor, oldest first."""
        return recorded_for(self.site, await self._do(lambda flows: flows.token()))

    async def recorded_choice(self) -> ChoiceRecord:
        """The newest record of this visitor; a failure where there is none, or where it says another thing than was chosen."""
        return newest(await self.recorded_choices(), self.flows.consent)
