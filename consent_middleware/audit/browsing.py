"""Starts the browser of an audit."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..errors import ConfigurationError

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_QUIET = [
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def browser() -> "Iterator[Browser]":
    """Yield a Chromium: the one that CHROMIUM names, Playwright's own, or one on the path.

    Raises ConfigurationError, with the way out, where there is none.
    """
    try:
        from playwright.sync_api import Error, sync_playwright
    except ModuleNotFoundError as error:
        raise ConfigurationError('An audit needs Playwright: pip install "consent-middleware[audit]"') from error
    arguments = list(_QUIET)
    # Chromium refuses to start its sandbox for root, which is who most CI containers are.
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--no-sandbox")
    named = os.environ.get("CHROMIUM")
    paths = (
        [named]
        if named
        else [None, *filter(None, map(shutil.which, ("chromium", "google-chrome", "chromium-browser")))]
    )
    with sync_playwright() as playwright:
        started = None
        for path in paths:
            try:
                started = playwright.chromium.launch(executable_path=path, args=arguments)
                break
            except Error:
                continue
        if started is None:
            raise ConfigurationError(
                "No Chromium could be started. Download one with `playwright install chromium`, or name one: "
                "CHROMIUM=/path/to/chromium"
            )
        try:
            yield started
        finally:
            started.close()
