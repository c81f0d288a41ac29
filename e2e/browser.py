"""Find a Chromium on this machine.

Standard library only: `./dev` asks before anything is installed, the end-to-end tests ask again when they start.
"""

from __future__ import annotations

import os
import shutil
import subprocess

# Where a distribution, or a person, puts one. The first that starts is taken.
CANDIDATES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


def find_chromium() -> str | None:
    """Return the path of a Chromium that starts; None leaves it to Playwright's own download.

    The environment variable CHROMIUM names one for certain: then it is that one or an error, never another.
    """
    named = os.environ.get("CHROMIUM")
    if named:
        if not _starts(named):
            raise RuntimeError(f"CHROMIUM={named} does not start; name a Chromium or Chrome, or unset CHROMIUM")
        return named
    return next((path for path in map(shutil.which, CANDIDATES) if path and _starts(path)), None)


def launch_arguments() -> list[str]:
    """Return the arguments every launch needs: no traffic of the browser's own, no sandbox for root."""
    arguments = [
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    # Chromium refuses to start its sandbox for root, which is who most CI containers are.
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--no-sandbox")
    return arguments


def _starts(path: str) -> bool:
    # Ubuntu's chromium-browser is a stub that only says "install the snap": a file is not yet a browser.
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0
