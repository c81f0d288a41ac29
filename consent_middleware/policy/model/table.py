"""The common ground of all tables of a policy file."""

import msgspec


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The common ground of all tables: immutable, named fields, no unknown keys."""
