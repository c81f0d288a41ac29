"""Real trackers from the npm registry, each served from a host of its own, and a collector that remembers every request."""

import base64
import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
import urllib.request
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

REGISTRY = "https://registry.npmjs.org/"
CACHE = Path(__file__).resolve().parents[1] / ".cache" / "trackers"
PATIENCE = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracker:
    """One package: where its script is, and what a site writes after it. ``{host}`` is the tracker's own host."""

    name: str
    package: str
    version: str
    sha512: str
    file: str
    start: str
    is_module: bool = False

    @property
    def host(self) -> str:
        return f"{self.name}.localhost"


TRACKERS = (
    Tracker(
        name="posthog",
        package="posthog-js",
        version="1.130.0",
        sha512="bCrw5HunoXLybO20Q1bYEg68i5WCZWKxhStYJK4OR/9jrm7GwZ53GDrN78p8apFi0EH5ay4YZGbLFSkg+SsZWQ==",
        file="dist/array.js",
        start="posthog.init('phc_test', {{api_host: '{host}', request_batching: false}}); posthog.capture('seen');",
    ),
    Tracker(
        name="mixpanel",
        package="mixpanel-browser",
        version="2.83.0",
        sha512="TuAh1+6iLv5BB4v9D9qS/QAGeDVOv2r78vFNi36Uy/RAYanOXw2ncXDmvq1BKHdV0vtw3K3YgJJ1i03V3U3qkg==",
        file="dist/mixpanel.umd.js",
        start="mixpanel.init('0123', {{api_host: '{host}', track_pageview: true, batch_requests: false}});",
    ),
    Tracker(
        name="amplitude",
        package="@amplitude/analytics-browser",
        version="2.48.1",
        sha512="KEavyfKaPze3nXxtnOwAh4PCm5saJelzST3vatccs3GuE65uhS9ev/YEFR2r6szi6byZBUKWB0cHjlZ0fMqv2A==",
        file="lib/scripts/amplitude-min.js",
        start="amplitude.init('0123456789', {{serverUrl: '{host}/2/httpapi', flushIntervalMillis: 10, fetchRemoteConfig: false}});"
        " amplitude.track('seen');",
    ),
    Tracker(
        name="countly",
        package="countly-sdk-web",
        version="26.1.1",
        sha512="r98XGgF2s9yk/HlJqJLlLvzJ97f4wCoZVdv7ExljvB49vj1M3wyZcEscACNsRxlqAhSk8fsdOAmuJPVVVmTe4Q==",
        file="lib/countly.min.js",
        start="Countly.init({{app_key: 'k', url: '{host}', interval: 50}}); Countly.track_sessions(); Countly.track_pageview();",
    ),
    Tracker(
        name="ahoy",
        package="ahoy.js",
        version="0.4.5",
        sha512="0gc+vSQZjeK/u0sZJKLCiGdLgfTZtwxE3iBwEuYiju1z+gMV3r4Xw1C8VpoSH6IvRkoZRFcZkgYJFWgaIj4Baw==",
        file="dist/ahoy.min.js",
        start="ahoy.configure({{urlPrefix: '{host}', visitsUrl: '/ahoy/visits', eventsUrl: '/ahoy/events'}}); ahoy.trackView();",
    ),
    Tracker(
        name="clarity",
        package="clarity-js",
        version="0.8.70",
        sha512="U5m5yCBnki9faLVN1H40MfbGUgfe4BvHARbZU608+vs3prtq1qBjmdzegf7lZkXGnZcoQYPb/JZlXOG7jTIz/g==",
        file="build/clarity.min.js",
        start="clarity('start', {{projectId: 'p', upload: '{host}/collect', delay: 50, track: true, content: true}});",
    ),
    Tracker(
        name="plausible",
        package="@plausible-analytics/tracker",
        version="0.4.6",
        sha512="nbu6xGgSP6jeYuoVklZBzucUnIpo75tVu3Kr+R0EDycVKaMC/jF5Q/YCaM/8gR4fPZ1IDcXt6FdBJFZ1uZwEPA==",
        file="plausible.js",
        start="import {{init}} from '{host}/plausible.js';"
        " init({{domain: 'shop', endpoint: '{host}/api/event', captureOnLocalhost: true}});",
        is_module=True,
    ),
)


class TrackerError(Exception):
    """What is missing, with the way out."""


@cache
def script_of(tracker: Tracker) -> bytes:
    """Return the tracker's script, from a copy that was fetched before or from the registry. No network is an error."""
    archive = CACHE / f"{tracker.name}-{tracker.version}.tgz"
    if not archive.is_file() or not _is_genuine(archive.read_bytes(), tracker):
        CACHE.mkdir(parents=True, exist_ok=True)
        content = _fetch(tracker)
        if not _is_genuine(content, tracker):
            raise TrackerError(f"{tracker.package} {tracker.version} is not the package this test was written for.")
        archive.write_bytes(content)
    with tarfile.open(archive) as files:
        member = files.extractfile(f"package/{tracker.file}")
        if member is None:
            raise TrackerError(f"{tracker.package} {tracker.version} has no file {tracker.file}.")
        return member.read()


def _is_genuine(content: bytes, tracker: Tracker) -> bool:
    return base64.b64encode(hashlib.sha512(content).digest()).decode() == tracker.sha512


def _fetch(tracker: Tracker) -> bytes:
    """By npm where there is one, since it knows of mirrors and proxies; else straight from the registry."""
    what = f"{tracker.package}@{tracker.version}"
    npm = shutil.which("npm")
    try:
        if npm is not None:
            with tempfile.TemporaryDirectory() as folder:
                command = [npm, "pack", what, "--pack-destination", folder, "--silent"]
                subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE, cwd=folder)
                (archive,) = Path(folder).glob("*.tgz")
                return archive.read_bytes()
        base = os.environ.get("NPM_CONFIG_REGISTRY", REGISTRY).rstrip("/")
        file = f"{tracker.package.rpartition('/')[2]}-{tracker.version}.tgz"
        with urllib.request.urlopen(f"{base}/{tracker.package}/-/{file}", timeout=PATIENCE) as answer:
            content: bytes = answer.read()
            return content
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise TrackerError(
            f"{what} could not be fetched from the npm registry: this test needs the network."
        ) from error


class Collector:
    """An app for all the trackers' hosts: serves their scripts, takes what they send. ``asked`` counts requests by host."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.sent: Counter[str] = Counter()
        """Requests for anything but a script."""
        self._scripts = {tracker.host: script_of(tracker) for tracker in TRACKERS}
        self.tag_manager = b""
        self.app = Starlette(routes=[Route("/{path:path}", self.answer, methods=["GET", "POST", "OPTIONS", "PUT"])])

    def forget(self) -> None:
        self.asked.clear()
        self.sent.clear()

    async def answer(self, request: Request) -> Response:
        host = request.url.hostname or ""
        # Anyone may; trackers send cookies too.
        headers = {
            "access-control-allow-origin": request.headers.get("origin", "*"),
            "access-control-allow-credentials": "true",
            "access-control-allow-headers": request.headers.get("access-control-request-headers", "*"),
        }
        if request.url.path == "/tags.js":
            return Response(self.tag_manager, media_type="text/javascript", headers=headers)
        self.asked[host] += 1
        if request.url.path == f"/{host.partition('.')[0]}.js":
            return Response(self._scripts[host], media_type="text/javascript", headers=headers)
        self.sent[host] += 1
        return PlainTextResponse("{}", media_type="application/json", headers=headers)
