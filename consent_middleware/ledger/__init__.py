"""What is proven."""

from .bindings import Binding, Bindings
from .ledger import Ledger
from .proof import proof_of
from .records import ChoiceRecord, Record, Shown

__all__ = ["Binding", "Bindings", "ChoiceRecord", "Ledger", "Record", "Shown", "proof_of"]
