"""The command ``consent-middleware``."""

from .program import main

__all__ = ["main"]
