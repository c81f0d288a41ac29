"""An editor that follows the schema completes what the package accepts, and marks what it refuses."""

import json
import re
import tomllib
from datetime import date
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from consent_middleware.cli import main
from consent_middleware.cli.policy_schema import policy_schema
from consent_middleware.policy.lifetimes import Lifetime
from consent_middleware.policy.model import Declarations

ROOT = Path(__file__).parents[2]
SCHEMA = policy_schema()
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)


def toml_blocks() -> dict[str, str]:
    """Every block of TOML that the documentation shows, and the demo's own policy."""
    found = {"demo_site/consent.toml": (ROOT / "demo_site" / "consent.toml").read_text(encoding="utf-8")}
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))):
        blocks = re.findall(r"```toml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
        found |= {f"{page.relative_to(ROOT)}:{index}": block for index, block in enumerate(blocks)}
    return found


POLICIES = toml_blocks()


def faults(toml: str) -> list[str]:
    # Editors hand dates to the schema as text.
    data = json.loads(json.dumps(tomllib.loads(toml), default=date.isoformat))
    return [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(data)]


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("toml", POLICIES.values(), ids=POLICIES)
def test_every_policy_shown_fits(toml: str) -> None:
    assert faults(toml) == []


@pytest.mark.parametrize(
    "toml",
    [
        'unclassified = "maybe"',
        'lifetime = "6 moons"',
        "lifetime = 6",
        'sight = "misspelled table"',
        '[site]\nurl = "https://example.com"\nlanguages = "en"',
        '[[cookies]]\nname = "sid"',
        '[[cookies]]\nname = "sid"\npurpose = "authentication"\nhttponly = true',
        '[[versions]]\nversion = "1"\neffective = "soon"',
        '[[services]]\npurpose = "analytics"',
    ],
)
def test_what_the_package_refuses_by_its_shape_is_marked(toml: str) -> None:
    assert faults(toml)


@given(st.from_regex(r"\s?(session|[0-9]{1,3} (second|minute|fortnight|month|years)s?)", fullmatch=True))
def test_a_lifetime_fits_where_the_package_reads_it(text: str) -> None:
    pattern = VALIDATOR.evolve(schema=SCHEMA["$defs"]["Lifetime"])  # type: ignore[index]
    try:
        Lifetime.parse(text)
    except ValueError:
        # That a duration of nothing is none is more than a pattern can say legibly.
        assert not pattern.is_valid(text) or re.match(r"\s?0+ ", text)
    else:
        assert pattern.is_valid(text)


def test_each_key_of_the_model_is_in_it() -> None:
    assert SCHEMA["properties"].keys() == {field.name for field in msgspec.structs.fields(Declarations)}  # type: ignore[attr-defined]


def test_what_the_source_says_of_a_key_is_what_an_editor_shows() -> None:
    keys = SCHEMA["properties"]
    assert "is remembered" in keys["lifetime"]["description"]  # type: ignore[index]
    assert keys["lifetime"]["default"] == "6 months"  # type: ignore[index]
    assert "withdrawal" in SCHEMA["$defs"]["Cookie"]["properties"]["paths"]["description"]  # type: ignore[index]


def test_the_command_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--json-schema"]) == 0
    assert json.loads(capsys.readouterr().out) == SCHEMA


def test_without_a_file_and_without_the_schema_there_is_nothing_to_check(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["check"])
    assert caught.value.code == 2
    assert "required: FILE" in capsys.readouterr().err
