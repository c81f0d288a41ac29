"""Starlette's source at the locked version, and an environment in which its test suite runs."""

import re
import subprocess
import sys
import tarfile
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCKS = [ROOT / "requirements" / name for name in ("transparency.txt", "runtime.txt")]
# Inside .venv, which nobody keeps anything in and `./dev` makes anew when the locks change.
HOME = ROOT / ".venv" / "transparency"
PYTHON = HOME / "venv" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def prepare() -> Path:
    """Return the folder of Starlette's sources; make whatever is missing."""
    HOME.mkdir(parents=True, exist_ok=True)
    stamp = HOME / "made-from"
    fingerprint = sha256(b"".join(lock.read_bytes() for lock in LOCKS)).hexdigest()
    if not stamp.is_file() or stamp.read_text() != fingerprint:
        _run(sys.executable, "-m", "venv", "--clear", HOME / "venv")
        for lock in LOCKS:
            _run(PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", lock)
        stamp.write_text(fingerprint)
    _install_the_package()
    return _sources()


def _install_the_package() -> None:
    wheels = HOME / "wheels"
    _run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", wheels, ROOT)
    newest = max(wheels.glob("*.whl"), key=lambda wheel: wheel.stat().st_mtime)
    _run(PYTHON, "-m", "pip", "install", "--quiet", "--no-deps", "--force-reinstall", newest)


def _sources() -> Path:
    pin = re.search(r"^starlette==(\S+) \\\n(?: +--hash=\S+(?: \\)?\n)+", LOCKS[0].read_text(), re.M)
    if pin is None:
        raise SystemExit(f"transparency: no starlette in {LOCKS[0]}; run ./dev lock")
    folder = HOME / f"starlette-{pin[1]}"
    if not folder.is_dir():
        # The sdist of exactly this version, checked against the lock's hash: the tests are only in there.
        wanted = HOME / "starlette.txt"
        wanted.write_text(pin[0])
        pip = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-build-isolation")
        _run(*pip, "--no-binary", "starlette", "--require-hashes", "-r", wanted, "-d", HOME)
        with tarfile.open(HOME / f"{folder.name}.tar.gz") as archive:
            archive.extractall(HOME, filter="data")
    return folder


def _run(*command: str | Path) -> None:
    if subprocess.run([str(part) for part in command], check=False).returncode != 0:
        raise SystemExit(f"transparency: failed: {' '.join(map(str, command))}")
