"""Finds programs of the system that tests stand on; standard library only, since `./dev` asks before anything is installed."""

import os
import shutil

_PLACES = ("/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin")


def find_nginx() -> str | None:
    """Return the nginx to run: $NGINX, or one on the path, where Debian's ``/usr/sbin`` may be missing."""
    named = os.environ.get("NGINX")
    return named or shutil.which("nginx", path=os.pathsep.join([os.environ.get("PATH", ""), *_PLACES]))
