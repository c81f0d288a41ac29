"""What may be known about a visitor's device and network."""

from consent_middleware.telemetry.addresses import is_private, mask_client, mask_ip
from consent_middleware.telemetry.layout import layout_engine
from consent_middleware.telemetry.logs import AddressFilter, mask_event, protect_loggers
from consent_middleware.telemetry.masks import FORWARDING_HEADERS, Mask, build_masks
from consent_middleware.telemetry.responses import (
    FORGET_HINTS,
    RESPAWNING_REQUEST_HEADERS,
    RESPAWNING_RESPONSE_HEADERS,
    RESPONSE_DROPS,
    RESTRICT_FEATURES,
)
from consent_middleware.telemetry.snapshot import Telemetry, take_snapshot, warm
from consent_middleware.telemetry.suspects import suspicious_headers

from .asking import get_telemetry

__all__ = [
    "FORGET_HINTS",
    "FORWARDING_HEADERS",
    "RESPAWNING_REQUEST_HEADERS",
    "RESPAWNING_RESPONSE_HEADERS",
    "RESPONSE_DROPS",
    "RESTRICT_FEATURES",
    "AddressFilter",
    "Mask",
    "Telemetry",
    "build_masks",
    "get_telemetry",
    "is_private",
    "layout_engine",
    "mask_client",
    "mask_event",
    "mask_ip",
    "protect_loggers",
    "suspicious_headers",
    "take_snapshot",
    "warm",
]
