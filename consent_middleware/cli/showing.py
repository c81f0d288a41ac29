"""``consent-middleware demo``: runs the demo site."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import _SubParsersAction


def add_command(commands: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "demo",
        help="run the demo console",
        description="Run a small cloud console that is governed by a policy, and next to it the tracker it embeds. Ctrl-C ends both.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument(
        "--port",
        type=_port,
        default=8000,
        help="port of the console; the tracker takes the next one (default: %(default)s)",
    )
    parser.add_argument("--no-browser", action="store_true", help="do not open the console in a browser")
    parser.set_defaults(run=show)


def show(arguments: argparse.Namespace) -> int:
    from demo_site.serve import run

    run(host=arguments.host, port=arguments.port, open_browser=not arguments.no_browser)
    return 0


def _port(text: str) -> int:
    port = int(text) if text.isdecimal() else 0
    if not 0 < port < 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: write a number from 1 to 65534")
    return port
