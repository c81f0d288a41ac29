"""What a person may ask for."""

from typing import Literal, get_args

RequestKind = Literal["account-erasure", "correction", "access", "complaint", "other"]
"""What a visitor may ask a person for, in the order it is offered."""

QueuedKind = RequestKind | Literal["child-deletion"]
"""What a person may have to do. ``child-deletion``: a child was found of whom no guardian had consented."""

REQUEST_KINDS: tuple[RequestKind, ...] = get_args(RequestKind)
QUEUED_KINDS: tuple[QueuedKind, ...] = (*REQUEST_KINDS, "child-deletion")
