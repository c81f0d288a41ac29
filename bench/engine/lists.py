"""Reads the labelled user agents of six independent projects from checkouts beside, not inside, this repository.

Their files are not ours to ship: see `README.md` for where each lies and how to get it.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import yaml

Labelled = tuple[str, str | None]
"""A user agent, and the engine its project says it has (as that project spells it), or None."""

_PHP_CASE = re.compile(r"'ua' => '((?:[^'\\]|\\.)*)'(.*?)(?='ua' =>|\Z)", re.DOTALL)
_PHP_ENGINE = re.compile(r"'RenderingEngine_Name' => '([^']*)'")
_YAUAA_CASE = re.compile(r"^- test:(.*?)(?=^- |\Z)", re.DOTALL | re.MULTILINE)
_YAUAA_UA = re.compile(r"^ +(?:user_agent_string|User-Agent) *: *(['\"])(.*)\1 *$", re.MULTILINE)
_YAUAA_ENGINE = re.compile(r"^ +LayoutEngineName *: *'([^']*)'", re.MULTILINE)


def _load_yaml(path: Path) -> object:
    with path.open("rb") as file:
        return yaml.load(file, Loader=yaml.CSafeLoader)


def ua_parser_js(root: Path) -> Iterator[Labelled]:
    for case in json.loads((root / "test/data/ua/engine/engine-all.json").read_text(encoding="utf-8")):
        yield case["ua"], case["expect"].get("name")


def bowser(root: Path) -> Iterator[Labelled]:
    for cases in _load_yaml(root / "test/acceptance/useragentstrings.yml").values():
        for case in cases:
            yield case["ua"], case["spec"].get("engine", {}).get("name")


def device_detector(root: Path) -> Iterator[Labelled]:
    for path in sorted((root / "Tests/fixtures").glob("*.yml")):
        for case in _load_yaml(path) or ():
            client = case.get("client")
            if isinstance(client, dict) and client.get("type") == "browser" and "headers" not in case:
                yield str(case["user_agent"]), client.get("engine") or None


def whichbrowser(root: Path) -> Iterator[Labelled]:
    for path in sorted((root / "tests/data").rglob("*.yaml")):
        for case in _load_yaml(path) or ():
            headers = case["headers"]
            if isinstance(headers, str) and headers.startswith("User-Agent: "):
                yield headers.removeprefix("User-Agent: "), case["result"].get("engine", {}).get("name")


def yauaa(root: Path) -> Iterator[Labelled]:
    for path in sorted((root / "analyzer/src/main/resources/UserAgents").glob("*.yaml")):
        for case in _YAUAA_CASE.findall(path.read_text(encoding="utf-8")):
            user_agent, engine = _YAUAA_UA.search(case), _YAUAA_ENGINE.search(case)
            if user_agent and engine and "Sec-Ch-Ua" not in case:
                yield user_agent[2].replace("''", "'"), engine[1]


def browscap(root: Path) -> Iterator[Labelled]:
    for path in sorted((root / "tests/issues").glob("*.php")):
        for user_agent, rest in _PHP_CASE.findall(path.read_text(encoding="utf-8")):
            engine = _PHP_ENGINE.search(rest)
            if engine:
                yield user_agent.replace("\\'", "'"), engine[1]


PROJECTS = {
    "ua-parser-js": ua_parser_js,
    "bowser": bowser,
    "device-detector": device_detector,
    "whichbrowser": whichbrowser,
    "yauaa": yauaa,
    "browscap": browscap,
}
