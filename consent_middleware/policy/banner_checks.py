"""What the ``[banner]`` table must keep to."""

import msgspec

from .cookie_checks import Add
from .model import Declarations
from .written import COLOR


def check_banner(declared: Declarations, add: Add) -> None:
    """Colors go into a stylesheet, so they are colors and nothing else."""
    for table in ("colors", "dark_colors"):
        colors = getattr(declared.banner, table)
        for field in msgspec.structs.fields(colors):
            value = getattr(colors, field.name)
            if value is not None and not COLOR.fullmatch(value):
                add(
                    f"banner.{table}.{field.name}",
                    value,
                    "This is not a color in hexadecimal digits.",
                    'Write for example "#0b4fb3".',
                )
