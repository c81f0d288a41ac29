"""What is proven."""

from .bindings import Binding, Bindings
from .housekeeping import Housekeeping
from .ledger import Ledger
from .proof import expiry_of, proof_of, transition_of
from .records import ChoiceRecord, Record, Shown

__all__ = [
    "Binding",
    "Bindings",
    "ChoiceRecord",
    "Housekeeping",
    "Ledger",
    "Record",
    "Shown",
    "expiry_of",
    "proof_of",
    "transition_of",
]
