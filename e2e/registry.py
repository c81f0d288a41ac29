"""Packages of the npm registry, each pinned to a version and its hash, fetched once and kept in .cache."""

import base64
import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
import urllib.request
from dataclasses import dataclass
from pathlib import Path

REGISTRY = "https://registry.npmjs.org/"
CACHE = Path(__file__).resolve().parents[1] / ".cache" / "npm"
PATIENCE = 180


class PackageError(Exception):
    """What is missing, with the way out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """``sha512`` is the registry's own: base64, as after ``sha512-`` in ``dist.integrity``."""

    name: str
    version: str
    sha512: str

    def read(self, file: str) -> bytes:
        """Return one file, from a copy that was fetched before or from the registry. No network is an error."""
        with tarfile.open(self._archive()) as files:
            try:
                member = files.extractfile(f"package/{file}")
            except KeyError:
                member = None
            if member is None:
                raise PackageError(f"{self.name} {self.version} has no file {file}.")
            return member.read()

    def _archive(self) -> Path:
        archive = CACHE / f"{self._stem()}.tgz"
        if not archive.is_file() or not self._is_genuine(archive.read_bytes()):
            CACHE.mkdir(parents=True, exist_ok=True)
            content = self._fetch()
            if not self._is_genuine(content):
                raise PackageError(f"{self.name} {self.version} is not the package this was written for.")
            # Written whole or not at all: another run may be reading.
            with tempfile.NamedTemporaryFile(dir=CACHE, delete=False) as file:
                file.write(content)
            Path(file.name).replace(archive)
        return archive

    def _stem(self) -> str:
        return f"{self.name.replace('/', '+')}-{self.version}"

    def _is_genuine(self, content: bytes) -> bool:
        return base64.b64encode(hashlib.sha512(content).digest()).decode() == self.sha512

    def _fetch(self) -> bytes:
        """By npm where there is one, since it knows of mirrors and proxies; else straight from the registry."""
        what = f"{self.name}@{self.version}"
        npm = shutil.which("npm")
        try:
            if npm is not None:
                with tempfile.TemporaryDirectory() as folder:
                    command = [npm, "pack", what, "--pack-destination", folder, "--silent"]
                    subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE, cwd=folder)
                    (archive,) = Path(folder).glob("*.tgz")
                    return archive.read_bytes()
            base = os.environ.get("NPM_CONFIG_REGISTRY", REGISTRY).rstrip("/")
            file = f"{self.name.rpartition('/')[2]}-{self.version}.tgz"
            with urllib.request.urlopen(f"{base}/{self.name}/-/{file}", timeout=PATIENCE) as answer:
                content: bytes = answer.read()
                return content
        except (OSError, subprocess.SubprocessError, ValueError) as error:
            raise PackageError(f"{what} could not be fetched from the npm registry: this needs the network.") from error
