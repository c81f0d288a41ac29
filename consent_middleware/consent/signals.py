"""What the browser says by itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Signals:
    """``gpc``: Global Privacy Control is on (https://www.w3.org/TR/gpc/, section 3.1)."""

    gpc: bool = False


SIGNALS = (Signals(gpc=False), Signals(gpc=True))
"""By whether the browser sends ``Sec-GPC: 1``: exactly that; ``0``, ``true``, ``1,1`` and ``1;x`` mean nothing (section 3.1)."""
