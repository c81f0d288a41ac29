"""From a policy file, and the files that follow it by ``next``, to the policy that holds today."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import PolicyError, Problem
from . import checks, loading, timeline
from .model import Declarations

if TYPE_CHECKING:
    from .policy import Policy


def read_file(path: str | Path, make: "type[Policy]") -> "Policy":
    """Read a TOML file. Raises PolicyError: a file that cannot be read is a problem like any other."""
    file = str(path)
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise PolicyError(
            [
                Problem(
                    file=file,
                    key="(file)",
                    value="",
                    message=f"The policy cannot be read: {reason}.",
                    way_out="Pass the path of a TOML file in UTF-8, or policy=None for the built-in policy.",
                )
            ]
        ) from error
    return read_text(text, file, make)


def read_text(text: str, file: str, make: "type[Policy]", *, before: Sequence[Path] = ()) -> "Policy":
    """Read TOML. ``file``: the name that problems carry; ``before``: the files that led here."""
    problems: list[Problem] = []
    data = loading.parse_toml(text, file, problems)
    if problems:
        raise PolicyError(problems)
    declared = loading.read_declarations(data, file, problems)
    shown = {problem.key for problem in problems}
    problems += [problem for problem in checks.check(declared, file) if problem.key not in shown]
    if problems:
        raise PolicyError(problems)
    if declared.next is None:
        return make(declared, file=file)
    following = _read_next(declared, file, make, before)
    taken_over = timeline.new_in(following.declarations, declared)[0].effective
    return following if taken_over <= timeline.today() else make(declared, file=file, following=following)


def _read_next(declared: Declarations, file: str, make: "type[Policy]", before: Sequence[Path]) -> "Policy":
    """Read the file that ``next`` names. It says by a version of its own when it takes over."""

    def problem(message: str, way_out: str) -> PolicyError:
        return PolicyError(
            [Problem(file=file, key="next", value=f'"{declared.next}"', message=message, way_out=way_out)]
        )

    # By what they are, not by how they are written: "../site/consent.toml" may be this very file.
    path = (*before, Path(file).resolve())
    place = Path(file).parent / str(declared.next)
    try:
        is_known = place.resolve() in path
        text = place.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise problem(
            f'"{place}" cannot be read.', "Name a TOML file in UTF-8 beside this one, or leave next out."
        ) from error
    if is_known:
        raise problem("The files lead round in a circle.", "The last file of the row has no next.")
    following = read_text(text, str(place), make, before=path)
    if not timeline.new_in(following.declarations, declared):
        raise problem(
            "That file declares no version that this one does not, so nothing says when it takes over.",
            "Add [[versions]] with its effective date to that file, and only there.",
        )
    return following
