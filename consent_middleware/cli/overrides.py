"""What a team's own templates make of the choice: whether both answers are there, alike, and nothing is decided in advance.

The pages are rendered with the templates as for a first visit, in every language of the policy, and their markup is read.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from ..errors import Problem
from ..pages import Banner, Pages
from ..pages.shown import text_of
from ..policy import Policy
from .pleading import tilting_words

_PREFIX = "/-/privacy"
_KEYS = ("only to render what is looked at",)
# What tells the answers apart, and nothing else may.
_OWN = frozenset({"name", "value", "type", "data-privacy-action"})
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_LONGER = 2.5
"""So many times as long a label is an argument, not an answer."""
_NEEDED = {
    "banner.html": ("accept-all", "reject-all", "manage"),
    "preferences.html": ("save", "accept-all", "reject-all"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tilted:
    """``key`` is the template, ``message`` what it does and the way out."""

    key: str
    message: str


@dataclass(slots=True)
class _Control:
    tag: str
    attributes: dict[str, str | None]
    around: tuple[str, ...]
    label: str = ""


def look_through(policy: Policy, folder: str | Path) -> tuple[list[Problem], list[Tilted]]:
    """Return what keeps the templates of ``folder`` from being rendered, and what in them tilts the choice."""
    if not Path(folder).is_dir():
        return [_not_there(str(folder))], []
    own = [name for name in _NEEDED if (Path(folder) / name).is_file()]
    found: dict[Tilted, None] = {}
    for name in own:
        for language in policy.languages:
            try:
                page, plain = (_render(policy, name, language, templates) for templates in (folder, None))
            # Whatever a template of somebody else's raises, by Jinja or by what it calls, is what keeps it from being shown.
            except Exception as error:
                return [_unrendered(Path(folder) / name, error)], list(found)
            found |= dict.fromkeys(_judge(name, page))
            said = set(text_of(page).splitlines()) - set(text_of(plain).splitlines())
            for line in sorted(said):
                for words, says in tilting_words(line, language):
                    found[Tilted(key=name, message=f"“{words}” ({language}) {says}")] = None
    return [], list(found)


def _render(policy: Policy, name: str, language: str, templates: str | Path | None) -> str:
    if name == "banner.html":
        return Banner(policy=policy, prefix=_PREFIX, secret_keys=_KEYS, templates=templates).shown(language)
    return Pages(policy=policy, prefix=_PREFIX, secret_keys=_KEYS, templates=templates).shown(language)


def _not_there(folder: str) -> Problem:
    return Problem(
        file=folder,
        key="(folder)",
        value="",
        message="There is no such folder of templates.",
        way_out="Pass the folder that the app's `templates=` names.",
    )


def _unrendered(file: Path, error: Exception) -> Problem:
    line = getattr(error, "lineno", None)
    return Problem(
        file=str(file),
        key=f"line {line}" if line else "(template)",
        value="",
        message=f"This template cannot be rendered: {str(error).rstrip('.')}.",
        way_out='Compare it with the built-in one; extend "built-in/<name>" and replace single blocks.',
    )


def _judge(name: str, page: str) -> Iterator[Tilted]:
    reader = _Reader()
    reader.feed(page)
    reader.close()
    for action in _NEEDED[name]:
        if action not in reader.controls:
            yield Tilted(key=name, message=_MISSING[action])
    for answer in ("reject-all", "save"):
        accept, other = reader.controls.get("accept-all"), reader.controls.get(answer)
        if accept is not None and other is not None:
            for difference in _differences(accept, other):
                yield Tilted(key=name, message=f"“{other.label}” {difference} than “{accept.label}”; make them alike.")
    for switch in reader.ticked:
        yield Tilted(
            key=name,
            message=f'The switch "{switch}" is on before the visitor has chosen; leave it off (CJEU C-673/17, Planet49).',
        )


_MISSING = {
    "accept-all": 'There is no button with data-privacy-action="accept-all".',
    "reject-all": 'There is no button that rejects everything: put data-privacy-action="reject-all" beside the one that accepts.',
    "manage": 'There is no way to choose one by one: put a button with data-privacy-action="manage" there.',
    "save": 'There is no way to save a selection: put a button with data-privacy-action="save" there.',
}


def _differences(accept: _Control, other: _Control) -> Iterator[str]:
    if accept.tag != other.tag:
        yield f"is <{other.tag}> rather"
    looks = [
        {name: value for name, value in control.attributes.items() if name not in _OWN} for control in (accept, other)
    ]
    unlike = sorted(name for name in looks[0].keys() | looks[1].keys() if looks[0].get(name) != looks[1].get(name))
    if unlike:
        yield f"has another {' and '.join(unlike)}"
    if accept.around != other.around:
        yield "stands elsewhere"
    lengths = sorted((len(accept.label), len(other.label)))
    if lengths[1] > _LONGER * max(lengths[0], 1):
        yield f"is much {'longer' if len(other.label) > len(accept.label) else 'shorter'}"


class _Reader(HTMLParser):
    """Finds the answers with what stands around them, and the switches that are on."""

    def __init__(self) -> None:
        super().__init__()
        self.controls: dict[str, _Control] = {}
        self.ticked: list[str] = []
        self._open: list[tuple[str, str]] = []
        self._inside: _Control | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        action = attributes.get("data-privacy-action")
        # The entry has a "manage" of its own, for later.
        is_in_entry = any("entry" in shape.split() for _, shape in self._open)
        if action in _MISSING and action not in self.controls and not is_in_entry:
            self._inside = _Control(tag, attributes, tuple(shape for _, shape in self._open))
            self.controls[action] = self._inside
        switch = attributes.get("data-privacy-purpose") or attributes.get("data-privacy-service")
        if switch and "checked" in attributes:
            self.ticked.append(switch)
        if tag not in _VOID:
            marks = [
                attributes.get("class"),
                attributes.get("data-privacy-ui"),
                "hidden" if "hidden" in attributes else "",
            ]
            self._open.append((tag, " ".join([tag, *filter(None, marks)])))

    def handle_endtag(self, tag: str) -> None:
        while self._open and any(name == tag for name, _ in self._open):
            if self._open.pop()[0] == tag:
                break
        if self._inside is not None and self._inside.tag == tag:
            self._inside = None

    def handle_data(self, data: str) -> None:
        if self._inside is not None:
            self._inside.label = " ".join(f"{self._inside.label} {data}".split())
