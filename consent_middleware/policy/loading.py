"""From TOML to ``Declarations``, collecting every problem on the way.

msgspec stops at the first value that does not fit. A team that edits a policy wants them all, so this walks the tables itself
and asks msgspec about one value at a time.
"""

import difflib
import functools
import json
import re
import tomllib
import types
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from ..errors import Problem
from .lifetimes import Lifetime
from .model import Declarations, Table

T = TypeVar("T", bound=Table)

_PLACEHOLDERS: Mapping[object, object] = {str: "", date: date.min}


def parse_toml(text: str, file: str, problems: list[Problem]) -> Mapping[str, object]:
    """Read TOML 1.0; a syntax error is a problem with its line."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        where = re.search(r"line (\d+)", str(error))
        problems.append(
            Problem(
                file=file,
                key=f"line {where[1]}" if where else "(file)",
                value="",
                message=f"This is not TOML: {error}.",
                way_out="Correct the line; strings need quotes, and settings at the top come before the first [table].",
            )
        )
        return {}


def read_declarations(data: Mapping[str, object], file: str, problems: list[Problem]) -> Declarations:
    """Fill ``Declarations`` from parsed TOML; what does not fit becomes a problem, and its default stands in."""
    found = _Walk(file, problems).table(Declarations, data, "")
    return found if found is not None else Declarations()


class _Walk:
    def __init__(self, file: str, problems: list[Problem]) -> None:
        self.file = file
        self.problems = problems

    def table(self, cls: type[T], data: object, key: str) -> T | None:
        """Return the struct; a placeholder stands in where a required field is missing or wrong, so that entries keep their place."""
        if not isinstance(data, Mapping):
            self._add(key, data, "A table is expected here.", f"Write [{key}] and its keys on lines of their own.")
            return None
        fields = _fields_of(cls)
        for name in (name for name in data if name not in fields):
            near = difflib.get_close_matches(str(name), fields, n=1)
            way_out = f'Did you mean "{near[0]}"?' if near else f"Known keys here: {', '.join(fields)}."
            self._add(_join(key, str(name)), data[name], "This key is not known.", way_out)
        values: dict[str, object] = {}
        for name, (field, kind) in fields.items():
            if name not in data:
                if field.required:
                    self._add(_join(key, name), None, "This key is required.", f"Add {name} = … to this table.")
                    values[field.name] = _placeholder(kind)
                continue
            value = self.value(kind, data[name], _join(key, name))
            if value is not None:
                values[field.name] = value
            elif field.required:
                values[field.name] = _placeholder(kind)
        return cls(**values)

    def value(self, kind: object, data: object, key: str) -> object:
        origin, args = get_origin(kind), get_args(kind)
        if isinstance(kind, type) and issubclass(kind, Table):
            return self.table(kind, data, key)
        if origin is list and _is_table(args[0]):
            return self._tables(args[0], data, key)
        if origin is dict and _is_table(args[1]):
            return self._named_tables(args[1], data, key)
        try:
            if isinstance(data, str) and Lifetime in _members(kind):
                # msgspec reads a dataclass from a table by itself, so that no hook of ours is asked for the written form.
                return Lifetime.parse(data)
            return msgspec.convert(data, kind)
        except (msgspec.ValidationError, ValueError) as error:
            message = "This is not a lifetime." if Lifetime in _members(kind) else _sentence(str(error))
            self._add(key, data, message, _way_out(kind))
            return None

    def _tables(self, cls: type[Table], data: object, key: str) -> list[Table]:
        if not isinstance(data, Sequence) or isinstance(data, str):
            self._add(
                key,
                data,
                "A list of tables is expected here.",
                f"Write [[{key}]] with two brackets, once for each entry.",
            )
            return []
        made = [self.table(cls, entry, f"{key}[{index}]") for index, entry in enumerate(data)]
        return [entry for entry in made if entry is not None]

    def _named_tables(self, cls: type[Table], data: object, key: str) -> dict[str, Table]:
        if not isinstance(data, Mapping):
            self._add(key, data, "A table is expected here.", f"Write [{key}.<id>] for each entry.")
            return {}
        made = {str(name): self.table(cls, entry, _join(key, str(name))) for name, entry in data.items()}
        return {name: entry for name, entry in made.items() if entry is not None}

    def _add(self, key: str, value: object, message: str, way_out: str) -> None:
        shown = "" if value is None else as_toml(value)
        self.problems.append(Problem(file=self.file, key=key, value=shown, message=message, way_out=way_out))


@functools.cache
def _fields_of(cls: type[Table]) -> Mapping[str, tuple[msgspec.structs.FieldInfo, object]]:
    """Return each field with its type, by the names a file uses: "from" is a word of Python's."""
    hints = get_type_hints(cls)
    return {field.encode_name: (field, hints[field.name]) for field in msgspec.structs.fields(cls)}


def _placeholder(kind: object) -> object:
    """What stands for a required value that is missing; of a text's two forms, the plain one."""
    return next(_PLACEHOLDERS[member] for member in _members(kind) if member in _PLACEHOLDERS)


def as_toml(value: object) -> str:
    """``value`` as it would stand in the file, shortened to one readable line."""
    try:
        text = json.dumps(value, ensure_ascii=False, default=str)
    except (TypeError, ValueError):
        text = str(value)
    return text if len(text) <= 80 else f"{text[:77]}…"


def _join(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name


def _is_table(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Table)


def _sentence(error: str) -> str:
    text = re.sub(r" - at `\$.*`$", "", error)
    return f"{text[:1].upper()}{text[1:]}."


def _way_out(kind: object) -> str:
    """Say which values fit ``kind``."""
    choices = [
        arg for part in _members(kind) if get_origin(part) is not None for arg in get_args(part) if isinstance(arg, str)
    ]
    if choices:
        return f"Write one of: {', '.join(json.dumps(choice) for choice in choices)}."
    listed = [word for part in _members(kind) if get_origin(part) is list for word in get_args(get_args(part)[0])]
    if listed:
        return f"Write a list of: {', '.join(json.dumps(word) for word in listed)}."
    if Lifetime in _members(kind):
        return 'Write "session", or a number and a unit: "30 minutes", "12 hours", "13 months".'
    names: Mapping[object, str] = {
        str: "a quoted text",
        int: "a whole number",
        bool: "true or false",
        dict: "a table of languages",
        list: "a list",
    }
    fitting = [names.get(get_origin(part) or part, "") for part in _members(kind)]
    words = [word for word in fitting if word]
    return f"Write {' or '.join(words)}." if words else "Write a date such as 2026-11-24."


def _members(kind: object) -> tuple[object, ...]:
    if get_origin(kind) in (Union, types.UnionType):
        return get_args(kind)
    return (kind,)
