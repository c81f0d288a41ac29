"""What the site declares."""

from .classifier import classify
from .policy import DeclaredCookie, Policy
from .purposes import Purpose
from .verdict import Verdict

__all__ = ["DeclaredCookie", "Policy", "Purpose", "Verdict", "classify"]
