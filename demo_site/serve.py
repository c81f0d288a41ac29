"""Runs the demo: the console and the tracker, two servers in one event loop."""

import asyncio
import contextlib
import os
import secrets
import signal
import socket
import sys
import tempfile
import webbrowser
from collections.abc import Iterator, Sequence
from pathlib import Path

from consent_middleware.asgi import ASGIApp
from consent_middleware.errors import ConfigurationError
from consent_middleware.telemetry import protect_loggers

from .assembly import assemble
from .tracker import make_tracker

try:
    import uvicorn
except ModuleNotFoundError as error:
    raise ConfigurationError('The demo needs uvicorn: pip install "consent-middleware[demo]"') from error

DATA = "CONSENT_DEMO_DATA"
"""Name of the environment variable with the folder to keep accounts and choices in. Without it they last until the demo ends."""


class _Server(uvicorn.Server):
    """A server that leaves signals to ``run``: two that each install their own handlers would stop only the last."""

    def __init__(self, app: ASGIApp) -> None:
        # The log line of a request shows what the middleware left of its address, and no proxy headers are believed here.
        super().__init__(uvicorn.Config(app, proxy_headers=False, lifespan="on", timeout_graceful_shutdown=2))
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def run(host: str = "127.0.0.1", port: int = 8000, open_browser: bool = True) -> None:
    """Serve the console at ``port`` and the tracker at ``port + 1`` until Ctrl-C.

    Raises ConfigurationError where a port is taken.
    """
    # What an app logs besides is its own business; what its server logs shows no whole address either.
    protect_loggers()
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(_listen(host, number)) for number in (port, port + 1)]
        kept = os.environ.get(DATA)
        data = Path(kept) if kept else Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="consent-demo-")))
        data.mkdir(parents=True, exist_ok=True)
        token = _secret(data / "overview_token")
        console = assemble(
            data=data,
            tracker=f"http://tracker.localhost:{port + 1}",
            secret_key=_secret(data / "secret_key"),
            overview_token=token,
            review=not kept,
        )
        address = f"http://console.localhost:{port}/"
        asyncio.run(_serve([console, make_tracker()], sockets, address, token, open_browser))


async def _serve(
    apps: Sequence[ASGIApp], sockets: Sequence[socket.socket], address: str, token: str, open_browser: bool
) -> None:
    servers = [_Server(app) for app in apps]

    def stop() -> None:
        for server in servers:
            server.force_exit = server.should_exit
            server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop))
    announcing = asyncio.create_task(_announce(servers, address, token, open_browser))
    try:
        await asyncio.gather(*(server.serve([sock]) for server, sock in zip(servers, sockets, strict=True)))
    finally:
        announcing.cancel()


async def _announce(servers: Sequence[_Server], address: str, token: str, open_browser: bool) -> None:
    for server in servers:
        await server.ready.wait()
    sys.stderr.write(
        f"\n  The console: {address}\n"
        f"  For its operator: {address}-/privacy/overview\n"
        f"  with the token {token}\n"
        "  Ctrl-C ends the demo.\n\n"
    )
    sys.stderr.flush()
    if open_browser:
        await asyncio.to_thread(webbrowser.open, address)


def _listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise ConfigurationError(
            f"The demo cannot listen on {host} port {port} ({os.strerror(error.errno or 0)}). Choose another: --port 8100"
        ) from error


def _secret(file: Path) -> str:
    """A key, or the operator's token: kept with the data, so that choices and a sign-in outlive a restart where the data does."""
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(32), encoding="ascii")
    return file.read_text(encoding="ascii")
