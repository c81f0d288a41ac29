"""The tables of `reference/policy.md`, made from the JSON Schema that `consent-middleware check --json-schema` prints.

`python docs/policy_reference.py` writes them into the page; a test holds the page against the schema.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from consent_middleware.cli.policy_schema import policy_schema

PAGE = Path(__file__).parent / "reference" / "policy.md"
MARK = "<!-- Made by docs/policy_reference.py: edit the docstrings in consent_middleware/policy/model/ instead. -->\n"
_TEXT = {"anyOf": [{"type": "string"}, {"type": "object", "additionalProperties": {"type": "string"}}]}
_MANY = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
_TYPES = {"boolean": "true or false", "integer": "whole number", "string": "string"}

# A schema is JSON, whatever its keys hold.
Shape = dict[str, Any]


def made() -> str:
    """Return the page as it has to be: what stands above the mark, and the tables."""
    return PAGE.read_text(encoding="utf-8").partition(MARK)[0] + MARK + "\n" + "\n".join(_tables(policy_schema()))


def _tables(schema: Shape) -> Iterator[str]:
    yield from _table("Keys of the file itself", "", schema, own=schema["properties"], required=())
    waiting = [shape for shape in map(_table_of, schema["properties"].values()) if shape]
    while waiting:
        name = waiting.pop(0)
        table = schema["$defs"][name]
        heading, _, said = table["description"].partition(": ")
        yield from _table(heading, said, schema, own=table["properties"], required=table.get("required", ()))
        inner = [found for found in map(_table_of, table["properties"].values()) if found]
        waiting = list(dict.fromkeys(inner)) + waiting


def _table(heading: str, said: str, schema: Shape, *, own: Shape, required: tuple[str, ...]) -> Iterator[str]:
    yield f"## {heading}\n"
    if said:
        yield said[0].upper() + said[1:] + "\n"
    yield "| key | holds | default | what |"
    yield "|---|---|---|---|"
    for key, shape in own.items():
        if not heading.startswith("`") and _table_of(shape):
            continue
        default = "required" if key in required else _written(shape.get("default"))
        what = shape.get("description", "") or schema["$defs"].get(_table_of(shape), {}).get("description", "")
        yield f"| `{key}` | {_kind(shape)} | {default} | {what} |"
    yield ""


def _table_of(shape: Shape) -> str:
    """Return the name of the table that a key holds, once, many times or by id; empty where it holds a value."""
    held = shape.get("items", shape)
    if isinstance(shape.get("additionalProperties"), dict):
        held = shape["additionalProperties"]
    name = held.get("$ref", "").rpartition("/")[2]
    return "" if name == "Lifetime" else name


def _kind(shape: Shape) -> str:
    if "enum" in shape:
        return ", ".join(_written(option) for option in shape["enum"])
    if shape.get("anyOf") == _TEXT["anyOf"]:
        return "text"
    if shape.get("anyOf") == _MANY["anyOf"]:
        return "string, or a list of them"
    if "anyOf" in shape:
        return ", or ".join(dict.fromkeys(map(_kind, shape["anyOf"])))
    if "$ref" in shape:
        return "time" if shape["$ref"].endswith("Lifetime") else "table"
    if shape["type"] == "array":
        return "list of strings"
    if shape["type"] == "object":
        return "table"
    return "date" if shape.get("format") == "date" else _TYPES[shape["type"]]


def _written(value: object) -> str:
    """Return a value as TOML writes it, or nothing."""
    match value:
        case None | "" | []:
            return ""
        case bool():
            return f"`{str(value).lower()}`"
        case str():
            return f'`"{value}"`'
        case _:
            return f"`{value}`"


if __name__ == "__main__":
    PAGE.write_text(made(), encoding="utf-8")
