"""Real trackers from the npm registry, each served from a host of its own, and a collector that remembers every request."""

from collections import Counter
from dataclasses import dataclass
from functools import cache

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from e2e.registry import Package


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracker:
    """One package: where its script is, and what a site writes after it. ``{host}`` is the tracker's own host."""

    name: str
    package: Package
    file: str
    start: str
    is_module: bool = False

    @property
    def host(self) -> str:
        return f"{self.name}.localhost"


TRACKERS = (
    Tracker(
        name="posthog",
        package=Package(
            name="posthog-js",
            version="1.130.0",
            sha512="bCrw5HunoXLybO20Q1bYEg68i5WCZWKxhStYJK4OR/9jrm7GwZ53GDrN78p8apFi0EH5ay4YZGbLFSkg+SsZWQ==",
        ),
        file="dist/array.js",
        start="posthog.init('phc_test', {{api_host: '{host}', request_batching: false}}); posthog.capture('seen');",
    ),
    Tracker(
        name="mixpanel",
        package=Package(
            name="mixpanel-browser",
            version="2.83.0",
            sha512="TuAh1+6iLv5BB4v9D9qS/QAGeDVOv2r78vFNi36Uy/RAYanOXw2ncXDmvq1BKHdV0vtw3K3YgJJ1i03V3U3qkg==",
        ),
        file="dist/mixpanel.umd.js",
        start="mixpanel.init('0123', {{api_host: '{host}', track_pageview: true, batch_requests: false}});",
    ),
    Tracker(
        name="amplitude",
        package=Package(
            name="@amplitude/analytics-browser",
            version="2.48.1",
            sha512="KEavyfKaPze3nXxtnOwAh4PCm5saJelzST3vatccs3GuE65uhS9ev/YEFR2r6szi6byZBUKWB0cHjlZ0fMqv2A==",
        ),
        file="lib/scripts/amplitude-min.js",
        start="amplitude.init('0123456789', {{serverUrl: '{host}/2/httpapi', flushIntervalMillis: 10, fetchRemoteConfig: false}});"
        " amplitude.track('seen');",
    ),
    Tracker(
        name="countly",
        package=Package(
            name="countly-sdk-web",
            version="26.1.1",
            sha512="r98XGgF2s9yk/HlJqJLlLvzJ97f4wCoZVdv7ExljvB49vj1M3wyZcEscACNsRxlqAhSk8fsdOAmuJPVVVmTe4Q==",
        ),
        file="lib/countly.min.js",
        start="Countly.init({{app_key: 'k', url: '{host}', interval: 50}}); Countly.track_sessions(); Countly.track_pageview();",
    ),
    Tracker(
        name="ahoy",
        package=Package(
            name="ahoy.js",
            version="0.4.5",
            sha512="0gc+vSQZjeK/u0sZJKLCiGdLgfTZtwxE3iBwEuYiju1z+gMV3r4Xw1C8VpoSH6IvRkoZRFcZkgYJFWgaIj4Baw==",
        ),
        file="dist/ahoy.min.js",
        start="ahoy.configure({{urlPrefix: '{host}', visitsUrl: '/ahoy/visits', eventsUrl: '/ahoy/events'}}); ahoy.trackView();",
    ),
    Tracker(
        name="clarity",
        package=Package(
            name="clarity-js",
            version="0.8.70",
            sha512="U5m5yCBnki9faLVN1H40MfbGUgfe4BvHARbZU608+vs3prtq1qBjmdzegf7lZkXGnZcoQYPb/JZlXOG7jTIz/g==",
        ),
        file="build/clarity.min.js",
        start="clarity('start', {{projectId: 'p', upload: '{host}/collect', delay: 50, track: true, content: true}});",
    ),
    Tracker(
        name="snowplow",
        package=Package(
            name="@snowplow/browser-tracker",
            version="4.10.1",
            sha512="1Kmi6Mtyxwn5BN7BPD63CCb8diNr/cD/ihxHVbnTVc9UQRK9xJALpkpOu90PomVH/GJN2VxVKyeNmPJhGnv9og==",
        ),
        file="dist/index.umd.min.js",
        start="snowplowBrowserTracking.newTracker('sp', '{host}', {{appId: 'shop'}}); snowplowBrowserTracking.trackPageView();",
    ),
    Tracker(
        name="plausible",
        package=Package(
            name="@plausible-analytics/tracker",
            version="0.4.6",
            sha512="nbu6xGgSP6jeYuoVklZBzucUnIpo75tVu3Kr+R0EDycVKaMC/jF5Q/YCaM/8gR4fPZ1IDcXt6FdBJFZ1uZwEPA==",
        ),
        file="plausible.js",
        start="import {{init}} from '{host}/plausible.js';"
        " init({{domain: 'shop', endpoint: '{host}/api/event', captureOnLocalhost: true}});",
        is_module=True,
    ),
)


@cache
def script_of(tracker: Tracker) -> bytes:
    """Return the tracker's script, out of its package."""
    return tracker.package.read(tracker.file)


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
