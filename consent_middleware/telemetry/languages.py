"""Reduces `Accept-Language` to the one language of the policy that fits best.

RFC 9110 §12.5.4 (weights), RFC 4647 §3.4 (lookup). A lookup that only truncates would answer `zh-TW` (written in
traditional characters) with `zh`; here a tag is compared by language *and* script.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

_LONGEST_HEADER = 512
_RANGE = re.compile(
    r"[ \t]*(\*|[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*)[ \t]*(?:;[ \t]*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)[ \t]*)?\Z"
)

# CLDR likely subtags, only where one language is written in two scripts on the web.
_DEFAULT_SCRIPTS = {"zh": "hans", "sr": "cyrl", "uz": "latn", "az": "latn", "kk": "cyrl", "pa": "guru", "mn": "cyrl"}
_REGION_SCRIPTS = {
    ("zh", "tw"): "hant",
    ("zh", "hk"): "hant",
    ("zh", "mo"): "hant",
    ("sr", "me"): "latn",
    ("az", "ir"): "arab",
    ("uz", "af"): "arab",
    ("pa", "pk"): "arab",
    ("mn", "cn"): "mong",
}
_Tag = tuple[str, str, list[str]]
_ALIASES = {"no": "nb", "iw": "he", "in": "id", "yue": "zh-hant", "cmn": "zh"}


def language_matcher(languages: Sequence[str]) -> Callable[[bytes], bytes]:
    """A function from an `Accept-Language` value to the policy language, as the policy writes it."""
    offered = [(tag, _expand(tag)) for tag in languages]
    default = languages[0].encode("ascii")

    @lru_cache(maxsize=1024)
    def match_known(value: bytes) -> bytes:
        scripts: dict[str, str] = {}
        for wanted in _ranges_by_weight(value.decode("latin-1")):
            if wanted == "*":
                return default
            language, script, subtags = _expand(wanted)
            # "zh-TW,zh;q=0.9": browsers append the bare language; it means the script named before it.
            script = scripts.setdefault(language, script) if len(subtags) == 1 else script
            scripts.setdefault(language, script)
            found = _best((language, script, subtags), offered)
            if found is not None:
                return found.encode("ascii")
        return default

    return lambda value: match_known(value[:_LONGEST_HEADER])


def first_language(value: bytes) -> str | None:
    """The language range of the greatest weight, as the browser wrote it."""
    return _first_known(value[:_LONGEST_HEADER])


def coarse_language(value: bytes) -> str | None:
    """The same without region, but with a script where the region said which: `zh-TW` gives `zh-Hant`."""
    return _coarse_known(value[:_LONGEST_HEADER])


@lru_cache(maxsize=1024)
def _first_known(value: bytes) -> str | None:
    return next((tag for tag in _ranges_by_weight(value.decode("latin-1")) if tag != "*"), None)


@lru_cache(maxsize=1024)
def _coarse_known(value: bytes) -> str | None:
    tag = _first_known(value)
    if tag is None:
        return None
    language, script, _ = _expand(tag)
    return language if script == _DEFAULT_SCRIPTS.get(language, script) else f"{language}-{script.title()}"


def _ranges_by_weight(value: str) -> list[str]:
    weighted = []
    for part in value.split(",")[:32]:
        match = _RANGE.match(part)
        if match and (weight := float(match[2] or "1")) > 0:
            weighted.append((weight, match[1]))
    return [tag for _, tag in sorted(weighted, key=lambda pair: -pair[0])]


def _expand(tag: str) -> _Tag:
    """Language, script (written or likely) and the tag's own subtags, all in lower case."""
    subtags = tag.lower().split("-")
    subtags[:1] = _ALIASES.get(subtags[0], subtags[0]).split("-")
    language = subtags[0]
    script = next((subtag for subtag in subtags[1:] if len(subtag) == 4 and subtag.isalpha()), None)
    if script is None:
        region = next((subtag for subtag in subtags[1:] if len(subtag) == 2), "")
        script = _REGION_SCRIPTS.get((language, region)) or _DEFAULT_SCRIPTS.get(language, "")
    return language, script, subtags


def _best(wanted: _Tag, offered: list[tuple[str, _Tag]]) -> str | None:
    """The offered tag of the same language and script that shares most leading subtags with the wanted one."""
    language, script, subtags = wanted
    best: tuple[int, int] | None = None
    found = None
    for tag, (its_language, its_script, its_subtags) in offered:
        if its_language != language or its_script != script:
            continue
        shared = 0
        for mine, theirs in zip(subtags, its_subtags, strict=False):
            if mine != theirs:
                break
            shared += 1
        score = (shared, -len(its_subtags))
        if best is None or score > best:
            best, found = score, tag
    return found
