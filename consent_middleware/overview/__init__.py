"""What the team sees."""

from .inventory import Inventory
from .items import Item

__all__ = ["Inventory", "Item"]
