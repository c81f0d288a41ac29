"""Reads the labelled user agents of six independent projects from checkouts beside, not inside, this repository.

Their files are not ours to ship: `README.md` says where each lies and how to get it. Their YAML is written one value a
line, so that a pattern reads it in a fiftieth of a parser's time.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

Labelled = tuple[str, str | None]
"""A user agent, and the engine its project says it has (as that project spells it), or None."""

_DEVICE_DETECTOR_CASE = re.compile(r"^-\s*\n(.*?)(?=^-\s*\n|\Z)", re.DOTALL | re.MULTILINE)
_DEVICE_DETECTOR_UA = re.compile(r"^  user_agent: (.*)$", re.MULTILINE)
_DEVICE_DETECTOR_CLIENT = re.compile(r"^  client: *\n((?:    .*\n?)*)", re.MULTILINE)
_DEVICE_DETECTOR_ENGINE = re.compile(r"^    engine: (.*)$", re.MULTILINE)
_WHICHBROWSER_CASE = re.compile(
    r"^    headers: (['\"]?)User-Agent: (.*)\1\n(?:    readable: .*\n)?    result: (.*)$", re.MULTILINE
)
_WHICHBROWSER_ENGINE = re.compile(r"\bengine: \{ name: '?([^,'}]*?)'?[,} ]")
_BOWSER_CASE = re.compile(r'\bua: (["\'])([^\n]*)\1 *$(.*?)(?=\bua: |\Z)', re.DOTALL | re.MULTILINE)
_BOWSER_ENGINE = re.compile(r'^ +engine: *\n +name: "([^"]*)"', re.MULTILINE)
_YAUAA_CASE = re.compile(r"^- test:(.*?)(?=^- |\Z)", re.DOTALL | re.MULTILINE)
_YAUAA_UA = re.compile(r"^ +(?:user_agent_string|User-Agent) *: *(['\"])(.*)\1 *$", re.MULTILINE)
_YAUAA_ENGINE = re.compile(r"^ +LayoutEngineName *: *'([^']*)'", re.MULTILINE)
_BROWSCAP_CASE = re.compile(r"'ua' => '((?:[^'\\]|\\.)*)'(.*?)(?='ua' =>|\Z)", re.DOTALL)
_BROWSCAP_ENGINE = re.compile(r"'RenderingEngine_Name' => '([^']*)'")


def _files(root: Path, pattern: str) -> Iterator[str]:
    for path in sorted(root.glob(pattern)):
        yield path.read_text(encoding="utf-8")


def _unquote(text: str) -> str:
    text = text.strip()
    if text[:1] == "'" == text[-1:]:
        return text[1:-1].replace("''", "'")
    if text[:1] == '"' == text[-1:]:
        return text[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    return text


def _first(pattern: re.Pattern[str], text: str) -> str | None:
    match = pattern.search(text)
    return match[1] if match else None


def ua_parser_js(root: Path) -> Iterator[Labelled]:
    for case in json.loads((root / "test/data/ua/engine/engine-all.json").read_text(encoding="utf-8")):
        yield case["ua"], case["expect"].get("name")


def bowser(root: Path) -> Iterator[Labelled]:
    for text in _files(root, "test/acceptance/useragentstrings.yml"):
        for _, user_agent, rest in _BOWSER_CASE.findall(text):
            yield user_agent, _first(_BOWSER_ENGINE, rest)


def device_detector(root: Path) -> Iterator[Labelled]:
    for text in _files(root, "Tests/fixtures/*.yml"):
        for case in _DEVICE_DETECTOR_CASE.findall(text):
            user_agent, client = _first(_DEVICE_DETECTOR_UA, case), _first(_DEVICE_DETECTOR_CLIENT, case)
            # With Client Hints the label does not follow from the user agent alone.
            if user_agent and client and "    type: browser\n" in client and "\n  headers:" not in case:
                yield _unquote(user_agent), _unquote(_first(_DEVICE_DETECTOR_ENGINE, client) or "") or None


def whichbrowser(root: Path) -> Iterator[Labelled]:
    for text in _files(root, "tests/data/**/*.yaml"):
        for quote, user_agent, result in _WHICHBROWSER_CASE.findall(text):
            yield _unquote(f"{quote}{user_agent}{quote}"), _first(_WHICHBROWSER_ENGINE, result)


def yauaa(root: Path) -> Iterator[Labelled]:
    for text in _files(root, "analyzer/src/main/resources/UserAgents/*.yaml"):
        for case in _YAUAA_CASE.findall(text):
            user_agent, engine = _YAUAA_UA.search(case), _first(_YAUAA_ENGINE, case)
            if user_agent and engine and "Sec-Ch-Ua" not in case:
                yield user_agent[2].replace("''", "'"), engine


def browscap(root: Path) -> Iterator[Labelled]:
    for text in _files(root, "tests/issues/*.php"):
        for user_agent, rest in _BROWSCAP_CASE.findall(text):
            engine = _first(_BROWSCAP_ENGINE, rest)
            if engine:
                yield user_agent.replace("\\'", "'"), engine


PROJECTS: Mapping[str, Callable[[Path], Iterator[Labelled]]] = {
    "ua-parser-js": ua_parser_js,
    "bowser": bowser,
    "device-detector": device_detector,
    "whichbrowser": whichbrowser,
    "yauaa": yauaa,
    "browscap": browscap,
}
