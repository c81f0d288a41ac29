"""Installs the rivals from the npm registry: exactly those of package-lock.json, each held against its hash, kept in .cache."""

import hashlib
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
CONFIGS = HERE / "configs"
CACHE = HERE.parents[1] / ".cache" / "bench-browser"
PATIENCE = 600

# React stays out of c15t's bundle: a page that is made with it has it anyway.
_VENDOR = ("react/jsx-runtime", "react-dom/client", "react-dom", "react")


def install() -> Path:
    """Return a folder with ``node_modules`` and ``bundles``; npm is asked only once for each lock file."""
    sources = [HERE / "package.json", HERE / "package-lock.json", *sorted(CONFIGS.rglob("*.js*"))]
    digest = hashlib.sha256(b"\0".join(path.read_bytes() for path in sources)).hexdigest()[:16]
    place = CACHE / digest
    if not (place / "bundles").is_dir():
        npm = shutil.which("npm")
        if npm is None:
            raise SystemExit("bench.browser: npm is needed to fetch the rivals (Debian, Ubuntu: apt-get install npm).")
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, place)
        print("Fetching the rivals from the npm registry ...", flush=True)
        # No script of a package is run: what is measured are the files that a browser gets.
        _run(npm, "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", cwd=place)
        shutil.copytree(CONFIGS, place / "configs")
        _bundle(place)
    return place


def _bundle(place: Path) -> None:
    """Make of c15t, which is a library of components, what a page can load."""
    esbuild = place / "node_modules" / "esbuild" / "bin" / "esbuild"
    options = ["--bundle", "--minify", "--jsx=automatic", '--define:process.env.NODE_ENV="production"']
    vendor = [f"--alias:{name}=./configs/vendor/{name.rpartition('/')[2]}.js" for name in _VENDOR]
    making = place / "making"
    _run(esbuild, "configs/react.js", *options, f"--outfile={making}/react.js", cwd=place)
    _run(esbuild, "configs/c15t.jsx", *options, *vendor, f"--outfile={making}/c15t.js", cwd=place)
    making.rename(place / "bundles")


def _run(*command: str | Path, cwd: Path) -> None:
    subprocess.run([str(part) for part in command], cwd=cwd, check=True, timeout=PATIENCE, capture_output=True)
