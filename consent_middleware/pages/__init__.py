"""What the visitor sees."""

from .app import Pages
from .banner import Banner
from .placeholder import Placeholders
from .shown import ShownTexts

__all__ = ["Banner", "Pages", "Placeholders", "ShownTexts"]
