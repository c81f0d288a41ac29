"""Static files, named by their content and kept ready to send."""

import functools
import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

# Comments are for those who read the files here, a third of their weight, no use to a visitor. They stand on lines of their own.
_COMMENTS = re.compile(r"^[ ]*(?:/\*.*?\*/|//[^\n]*)\n", re.DOTALL | re.MULTILINE)

_INDENTATION = re.compile(r"\n[ ]+")

# Beside punctuation. Strings in our stylesheets hold none of it.
_IGNORED_IN_CSS = re.compile(r"(?<=[:,;{}>])\s+|\s+(?=[!{}>])")

_QUOTES_IN_CSS = re.compile(r'="([a-z][a-z-]*)"(?=\])')

# Types within a line, and line ends where a script reads on without them. Our scripts end every statement with a semicolon, and
# have no comment behind a statement, which the rest of the script would fall into.
_IGNORED_IN_JS = re.compile(
    r"/\*\*[^\n]*?\*/ |(?<=[;,{}])\n+|\n+(?=\}|\n)|(?<=\)) (?=\{)|(?<=\{) (?=[\w.])|(?<=[\w.)\]]) (?=\})"
)

# With a space on either side, these are in none of our strings; a comma with one is in selectors only, which do not need it.
_OPERATORS_IN_JS = re.compile(r" (=>|={1,3}|!==|&&|\|\||\?\??|:|\+) |(,) ")

_LAST_SEMICOLONS = re.compile(r";(?=\})")

_TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """``name`` is such as ``choices.<hash>.css``: new content has a new name, so that a browser may keep it forever."""

    name: str
    media_type: str
    body: bytes
    gzipped: bytes


def squeeze(source: str, kind: str) -> str:
    """Leave out what only readers of the file need: comments, indentation, and the white space that the language ignores."""
    source = _INDENTATION.sub("\n", _COMMENTS.sub("", source))
    if kind == "css":
        return _QUOTES_IN_CSS.sub(r"=\1", _IGNORED_IN_CSS.sub("", source))
    return _LAST_SEMICOLONS.sub("", _OPERATORS_IN_JS.sub(r"\1\2", _IGNORED_IN_JS.sub("", source)))


@functools.cache
def load_assets() -> Mapping[str, Asset]:
    """Return the files that are the same for every policy.

    ``css`` and ``js`` are the banner's; ``pages`` is for our own pages besides, ``search`` goes through long lists on them, ``events``
    reports clicks, ``activate`` is loaded by the module when it is needed, and ``fragment`` brings the banner into pages without one.
    """
    activate = read_asset("activate.js")
    choices = read_asset("choices.js", ("./activate.js", f"./{activate.name}"))
    named = [(f"./{stem}.js", f"./{asset.name}") for stem, asset in (("choices", choices), ("activate", activate))]
    return {
        "css": read_asset("choices.css"),
        "js": choices,
        "pages": read_asset("pages.css"),
        "events": read_asset("events.js"),
        "search": read_asset("search.js"),
        "activate": activate,
        "fragment": read_asset("fragment.js", *named),
    }


def read_asset(file: str, *fillings: tuple[str, str]) -> Asset:
    """Read one file; ``fillings`` are places in it and what to write there."""
    stem, _, kind = file.rpartition(".")
    source = read_source(file)
    # Afterwards: what a site has declared stays as it is.
    for place, content in fillings:
        source = source.replace(place, content)
    body = source.encode()
    name = f"{stem}.{hashlib.sha256(body).hexdigest()[:12]}.{kind}"
    return Asset(name=name, media_type=_TYPES[kind], body=body, gzipped=gzip.compress(body, 9, mtime=0))


@functools.cache
def read_source(file: str) -> str:
    """Return what a browser needs of one file."""
    source = (resources.files("banner_templates") / "static" / file).read_text(encoding="utf-8")
    return squeeze(source, file.rpartition(".")[2])
