"""Reads the file of examples: each with its name, what it shows and to whom."""

import functools
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from typing import Literal

import msgspec

from consent_middleware import Policy
from consent_middleware.policy.model import BannerTable

Shows = Literal[
    "banner", "link", "dialog", "preferences", "guardian", "declaration", "data", "receipt", "placeholder", "message"
]
State = Literal["new", "accepted", "refused", "selected", "changed", "began", "child"]


class Overlay(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Tables that stand in for those of the site's policy."""

    banner: BannerTable = BannerTable()
    gpc: Literal["latest", "signal", "choice"] = "latest"


class Example(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One face, by its name. What each field means is said at the top of ``examples.toml``."""

    name: str
    shows: Shows
    tells: str
    site: str = "shop"
    state: State = "new"
    language: str = "en"
    gpc: bool = False
    policy: Overlay = Overlay()
    query: str = ""
    message: str = ""

    def make_policy(self) -> Policy:
        """Return the site's policy with the example's own tables, in the example's language first."""
        return _policy_of(self.site, self.policy, self.language)


class _Written(Example, frozen=True, kw_only=True):
    """An entry of the file, where a list stands for one example each."""

    languages: Literal["all"] | list[str] = []
    themes: list[Literal["soft", "outline", "bold"]] = []
    layouts: list[Literal["corner", "dialog"]] = []


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    examples: list[_Written]


@functools.cache
def load_examples() -> Mapping[str, Example]:
    """Return all examples by name, in the order of the file. Raises msgspec.ValidationError where an entry does not fit."""
    written = msgspec.convert(tomllib.loads(_read("examples.toml")), _File)
    return {example.name: example for entry in written.examples for example in _each_of(entry)}


def languages_with_a_catalog() -> Sequence[str]:
    """Return every language that has a catalog: ``en``, ``zh-Hans`` …"""
    folder = resources.files("banner_templates") / "locales"
    return sorted(entry.name.replace("_", "-") for entry in folder.iterdir() if entry.is_dir())


def _each_of(entry: _Written) -> Iterator[Example]:
    plain = {name: getattr(entry, name) for name in Example.__struct_fields__}
    languages = languages_with_a_catalog() if entry.languages == "all" else entry.languages
    variants: dict[str, Mapping[str, object]] = {tag: {"language": tag} for tag in languages}
    variants |= {theme: {"policy": _with_banner(entry.policy, theme=theme)} for theme in entry.themes}
    variants |= {layout: {"policy": _with_banner(entry.policy, layout=layout)} for layout in entry.layouts}
    if not variants:
        yield Example(**plain)
    for value, variant in variants.items():
        yield Example(**{**plain, **variant, "name": f"{entry.name}-{value}"})


def _with_banner(overlay: Overlay, **values: str) -> Overlay:
    return msgspec.structs.replace(overlay, banner=msgspec.structs.replace(overlay.banner, **values))


@functools.lru_cache(maxsize=256)
def _policy_of(site: str, overlay: Overlay, language: str) -> Policy:
    declared = Policy.parse(_read(f"sites/{site}.toml"), file=f"{site}.toml").declarations
    languages = declared.site.languages
    if language not in languages:
        languages = [language]
    return Policy(
        msgspec.structs.replace(
            declared,
            banner=overlay.banner,
            gpc=overlay.gpc,
            site=msgspec.structs.replace(declared.site, languages=sorted(languages, key=lambda tag: tag != language)),
        )
    )


def _read(name: str) -> str:
    return (resources.files("demo_site.review") / name).read_text(encoding="utf-8")
