"""What a policy file may say: one typed struct per table.

Shapes only. ``loading`` fills them from TOML, ``checks`` compares them with each other, ``Policy`` makes them fast to ask.
"""

from .banner import BannerTable, Colors
from .cookies import Cookie, PurposeTable, Service, StorageKey
from .declarations import Declarations
from .site import Contact, Controller, Notice, Site, Version
from .table import Table
from .telemetry import Ground, Masks, RecorderTable, TelemetryField, Validators
from .visitors import Children, Retention, RightsTable

__all__ = [
    "BannerTable",
    "Children",
    "Colors",
    "Contact",
    "Controller",
    "Cookie",
    "Declarations",
    "Ground",
    "Masks",
    "Notice",
    "PurposeTable",
    "RecorderTable",
    "Retention",
    "RightsTable",
    "Service",
    "Site",
    "StorageKey",
    "Table",
    "TelemetryField",
    "Validators",
    "Version",
]
