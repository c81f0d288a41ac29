"""What one middleware does for its team: an inventory, what shows it and keeps it, and the pages on which it is seen."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from ..asgi import ASGIApp, Scope
from ..consent import Decision, Standing
from ..errors import LedgerError, LedgerUnavailable
from ..gates.findings import Report
from ..gates.headers import first
from ..gates.violations import Violation
from ..ledger import ChoiceRecord, Ledger
from ..pages.negotiation import LanguageOf, Negotiation
from ..pages.reports import TakeViolation
from ..policy import Policy
from ..telemetry import Disclosure
from . import instruments, metrics, rows
from .access import Access
from .board import Boards
from .choice_days import outcome_of
from .inventory import Inventory, report_to
from .keeping import Keeper
from .metrics import Metrics
from .team_pages import TeamPages
from .watching import Watch, WatchedApp


class Overview:
    """There is one in observe mode, and where the team's page is on; elsewhere nothing is counted."""

    def __init__(
        self, policy: Policy, ledger: Ledger | None, *, mode: str, language_of: LanguageOf | None = None
    ) -> None:
        self._policy = policy
        self._mode = mode
        self._metrics = Metrics(policy, mode=mode)
        self._language_of = language_of
        self._negotiation = Negotiation(policy, language_of)
        self._ledger = ledger
        self._keeper = Keeper(ledger.database) if ledger is not None else None
        self.inventory = Inventory(policy, self._keeper.wake if self._keeper is not None else None)
        if self._keeper is not None:
            self._keeper.keep(self.inventory)
        self.watch = Watch(policy, self.inventory)
        instruments.offer(self)

    def follow(self, policy: Policy) -> None:
        """Judge by a version of the policy that has taken effect."""
        self._policy = policy
        self._metrics = Metrics(policy, mode=self._mode)
        self._negotiation = Negotiation(policy, self._language_of)
        self.inventory.follow(policy)
        self.watch.follow(policy)

    def around(self, app: ASGIApp) -> WatchedApp:
        """Watch what goes in and out of the app."""
        return WatchedApp(app, self.watch)

    def hearing(self, report: Report | None) -> Report:
        """Return a report that counts, then tells ``report``."""
        return report_to(self.inventory, [report] if report is not None else [])

    def hearing_violations(self, take: TakeViolation) -> TakeViolation:
        """Return what takes a violation, then tells ``take``."""

        def take_both(violation: Violation, decision: Decision) -> None:
            self.watch.see_violation(violation)
            take(violation, decision)

        return take_both

    def see_choice(self, choice: ChoiceRecord) -> None:
        """Count a recorded choice."""
        self.inventory.count(metrics.CHOICE, outcome_of(choice.action, choice.allowed, choice.refused), choice.language)

    def see_disclosure(self, disclosure: Disclosure) -> None:
        """Count that a masked value was asked for."""
        action = metrics.DISCLOSE if disclosure.is_raw else metrics.WITHHOLD
        self.inventory.count(action, disclosure.purpose, disclosure.field)

    def see_page(self, standing: Standing, scope: Scope, status: int) -> None:
        """Count a page that was opened, by whether its visitor has chosen."""
        has_chosen, asks = standing.consent.choice_made, standing.decision.asks
        state = "none" if not has_chosen else "again" if asks else "made"
        accepted = first(scope["headers"], b"accept-language")
        self.inventory.count(metrics.PAGE, state, self._negotiation.for_page(scope, accepted))

    def counted(self, actions: Sequence[str]) -> Mapping[tuple[str, str], int]:
        """What this process counted of these actions, by action and label."""
        return self._metrics.labeled(metrics.by_purpose(self.inventory.counts()), actions)

    def pages(self, access: Access, *, prefix: str, templates: str | Path | None) -> TeamPages:
        """Return the team's addresses."""
        return TeamPages(
            policy=self._policy,
            prefix=prefix,
            access=access,
            boards=Boards(self._policy, self.inventory, self._ledger, flush=self.flush),
            scrape=self._scrape,
            folder=templates,
        )

    async def flush(self) -> None:
        """Write what waits. Raises LedgerUnavailable when that takes too long."""
        if self._keeper is not None:
            await self._keeper.flush()

    async def stop(self) -> None:
        """Write what waits; what the database does not take is lost with the process."""
        with suppress(LedgerUnavailable):
            await self.flush()

    async def _scrape(self) -> bytes | None:
        """The metrics of all processes that share the ledger, else of this one; ``None`` where the ledger does not answer."""
        sums = metrics.by_purpose(self.inventory.counts())
        if self._ledger is not None:
            with suppress(LedgerUnavailable):
                await self.flush()
            try:
                sums = await self._ledger.database.run(rows.read_sums)
            except LedgerError:
                return None
        spooled = self._ledger.spooled if self._ledger is not None else None
        return metrics.exposed(self._metrics.of(sums, self.inventory.items(), spooled))
