"""Example visits for the inspect page: ``/inspect?as=phone`` arrives as if from a phone in a mobile network.

A demo is opened on the machine it runs on, where every address is 127.0.0.1 and the browser is always the same one. An example
replaces the address and the telemetry headers before anything else sees them; cookies stay the visitor's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs

from consent_middleware.asgi import ASGIApp, Header, Receive, Scope, Send

PATH = "/inspect"
_KEPT = {
    b"cookie",
    b"host",
    b"connection",
    b"accept",
    b"sec-fetch-dest",
    b"sec-fetch-mode",
    b"upgrade-insecure-requests",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One visit to imitate. The addresses are reserved for documentation (RFC 5737, RFC 3849)."""

    client: tuple[str, int]
    headers: tuple[Header, ...]


EXAMPLES: Mapping[str, Example] = {
    "phone": Example(
        client=("203.0.113.77", 51234),
        headers=(
            (
                b"user-agent",
                b"Mozilla/5.0 (Linux; Android 14; SM-S918B Build/UP1A.231005.007) AppleWebKit/537.36 (KHTML, like Gecko) "
                b"Chrome/126.0.6478.122 Mobile Safari/537.36",
            ),
            (b"accept-language", b"de-CH,de;q=0.9,en;q=0.7,zh-CN;q=0.4"),
            (b"sec-ch-ua", b'"Chromium";v="126", "Google Chrome";v="126", "Not/A)Brand";v="8"'),
            (b"sec-ch-ua-mobile", b"?1"),
            (b"sec-ch-ua-platform", b'"Android"'),
            (b"sec-ch-ua-model", b'"SM-S918B"'),
            (b"sec-ch-ua-platform-version", b'"14.0.0"'),
            (b"device-memory", b"8"),
            (b"downlink", b"9.3"),
            (b"x-uidh", b"OTgxNTk2NDk0ADJVquRu5NS5"),
            (b"x-requested-with", b"com.example.shopping"),
        ),
    ),
    "laptop": Example(
        client=("2001:db8:4a2f:91c0:a8b3:7cff:fe21:0e45", 60112),
        headers=(
            (
                b"user-agent",
                b"Mozilla/5.0 (Macintosh; Intel Mac OS X 14.5; rv:127.0) Gecko/20100101 Firefox/127.0",
            ),
            (b"accept-language", b"zh-CN,zh;q=0.9,en-GB;q=0.6"),
            (b"referer", b"https://search.example/results?q=private+illness"),
            (b"cf-ipcity", b"Hangzhou"),
            (b"cf-ja4", b"t13d1516h2_8daaf6152771_02713d6af862"),
            (b"sec-gpc", b"1"),
        ),
    ),
}


class ExampleVisits:
    """Wrap everything, and let a request that names an example arrive as that example."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        example = _example(scope)
        if example is not None:
            kept = [(name, value) for name, value in scope["headers"] if name in _KEPT]
            scope["headers"] = [*kept, *example.headers]
            scope["client"] = example.client
        await self.app(scope, receive, send)


def _example(scope: Scope) -> Example | None:
    if scope["type"] != "http" or scope["path"] != PATH:
        return None
    asked = parse_qs(scope["query_string"].decode("latin-1")).get("as", [""])
    return EXAMPLES.get(asked[0])
