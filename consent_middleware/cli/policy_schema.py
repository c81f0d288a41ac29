"""The JSON Schema of a policy file, for editors that complete and check what is typed.

Made from the structs themselves, so that a key which the policy learns is in it at once. msgspec knows the shapes; what stands
below a key as a docstring only the source knows.
"""

import ast
import inspect
import itertools
import textwrap
from collections.abc import Iterator, Mapping

import msgspec

from ..policy.lifetimes import UNITS, Lifetime
from ..policy.model import Declarations

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_LIFETIME = rf"^\s*(session|[0-9]{{1,9}}\s+({'|'.join(UNITS)})s?)\s*$"

Schema = dict[str, object]


def policy_schema() -> Schema:
    """Return the schema of a whole policy, as a JSON value."""
    _, components = msgspec.json.schema_components([Declarations], ref_template="#/$defs/{name}")
    tables = {cls.__name__: cls for cls in _tables(Declarations)}
    definitions = {name: _definition(name, made, tables) for name, made in components.items()}
    top = definitions.pop(Declarations.__name__)
    return {"$schema": DIALECT, **top, "title": "Policy of consent-middleware", "$defs": definitions}


def _definition(name: str, made: Mapping[str, object], tables: Mapping[str, type[msgspec.Struct]]) -> Schema:
    if name == Lifetime.__name__:
        return _written_lifetime()
    cls = tables.get(name)
    if cls is None:
        return dict(made)
    said = _said_of_fields(cls)
    properties = made.get("properties")
    described = {
        field: _described(shape, said.get(field))
        for field, shape in (properties.items() if isinstance(properties, dict) else ())
    }
    return {**made, "description": _plain(str(made.get("description", ""))), "properties": described}


def _written_lifetime() -> Schema:
    return {
        "description": "session, or a number and a unit.",
        "type": "string",
        "pattern": _LIFETIME,
        "examples": ["session", "30 minutes", "12 hours", "13 months"],
    }


def _described(shape: Schema, said: str | None) -> Schema:
    """A key's schema as a file would have it: TOML has no null, and a table's default is its keys' defaults."""
    found = {key: value for key, value in shape.items() if key != "default"}
    default = shape.get("default")
    if isinstance(default, (str, int, list)) and default not in ("", []):
        found["default"] = default
    elif isinstance(default, dict) and default.keys() == {"text", "seconds"}:
        found["default"] = default["text"]
    options = found.get("anyOf")
    if isinstance(options, list):
        left = [option for option in options if option != {"type": "null"}]
        found = {**found, "anyOf": left} if len(left) > 1 else {**_without(found, "anyOf"), **left[0]}
    return {"description": said, **found} if said else found


def _without(shape: Schema, key: str) -> Schema:
    return {name: value for name, value in shape.items() if name != key}


def _tables(cls: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    """Yield a struct and every struct that its fields mention."""
    yield cls
    for field in msgspec.structs.fields(cls):
        waiting: list[object] = [field.type]
        while waiting:
            kind = waiting.pop()
            waiting += getattr(kind, "__args__", ())
            if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
                yield from _tables(kind)


def _said_of_fields(cls: type[msgspec.Struct]) -> dict[str, str]:
    """Return the docstring that stands below each field of a class."""
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(cls))).body
    statements = tree.body if isinstance(tree, ast.ClassDef) else []
    found = {}
    for before, after in itertools.pairwise(statements):
        if not (isinstance(before, ast.AnnAssign) and isinstance(before.target, ast.Name)):
            continue
        if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) and isinstance(after.value.value, str):
            found[before.target.id] = _plain(after.value.value)
    return found


def _plain(docstring: str) -> str:
    return " ".join(docstring.replace("``", "`").split())
