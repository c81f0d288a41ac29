"""What the gates saw or did, told to whoever wants to know."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Action = Literal["hide", "mask", "drop", "expire", "clamp", "gate", "notice", "host"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing a gate did; in observe mode, would have done. Names only, never a value.

    ``hide``: a request cookie, or a header with an identifier, was kept from the app; ``mask``: a request header, or the address, was
    reduced or taken away; ``drop``: a Set-Cookie, or a header that asks for more, was taken out of an answer; ``expire``: a refused
    cookie is being deleted; ``clamp``: a lifetime was shortened; ``gate``: something of a third party was taken out of a page;
    ``notice``: something passed that the policy had better know of; ``host``: a browser reported that a page asked a host which is
    not allowed there.
    """

    action: Action
    name: str
    purpose: str
    reason: str


Report = Callable[[Finding], None]
