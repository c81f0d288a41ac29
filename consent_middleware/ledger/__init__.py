"""What is proven."""

from .ledger import Ledger
from .proof import proof_of
from .records import ChoiceRecord, Record, Shown

__all__ = ["ChoiceRecord", "Ledger", "Record", "Shown", "proof_of"]
