"""What all response gates of one middleware share."""

from dataclasses import dataclass, field

from ..consent import Tokens
from ..consent.visit import Decider, Recorder
from ..policy import Policy
from ..telemetry import Disclosures
from .banner import Banner
from .findings import Report
from .html.answer import HtmlGates
from .opened_files import OpenedFiles
from .page_policy import PagePolicy
from .plain_pages import PageSeen, PlainPages
from .recognition import Recognition
from .seen import SeenCookies
from .set_cookies import SetCookieFilter
from .shared_pages import SharedPages


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Gates:
    """The parts that a response gate works with."""

    policy: Policy
    prefix: str
    """Where the visitor's pages are; empty where there are none, in observe mode."""
    recognition: Recognition
    decide: Decider
    record: Recorder
    tokens: Tokens
    set_cookies: SetCookieFilter
    seen: SeenCookies
    banner: Banner
    html_gates: HtmlGates
    page_policy: PagePolicy
    report: Report | None
    disclosures: Disclosures
    plain_pages: PlainPages
    opened_files: OpenedFiles = field(default_factory=OpenedFiles)
    shared: SharedPages | None = None
    """Makes documents where everybody gets the same."""
    page_seen: PageSeen | None = None
