"""Apps whose servers' access logs are read: one that masks nothing itself, and several that are masked."""

import json

from granian.utils.proxies import wrap_asgi_with_proxy_headers
from hypercorn.middleware import ProxyFixMiddleware

from consent_middleware import ConsentMiddleware, Policy
from consent_middleware.asgi import ASGIApp, Receive, Scope, Send

POLICY = Policy.parse(
    '[[grounds]]\npurpose = "security"\nreason = "Rate limits"\npaths = ["/login", "/socket-login"]\n'
)


async def plain(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with what the app saw of its client."""
    seen = json.dumps([scope.get("client"), dict(scope.get("headers", ())).get(b"x-forwarded-for", b"").decode()])
    if scope["type"] == "lifespan":
        while True:
            kind = (await receive())["type"]
            await send({"type": f"{kind}.complete"})
            if kind == "lifespan.shutdown":
                return
    elif scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": seen})
        await send({"type": "websocket.close", "code": 1000})
    else:
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [(b"content-length", b"%d" % len(seen)), (b"content-type", b"application/json")],
            }
        )
        await send({"type": "http.response.body", "body": seen.encode()})


def masked(app: ASGIApp) -> ASGIApp:
    return ConsentMiddleware(app, policy=POLICY, secret_key="only for this test")


governed = masked(plain)
behind_hypercorn_fix = ProxyFixMiddleware(masked(plain), mode="legacy", trusted_hops=1)  # type: ignore[arg-type]
behind_granian_fix = wrap_asgi_with_proxy_headers(masked(plain))
