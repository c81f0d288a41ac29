"""What the visitor sees."""

from .app import Pages
from .banner import Banner
from .shown import ShownTexts

__all__ = ["Banner", "Pages", "ShownTexts"]
