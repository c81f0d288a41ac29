"""consent_middleware: a visitor's cookie and tracking choice as a fact of the wire."""

from .consent import NO_CHOICE, Consent, get_consent, record_age, record_choice
from .errors import ConfigurationError, ConsentError, LedgerError, LedgerUnavailable, PolicyError
from .middleware import ConsentMiddleware
from .policy import Policy, Verdict, classify
from .telemetry import Telemetry, get_telemetry

__all__ = [
    "NO_CHOICE",
    "ConfigurationError",
    "Consent",
    "ConsentError",
    "ConsentMiddleware",
    "LedgerError",
    "LedgerUnavailable",
    "Policy",
    "PolicyError",
    "Telemetry",
    "Verdict",
    "classify",
    "get_consent",
    "get_telemetry",
    "record_age",
    "record_choice",
]
