"""The app that masks nothing, with the one line that protects the loggers of its server."""

from consent_middleware.telemetry import protect_loggers
from tests.telemetry.logging_app import plain as app

protect_loggers()

__all__ = ["app"]
