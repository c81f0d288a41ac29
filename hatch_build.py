"""Compile the message catalogs of the visitor's pages, so that every build carries them.

Hatchling calls the hook for an editable install, an sdist or a wheel. `./dev` runs the file as a script where a catalog
is older than its source, and the tests call `compile_catalogs` for the same reason.
"""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent


def compile_catalogs(root: Path = ROOT) -> list[Path]:
    """Compile each `.po` whose `.mo` is missing or older; return what was written.

    Raises ValueError, with file and line, for a malformed catalog. Fuzzy messages are left out, as msgfmt does.
    """
    written = []
    for source in sorted(root.glob("banner_templates/locales/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        locale = source.parent.parent.name
        with source.open("rb") as file:
            try:
                catalog = read_po(file, locale=locale, domain=source.stem, abort_invalid=True)
            except PoFileError as error:
                raise ValueError(f"{source}:{error.lineno}: {error}") from error
        # Written beside and moved, so that a process reading at this moment never sees half a catalog.
        unfinished = target.with_suffix(".mo.new")
        with unfinished.open("wb") as file:
            write_mo(file, catalog)
        unfinished.replace(target)
        written.append(target)
    return written


class CatalogHook(BuildHookInterface[Any]):
    """Hatchling's entry: runs before the files of a build are chosen."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        compile_catalogs(Path(self.root))


if __name__ == "__main__":
    for path in compile_catalogs():
        print(path.relative_to(ROOT))
