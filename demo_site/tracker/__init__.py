"""Tallymark, the invented third party: a real tracker on another site, which keeps all it receives and shows it."""

from .app import make_tracker

__all__ = ["make_tracker"]
