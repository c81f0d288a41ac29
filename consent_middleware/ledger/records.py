"""One recorded choice."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceRecord:
    """What one visitor chose, when, and under which policy. Nothing about the visitor's device or network."""

    record_id: str
    """Random, 32 hexadecimal digits (a UUID 4)."""
    consent_id: str
    """The id in the visitor's token, made only when a choice is recorded."""
    chosen_at: int
    """Seconds since 1970, UTC."""
    policy_version: str
    policy_digest: str
    language: str
    """The language the choice was offered in (BCP 47)."""
    method: str
    """How the choice arrived: ``"form"``, ``"json"``, or ``"app"`` for one that the app recorded itself."""
    action: str
    """``"accept-all"``, ``"reject-all"`` or ``"save"``."""
    allowed: tuple[str, ...]
    """Ids of purposes and services."""
    refused: tuple[str, ...]
    """Ids of purposes and services."""
    gpc: bool
    """Whether the browser sent Global Privacy Control with the choice."""
    precedence: str
    """Which of signal and choice wins, as the policy said then: ``"latest"``, ``"signal"`` or ``"choice"``."""
