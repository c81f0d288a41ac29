"""What the visitor decided."""

from .choice import ACTIONS, Action, Answers, answer
from .decision import Decision, decide
from .for_apps import get_consent, record_age, record_choice
from .signals import SIGNALS, Signals
from .subject import Subject, SubjectOf, Subjects
from .token import Tokens
from .value import NO_CHOICE, Consent
from .visit import SCOPE_KEY, Standing, Visit, visit_of

__all__ = [
    "ACTIONS",
    "NO_CHOICE",
    "SCOPE_KEY",
    "SIGNALS",
    "Action",
    "Answers",
    "Consent",
    "Decision",
    "Signals",
    "Standing",
    "Subject",
    "SubjectOf",
    "Subjects",
    "Tokens",
    "Visit",
    "answer",
    "decide",
    "get_consent",
    "record_age",
    "record_choice",
    "visit_of",
]
