"""What the site declares."""

from .classifier import classify
from .declared_cookies import DeclaredCookie
from .policy import Policy
from .purposes import Purpose
from .verdict import Verdict

__all__ = ["DeclaredCookie", "Policy", "Purpose", "Verdict", "classify"]
