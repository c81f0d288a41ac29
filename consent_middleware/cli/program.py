"""Reads the command line, runs one command and turns its outcome into an exit code."""

import argparse
import io
import os
import sys
from collections.abc import Sequence

from ..errors import ConsentError
from . import auditing, checking, classifying, drafting, ledger_tasks, request_tasks, showing

FAILED = 1
# 128 + the signal's number, as a shell reports it: SIGINT, SIGPIPE.
INTERRUPTED = 130
PIPE_CLOSED = 141

_EPILOG = """\
exit codes:
  0    done
  1    not done: a policy, site or ledger does not hold, or what is asked for
       is not there
  2    the command line itself is wrong
  3    done, and visitors will be asked again (check --against)
  130  interrupted
  141  whoever read the output closed it
"""


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="consent-middleware",
        description="Check a policy, ask what a cookie is for, audit a site, work with recorded\n"
        "choices and with requests, or look at the demo.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for module in (showing, checking, classifying, auditing, drafting, ledger_tasks, request_tasks):
        module.add_command(commands)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line ``arguments``, by default the process's own, and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A cookie's name or a policy's text may be in any script, the terminal's encoding not.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    parsed = make_parser().parse_args(arguments)
    try:
        code: int = parsed.run(parsed)
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more when it ends, and would fail once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except KeyboardInterrupt:
        return INTERRUPTED
    except ConsentError as error:
        print(f"consent-middleware: {error}", file=sys.stderr)
        return FAILED
    return code
