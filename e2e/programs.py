"""Finds programs of the system that tests stand on; standard library only, since `./dev` asks before anything is installed."""

from __future__ import annotations

import os
import shutil

CACHES = {"nginx": "nginx", "varnish": "varnishd"}
"""Shared caches, by package of the distribution: the program in it."""
_PLACES = ("/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin")


def find_cache(package: str) -> str | None:
    """Return the cache to run: what $NGINX or $VARNISH names, or one on the path, where Debian's ``/usr/sbin`` may be missing."""
    named = os.environ.get(package.upper())
    return named or shutil.which(CACHES[package], path=os.pathsep.join([os.environ.get("PATH", ""), *_PLACES]))


def find_nginx() -> str | None:
    """Return the nginx to run."""
    return find_cache("nginx")
