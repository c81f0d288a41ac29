"""What a policy says of how long records are kept."""

from .cookie_checks import Add
from .lifetimes import Lifetime
from .model import Declarations


def check_retention(declared: Declarations, add: Add) -> None:
    """A proof outlives a session, and the choice that it proves."""
    retention = declared.retention
    for name in retention.__struct_fields__:
        value = getattr(retention, name)
        if name != "telemetry" and isinstance(value, Lifetime) and value.seconds is None:
            add(
                f"retention.{name}",
                value.text,
                "A record cannot be kept for a session: it is a proof.",
                'Write for example "3 years".',
            )
    kept, counts = retention.choices.seconds, declared.lifetime.seconds
    if kept is not None and counts is not None and kept < counts:
        add(
            "retention.choices",
            retention.choices.text,
            f"A choice counts for {declared.lifetime.text}, and its proof would be gone before.",
            "Keep records at least as long as the lifetime of a choice.",
        )
