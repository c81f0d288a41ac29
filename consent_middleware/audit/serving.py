"""Serves an ASGI app on loopback, in a thread with an event loop of its own, for as long as a block lasts."""

import asyncio
import importlib
import inspect
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..asgi import ASGIApp
from ..errors import ConfigurationError
from ..middleware import ConsentMiddleware

if TYPE_CHECKING:
    import uvicorn

PATIENCE = 20.0
"""Seconds that an app may take to start."""
_LAYERS = 64


@contextmanager
def serving(app: ASGIApp, *, host: str = "localhost", port: int = 0) -> Iterator[str]:
    """Yield the address of ``app``, ``http://<host>:<port>``. ``host`` is any name below ``localhost``.

    Raises ConfigurationError where uvicorn is missing or the app does not start.
    """
    try:
        import uvicorn
    except ModuleNotFoundError as error:
        raise ConfigurationError('Serving an app needs uvicorn: pip install "consent-middleware[test]"') from error
    with socket.create_server(("127.0.0.1", port)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=1))
        thread = threading.Thread(target=lambda: asyncio.run(_serve(server, listener)), daemon=True)
        thread.start()
        try:
            _wait(server, thread)
            yield f"http://{host}:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(PATIENCE)


def load_app(name: str) -> ASGIApp:
    """Import ``module:app``, where ``app`` may also be a function that takes nothing and makes one.

    Raises ConfigurationError that says which half of the name is wrong.
    """
    module_name, _, attribute = name.partition(":")
    if os.getcwd() not in sys.path:
        # A command does not look where it is started, as `python -m` does.
        sys.path.insert(0, os.getcwd())
    try:
        found: object = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f'There is no module "{error.name}" to import "{name}" from. A site is named by its address, with http:// or https://.'
        ) from error
    for part in (attribute or "app").split("."):
        found = getattr(found, part, None)
    if not callable(found):
        raise ConfigurationError(f'"{name}" names no app: write module:variable.')
    if not inspect.isclass(found) and not _required(found):
        found = found()
    made: ASGIApp = found  # type: ignore[assignment]  # nothing more can be known of an app than that it is callable
    return made


def find_middleware(app: object) -> ConsentMiddleware | None:
    """Return the ConsentMiddleware around or below ``app``, as far as layers keep what they wrap in ``app``."""
    for _ in range(_LAYERS):
        if app is None or isinstance(app, ConsentMiddleware):
            return app
        app = getattr(app, "app", None)
    return None


def _required(function: object) -> bool:
    """Say whether calling it takes arguments, as an app does."""
    if not callable(function):
        return True
    parameters = inspect.signature(function).parameters.values()
    return any(one.default is one.empty and one.kind is not one.VAR_KEYWORD for one in parameters)


async def _serve(server: "uvicorn.Server", listener: socket.socket) -> None:
    await server.serve([listener])


def _wait(server: "uvicorn.Server", thread: threading.Thread) -> None:
    deadline = time.monotonic() + PATIENCE
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise ConfigurationError("The app did not start; uvicorn says why on standard error.")
        time.sleep(0.01)
