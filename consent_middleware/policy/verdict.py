"""What the classifier says of one cookie name."""

import msgspec

UNCLASSIFIED = "unclassified"


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The judgement on one cookie, with the rule that made it."""

    purpose: str
    """A built-in purpose, one that the site declares, or ``"unclassified"``."""

    reason: str
    """One sentence a person can read."""

    rule: str
    """Which rule said so: ``policy:cookies[3]``, ``catalogue:django``, ``name:session``,
    ``evidence:presumed-authentication`` or ``none``."""

    confidence: float
    """0 to 1; how sure the rule is, not a measured probability."""

    kind: str | None = None
    """The finer kind within the purpose: session, csrf, load balancing, language, theme, visitor …"""

    vendor: str | None = None
    """Whose cookie it is, where that is known."""

    service: str | None = None
    """The id of the policy's service, where the policy's declaration names one."""

    @property
    def is_classified(self) -> bool:
        return self.purpose != UNCLASSIFIED
