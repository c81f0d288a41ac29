"""What the visitor sees."""

from .accounts import Accounts
from .app import Fragments, Pages
from .banner import Banner
from .placeholder import Placeholders
from .shared_banner import SharedBanner
from .shown import ShownTexts

__all__ = ["Accounts", "Banner", "Fragments", "Pages", "Placeholders", "SharedBanner", "ShownTexts"]
