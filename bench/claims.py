"""Make sure, before anything is timed, that each case does what its line in the table says."""

from consent_middleware.asgi import ASGIApp, Message, Receive, Scope, Send

from .apps import CONSENT, LAYERS
from .cases import Case
from .visitors import Token, Visitors, no_body

_BANNER = b'data-privacy-ui="banner"'


async def check(case: Case, app: ASGIApp, visitors: Visitors) -> None:
    """Leave with a message if the layer is not at work: a fast layer that does nothing is no result."""
    start, body = await _answer(app, *visitors.scopes(case.request, 1))
    claims = {"answers": start["status"] == 200}
    if case.layer == "SessionMiddleware":
        claims["reads the session"] = b'"user":null' not in body
    if case.layer == CONSENT:
        claims["shows a banner exactly where no choice was made"] = (_BANNER in body) == (
            case.request.path != "/data" and case.request.token is Token.NONE
        )
        shown = await _cookies_behind(case, visitors)
        claims["hides the two refused cookies"] = b"_ga=" not in shown and b"_fbp=" not in shown
        claims["shows the session"] = b"session=" in shown
        claims["shows an allowed cookie"] = case.request.token is Token.NONE or b"language=" in shown
    broken = [claim for claim, holds in claims.items() if not holds]
    if broken:
        raise SystemExit(f"bench: {case.name!r} is not what it says it is. Not true: {'; '.join(broken)}")


async def _cookies_behind(case: Case, visitors: Visitors) -> bytes:
    seen: list[bytes] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.extend(value for name, value in scope["headers"] if name == b"cookie")
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    await _answer(LAYERS[CONSENT](app), *visitors.scopes(case.request, 1))
    return b"; ".join(seen)


async def _answer(app: ASGIApp, scope: Scope) -> tuple[Message, bytes]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, no_body, send)
    return sent[0], b"".join(message.get("body", b"") for message in sent[1:])
