"""``consent-middleware init``: writes the draft of a policy from an audit."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ConfigurationError

if TYPE_CHECKING:
    from argparse import _SubParsersAction


def add_command(commands: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "init",
        help="draft a policy from an audit",
        description="Write the draft of a policy from what an audit saw. It can be enforced as it is; what only you can "
        "answer is marked TODO.",
    )
    parser.add_argument("audit", metavar="AUDIT", help="what `consent-middleware audit --json AUDIT` wrote")
    parser.add_argument(
        "--output", metavar="FILE", default="consent.toml", help="where to write it (default: %(default)s)"
    )
    parser.add_argument("--force", action="store_true", help="replace the file where there is one")
    parser.set_defaults(run=write)


def write(arguments: argparse.Namespace) -> int:
    from ..audit.drafting import draft, read_audit

    target = Path(arguments.output)
    if target.exists() and not arguments.force:
        raise ConfigurationError(f"{target} is there already: choose another --output, or replace it with --force.")
    try:
        seen = read_audit(Path(arguments.audit).read_bytes(), arguments.audit)
    except OSError as error:
        raise ConfigurationError(f"{arguments.audit} cannot be read: {error.strerror}.") from error
    text = draft(seen)
    target.write_text(text, encoding="utf-8")
    print(f"{target}: {text.count('TODO')} questions are open; then `consent-middleware check {target}`.")
    return 0
