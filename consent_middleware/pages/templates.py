"""Renders Jinja2 templates: a team's own first, then the built-in ones."""

from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ConfigurationError
from .wording import Wording

if TYPE_CHECKING:
    from jinja2 import Environment

_NAMES = (
    "banner.html",
    "head.html",
    "link.html",
    "shared.html",
    "fragment.html",
    "placeholder.html",
    "preferences.html",
    "declaration.html",
    "message.html",
    "data.html",
    "receipt.html",
    "requests.html",
    "request.html",
)


class Templates:
    """The templates of one mount. ``folder`` holds a team's own; each may extend ``built-in/<name>``.

    Jinja2 takes 15 ms to import, so that waits for the first page, or for ``warm``.
    """

    def __init__(self, folder: str | Path | None = None) -> None:
        """Raises ConfigurationError where there is no such folder: the built-in ones would be shown without a word."""
        if folder is not None and not Path(folder).is_dir():
            raise ConfigurationError(
                f'There is no folder "{folder}" of templates: correct templates=, or leave it out.'
            )
        self._folder = folder

    def render(self, name: str, wording: Wording, /, **values: object) -> str:
        """Render one template in the words of one language."""
        template = self._environment.get_template(name)
        return template.render(
            _=wording.gettext,
            ngettext=wording.ngettext,
            language=wording.language,
            direction=wording.direction,
            **values,
        )

    def warm(self) -> None:
        """Compile every template."""
        for name in _NAMES:
            self._environment.get_template(name)

    @cached_property
    def _environment(self) -> "Environment":
        from jinja2 import ChoiceLoader, Environment, FileSystemLoader, FunctionLoader, PrefixLoader, StrictUndefined

        from .compiled import COMPILED

        built_in = FunctionLoader(_load_built_in)
        own = [FileSystemLoader(self._folder)] if self._folder is not None else []
        return Environment(
            loader=ChoiceLoader([*own, built_in, PrefixLoader({"built-in": built_in})]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            bytecode_cache=COMPILED,
        )


def _load_built_in(name: str) -> str | None:
    file = resources.files("banner_templates") / name
    return file.read_text(encoding="utf-8") if name.endswith(".html") and "/" not in name and file.is_file() else None
