"""The parts of one middleware."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import telemetry
from .asgi import ASGIApp
from .consent import Tokens
from .gates.findings import Report
from .gates.gates import Gates
from .gates.recognition import Recognition
from .gates.response import ResponseGate
from .gates.seen import SeenCookies
from .gates.shapes import Shapes
from .gates.violations import ObservedHosts
from .ledger import Housekeeping, Ledger
from .pages import Accounts, Banner, Pages
from .policy import Policy
from .recording import Choices
from .rights import Outbox
from .telemetry import Recorder

if TYPE_CHECKING:
    from .overview.overview import Overview


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """All that one middleware consists of. ``app``: the site's, in what only some policies put around it."""

    app: ASGIApp
    policy: Policy
    report: Report | None
    tokens: Tokens
    ledger: Ledger | None
    recorder: Recorder | None
    seen: SeenCookies
    shapes: Shapes
    recognition: Recognition
    pages: Pages
    banner: Banner
    choices: Choices
    accounts: Accounts | None
    gates: Gates
    respond: type[ResponseGate]
    disclosures: telemetry.Disclosures
    disclosure_log: telemetry.DisclosureLog | None
    outbox: Outbox | None
    observed_hosts: ObservedHosts
    housekeeping: Housekeeping | None
    overview: "Overview | None"
