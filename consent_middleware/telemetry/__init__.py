"""What may be known about a visitor's device and network."""

from consent_middleware.telemetry.addresses import mask_client, mask_ip
from consent_middleware.telemetry.layout import layout_engine
from consent_middleware.telemetry.masks import FORWARDING_HEADERS, RESPONSE_DROPS, Mask, build_masks
from consent_middleware.telemetry.snapshot import Telemetry, take_snapshot, warm

from .asking import get_telemetry

__all__ = [
    "FORWARDING_HEADERS",
    "RESPONSE_DROPS",
    "Mask",
    "Telemetry",
    "build_masks",
    "get_telemetry",
    "layout_engine",
    "mask_client",
    "mask_ip",
    "take_snapshot",
    "warm",
]
