"""What the visitor sees."""

from .app import Pages
from .banner import Banner

__all__ = ["Banner", "Pages"]
