"""Merges the built-in purposes with what a site says differently."""

from collections.abc import Mapping

from .model import PurposeTable
from .purposes import BUILT_IN, Purpose


def merged_purposes(tables: Mapping[str, PurposeTable]) -> dict[str, Purpose]:
    """Merge the built-in purposes with what the site says differently; its own purposes follow."""
    merged: dict[str, Purpose] = {}
    for standard in BUILT_IN:
        table = tables.get(standard.id, PurposeTable())
        if not table.offered:
            continue
        own_words = table.title is not None or table.description is not None
        merged[standard.id] = Purpose(
            id=standard.id,
            basis=table.basis or standard.basis,
            title=table.title if table.title is not None else standard.title,
            description=table.description if table.description is not None else standard.description,
            honors_gpc=table.honors_gpc if table.honors_gpc is not None else standard.honors_gpc,
            wording=None if own_words else standard.wording,
        )
    for name, table in tables.items():
        if name in merged or not table.offered:
            continue
        merged[name] = Purpose(
            id=name,
            basis=table.basis or "consent",
            title=table.title or name,
            description=table.description or "",
            honors_gpc=bool(table.honors_gpc),
        )
    return merged
