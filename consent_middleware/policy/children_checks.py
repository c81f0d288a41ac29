"""What the ``[children]`` table must keep to."""

from .cookie_checks import Add
from .model import Declarations


def check_children(declared: Declarations, add: Add) -> None:
    if declared.children.ask and declared.site.minimum_age is None:
        add(
            "children.ask",
            True,
            "Nothing says from which age on a visitor decides alone.",
            "Add minimum_age to [site], for example minimum_age = 14.",
        )
