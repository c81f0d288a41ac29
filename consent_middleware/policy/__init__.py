"""What the site declares."""

from .policy import DeclaredCookie, Policy
from .purposes import Purpose

__all__ = ["DeclaredCookie", "Policy", "Purpose"]
