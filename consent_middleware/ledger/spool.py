"""Keeps records on disk that the database did not take, until it does.

A file holds what arrived while the one before was written. It is complete, sealed and flushed before its name appears. Replaying is
safe twice and by several processes: a record's id is recorded once.
"""

import asyncio
import contextlib
import hashlib
import hmac
import logging
import os
import secrets
import threading
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path

import msgspec

from ..errors import LedgerError, LedgerUnavailable
from .records import Record, Shown
from .writer import Entry

logger = logging.getLogger("consent_middleware")

_SUFFIX = ".spooled"
_UNREADABLE = ".unreadable"
_UNFINISHED = ".part"
_LONGEST_WRITE = 3600.0
"""Seconds after which nobody writes a file any more."""
_encode = msgspec.json.Encoder().encode
_DURABLE = getattr(os, "O_DIRECTORY", None)


class _Line(msgspec.Struct, frozen=True):
    record: Record
    shown: Shown | None


_decode = msgspec.json.Decoder(_Line).decode


class Spool:
    """A folder of one ledger; made when it is first needed. ``keys`` seal the files, newest first."""

    def __init__(self, folder: Path, keys: Sequence[bytes]) -> None:
        self.folder = folder
        self._keys = tuple(hmac.digest(key, b"spool", "sha256") for key in keys)
        self._waiting: deque[tuple[Entry, Future[None]]] = deque()
        self._writing = threading.Lock()

    async def add(self, entry: Entry) -> None:
        """Return once ``entry`` is durably on disk. Raises LedgerError where the disk refuses."""
        future: Future[None] = Future()
        self._waiting.append((entry, future))
        # On a thread, since a flush of the disk would hold up every request; whoever comes first writes for all that wait.
        await asyncio.to_thread(self._write_waiting)
        await asyncio.wrap_future(future)

    def files(self) -> list[Path]:
        """What waits to be replayed, oldest first."""
        try:
            return sorted(path for path in self.folder.iterdir() if path.suffix == _SUFFIX)
        except OSError:
            return []

    def read(self, path: Path) -> list[Entry]:
        """Return the records of one file; none where another process has replayed it, or where its seal is broken.

        Raises LedgerUnavailable where it cannot be read now, LedgerError where it never can be.
        """
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return []
        except PermissionError as error:
            raise LedgerError(f"A spooled file is somebody else's: {error}") from error
        except OSError as error:
            raise LedgerUnavailable(f"A spooled file cannot be read now: {error}") from error
        seal, _, body = content.partition(b"\n")
        if not any(hmac.compare_digest(_seal(key, body), seal) for key in self._keys):
            logger.error('"%s" was not written by this ledger, or was changed since: it is left aside.', path)
            self._put_aside(path)
            return []
        try:
            lines = [_decode(line) for line in body.splitlines()]
        except msgspec.MsgspecError as error:
            raise LedgerError(f'The spooled file "{path}" was written by another release: {error}') from error
        return [Entry(record=line.record, shown=line.shown, is_repeated=True) for line in lines]

    def forget(self, path: Path) -> None:
        """Remove a file whose records are all in the database. Raises LedgerError where it stays."""
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise LedgerError(f"A spooled file cannot be removed: {error}") from error

    def forget_unfinished(self) -> None:
        """Remove what a process left that ended while it wrote: nobody was told that it is recorded."""
        with contextlib.suppress(OSError):
            for path in self.folder.glob(f"*{_UNFINISHED}"):
                if path.stat().st_mtime < time.time() - _LONGEST_WRITE:
                    path.unlink(missing_ok=True)

    def _put_aside(self, path: Path) -> None:
        try:
            path.rename(path.with_suffix(_UNREADABLE))
        except OSError as error:
            raise LedgerError(f"A spooled file cannot be left aside: {error}") from error

    def _write_waiting(self) -> None:
        with self._writing:
            batch = []
            while self._waiting:
                batch.append(self._waiting.popleft())
            if not batch:
                return
            try:
                self._write([entry for entry, _ in batch])
            except Exception as error:
                for _, future in batch:
                    # One of its own for each, as each is raised in a task of its own.
                    future.set_exception(LedgerError(f'A record could not be spooled in "{self.folder}": {error}'))
            else:
                for _, future in batch:
                    future.set_result(None)

    def _write(self, entries: Sequence[Entry]) -> None:
        body = b"\n".join(_encode(_Line(entry.record, entry.shown)) for entry in entries)
        self._make_folder()
        path = self.folder / f"{time.time_ns():020}-{secrets.token_hex(4)}{_SUFFIX}"
        unfinished = path.with_suffix(_UNFINISHED)
        try:
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(descriptor, "wb") as file:
                file.write(_seal(self._keys[0], body) + b"\n" + body)
                file.flush()
                os.fsync(file.fileno())
            unfinished.rename(path)
        except OSError:
            unfinished.unlink(missing_ok=True)
            raise
        _flush_names(self.folder)

    def _make_folder(self) -> None:
        new = [folder for folder in (self.folder, *self.folder.parents) if not folder.exists()]
        # Nobody else's to read: it says what visitors chose.
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in new:
            _flush_names(folder.parent)


def spool_folder(path: Path | None, dsn: str | None) -> Path | None:
    """Where a ledger spools if nobody says: beside a SQLite file, else where services keep their state. In memory nowhere."""
    if path is not None:
        return path.with_name(path.name + "-spool")
    if dsn is None:
        return None
    name = hashlib.sha256(dsn.partition("?")[0].rpartition("@")[2].encode()).hexdigest()[:12]
    # Set by systemd (StateDirectory=); several folders are separated by colons.
    given = os.environ.get("STATE_DIRECTORY", "").partition(":")[0] or os.environ.get("XDG_STATE_HOME", "")
    state = Path(given) if given else Path.home() / ".local" / "state"
    return state / "consent-middleware" / name


def _seal(key: bytes, body: bytes) -> bytes:
    return hmac.digest(key, body, "sha256").hex().encode()


def _flush_names(folder: Path) -> None:
    """A new name is durable once its folder is flushed too; Windows knows no such thing."""
    if _DURABLE is None:
        return
    descriptor = os.open(folder, os.O_RDONLY | _DURABLE)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
