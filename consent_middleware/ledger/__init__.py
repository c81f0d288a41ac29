"""What is proven."""

from .ledger import Ledger
from .records import ChoiceRecord

__all__ = ["ChoiceRecord", "Ledger"]
