"""What is proven."""

from .ledger import Ledger
from .proof import proof_of
from .records import ChoiceRecord

__all__ = ["ChoiceRecord", "Ledger", "proof_of"]
