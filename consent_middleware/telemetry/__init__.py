"""What may be known about a visitor's device and network."""

from .addresses import is_private, mask_client, mask_ip
from .asking import get_telemetry
from .disclosure import Disclosure, Disclosures
from .disclosure_log import DisclosureLog
from .disclosure_rows import Disclosed
from .events import Event
from .layout import layout_engine
from .logs import AddressFilter, AddressFormatter, mask_event, protect_loggers
from .masks import FORWARDING_HEADERS, Mask, build_masks
from .recorder import Click, Recorder
from .responses import (
    FORGET_HINTS,
    RESPAWNING_REQUEST_HEADERS,
    RESPAWNING_RESPONSE_HEADERS,
    RESPONSE_DROPS,
    RESTRICT_FEATURES,
)
from .snapshot import Telemetry, take_snapshot, warm
from .source import TelemetrySource
from .suspects import suspicious_headers

__all__ = [
    "FORGET_HINTS",
    "FORWARDING_HEADERS",
    "RESPAWNING_REQUEST_HEADERS",
    "RESPAWNING_RESPONSE_HEADERS",
    "RESPONSE_DROPS",
    "RESTRICT_FEATURES",
    "AddressFilter",
    "AddressFormatter",
    "Click",
    "Disclosed",
    "Disclosure",
    "DisclosureLog",
    "Disclosures",
    "Event",
    "Mask",
    "Recorder",
    "Telemetry",
    "TelemetrySource",
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
