"""What the visitor sees."""

from .accounts import Accounts
from .app import Pages
from .banner import Banner
from .placeholder import Placeholders
from .shown import ShownTexts

__all__ = ["Accounts", "Banner", "Pages", "Placeholders", "ShownTexts"]
