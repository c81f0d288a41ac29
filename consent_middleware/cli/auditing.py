"""``consent-middleware audit``: visits a site with a real browser and says what it does against the visitor's will."""

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO
from urllib.parse import urlsplit

from ..errors import ConfigurationError
from ..policy import Policy

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from rich.console import Console

    from ..audit.auditing import Audit
    from ..audit.judging import Judge


def add_command(commands: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "audit",
        help="visit a site with a real browser",
        description="Visit a site with a real browser: before a choice, after a refusal, after consent and after its "
        "withdrawal, with and without Global Privacy Control and JavaScript. Report what it does that the visitor had not "
        "allowed, and how it asks. Exit code 1 if there is a finding as grave as --fail-on.",
    )
    parser.add_argument("target", metavar="TARGET", help="the address of a site, or module:app of an ASGI app to serve")
    parser.add_argument(
        "--policy", metavar="FILE", help="the site's policy; without one, known names and hosts are the measure"
    )
    parser.add_argument("--pages", type=_count, default=5, help="pages to visit at most (default: %(default)s)")
    parser.add_argument("--quick", action="store_true", help="only with JavaScript and without Global Privacy Control")
    parser.add_argument(
        "--fail-on",
        choices=("error", "warning", "note", "never"),
        default="error",
        help="the least severity that is a failure (default: %(default)s)",
    )
    parser.add_argument("--json", metavar="FILE", help="write the audit as JSON; - for standard output")
    parser.add_argument("--junit", metavar="FILE", help="write it as JUnit XML, for CI")
    parser.add_argument("--html", metavar="FILE", help="write it as one page, with screenshots")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from ..audit.auditing import audit
    from ..audit.browsing import browser
    from ..audit.judging import Judge
    from ..audit.junit import is_failure
    from ..audit.serving import find_middleware, load_app, serving

    policy = Policy.load(arguments.policy) if arguments.policy is not None else None
    prefix = "/-/privacy"
    with ExitStack() as stack:
        address = arguments.target
        if "://" not in address:
            app = load_app(address)
            middleware = find_middleware(app)
            if middleware is not None:
                policy, prefix = policy or middleware.policy, middleware.prefix
            address = stack.enter_context(serving(app))
        if urlsplit(address).scheme not in ("http", "https"):
            raise ConfigurationError(f"{address} is no address of a site: it begins with http:// or https://.")
        progress = stack.enter_context(_progress())
        found = audit(
            address,
            stack.enter_context(browser()),
            policy=policy,
            pages=arguments.pages,
            avoid=prefix,
            progress=progress,
            gpc=(False,) if arguments.quick else (False, True),
            javascript=(True,) if arguments.quick else (True, False),
        )
    judge = Judge(policy, urlsplit(address).hostname or "")
    _write(found, judge, arguments)
    return int(
        arguments.fail_on != "never" and any(is_failure(finding, arguments.fail_on) for finding in found.findings)
    )


@contextmanager
def _progress() -> "Iterator[Callable[[str], None]]":
    """Show on standard error what is being visited, where that is a terminal."""
    console = _console(sys.stderr)
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status("starting the browser") as status:
        yield lambda doing: status.update(doing)


def _write(found: "Audit", judge: "Judge", arguments: argparse.Namespace) -> None:
    from ..audit.junit import as_junit
    from ..audit.page import as_html
    from ..audit.structured import as_json
    from ..audit.terminal import show

    if arguments.junit:
        Path(arguments.junit).write_bytes(
            as_junit(found, "note" if arguments.fail_on == "never" else arguments.fail_on)
        )
    if arguments.html:
        Path(arguments.html).write_text(as_html(found, judge), encoding="utf-8")
    if arguments.json == "-":
        print(as_json(found, judge).decode())
        return
    if arguments.json:
        Path(arguments.json).write_bytes(as_json(found, judge))
    show(found, judge, _console(sys.stdout))


def _console(stream: TextIO) -> "Console":
    try:
        from rich.console import Console
    except ModuleNotFoundError as error:
        raise ConfigurationError('An audit needs rich: pip install "consent-middleware[audit]"') from error
    return Console(file=stream, highlight=False)


def _count(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= 200:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of pages: write one from 1 to 200")
    return int(text)
