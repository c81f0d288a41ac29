"""What the gates saw or did, told to whoever wants to know."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Action = Literal["hide", "drop", "expire", "clamp"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing a gate did; in observe mode, would have done. Names only, never a value.

    ``hide``: a request cookie was kept from the app; ``drop``: a Set-Cookie was taken out; ``expire``: a refused cookie is being
    deleted; ``clamp``: a lifetime was shortened.
    """

    action: Action
    name: str
    purpose: str
    reason: str


Report = Callable[[Finding], None]
