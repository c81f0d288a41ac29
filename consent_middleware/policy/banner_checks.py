"""What the ``[banner]`` table must keep to."""

from .cookie_checks import Add
from .model import Declarations
from .written import COLOR


def check_banner(declared: Declarations, add: Add) -> None:
    """Colors go into a stylesheet, so they are colors and nothing else."""
    for table in ("colors", "dark_colors"):
        colors = getattr(declared.banner, table)
        for name in colors.__struct_fields__:
            value = getattr(colors, name)
            if value is not None and not COLOR.fullmatch(value):
                add(
                    f"banner.{table}.{name}",
                    value,
                    "This is not a color in hexadecimal digits.",
                    'Write for example "#0b4fb3".',
                )
