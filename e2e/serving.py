"""Serve ASGI apps on loopback for as long as a block lasts."""

import asyncio
import socket
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import trustme
import uvicorn
from starlette.types import ASGIApp

from tests.ports import LOOPBACK
from tests.waiting import PATIENCE, until


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A running server. A browser reaches it under any name below localhost; cookies tell the names apart."""

    scheme: str
    port: int

    def url(self, host: str = "localhost", path: str = "") -> str:
        """Return the address of a path below one of the site's names: `www.shop.localhost`, `127.0.0.1` …"""
        return f"{self.scheme}://{host}:{self.port}{path}"


@contextmanager
def served(app: ASGIApp, *, https: bool = False) -> Iterator[Site]:
    """Run the app under uvicorn, in a thread with an event loop of its own.

    `https` serves a throw-away certificate for localhost and every name below it, which only a context with
    `ignore_https_errors` accepts. Cookies do not tell ports apart: give another site another name.
    """
    with closing(_listen()) as listener, TemporaryDirectory() as folder:
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            ws="websockets-sansio",
            # A page that is still open may hold an event stream: it has no say in how long a test run takes.
            timeout_graceful_shutdown=1,
        )
        if https:
            certificate = Path(folder) / "certificate.pem"
            certificate.write_bytes(_certificate())
            config.ssl_certfile = str(certificate)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=lambda: asyncio.run(_serve(server, listener)), daemon=True)
        thread.start()
        try:
            until(lambda: server.started or not thread.is_alive())
            if not server.started:
                raise RuntimeError("the app did not start: uvicorn's reason is on standard error")
            yield Site(scheme="https" if https else "http", port=listener.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join(PATIENCE)


@contextmanager
def running(*command: str | Path, url: str, cwd: Path | None = None) -> Iterator[None]:
    """Run a command that serves `url`, from its first answer on until the block ends."""
    with TemporaryDirectory() as folder, (Path(folder) / "output").open("w+b") as output:
        process = subprocess.Popen([str(part) for part in command], stdout=output, stderr=subprocess.STDOUT, cwd=cwd)
        try:
            if not until(lambda: process.poll() is not None or _answers(url)) or process.poll() is not None:
                output.seek(0)
                said = output.read().decode(errors="replace")
                raise RuntimeError(f"{' '.join(map(str, command))} does not serve {url}; it said:\n{said}")
            yield
        finally:
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


async def _serve(server: uvicorn.Server, listener: socket.socket) -> None:
    serving = asyncio.create_task(server.serve([listener]))
    while not server.should_exit and not serving.done():  # noqa: ASYNC110 (another thread says when)
        await asyncio.sleep(0.02)
    # A browser keeps connections open, some of them unused, and TLS waits for its goodbye: end them for it.
    for connection in list(server.server_state.connections):
        if connection.transport is not None:
            connection.transport.abort()
    await serving
    # What was still shaking hands is known to the loop alone, which has no public way to end it before Python 3.13.
    for transport in list(getattr(asyncio.get_running_loop(), "_transports", {}).values()):
        transport.abort()
    await asyncio.sleep(0.01)


def _listen() -> socket.socket:
    return socket.create_server((LOOPBACK, 0), backlog=128)


def _answers(url: str) -> bool:
    try:
        # No proxy of the environment's: this is loopback.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(url, timeout=2) as answer:
            return bool(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return True
    except OSError:
        return False


@cache
def _certificate() -> bytes:
    names = ("localhost", "*.localhost", "*.shop.localhost", LOOPBACK)
    leaf = trustme.CA().issue_cert(*names)
    return leaf.private_key_pem.bytes() + b"".join(part.bytes() for part in leaf.cert_chain_pems)
