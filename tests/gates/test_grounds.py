"""Where the policy grounds it, the app sees the whole address, and the server's log does not."""

import pytest

from consent_middleware.asgi import Message, Receive, Scope, Send
from tests.driving import App, call, mounted, scope_of, token
from tests.walking import texts_of

POLICY = """
[[grounds]]
purpose = "security"
reason.en = "Limits how often somebody may try a password"
paths = ["/login", "/api/auth/*"]
"""
PEER = ("203.0.113.77", 50123)
FORWARDED = [
    (b"x-forwarded-for", b"198.51.100.9"),
    (b"user-agent", b"Curious/1.2.3"),
    (b"forwarded", b"for=198.51.100.9"),
]


@pytest.mark.parametrize("path", ["/login", "/api/auth/token"])
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_on_a_grounded_path_the_app_sees_the_address_and_the_servers_scope_stays_masked(path: str, kind: str) -> None:
    app = App()
    scope = scope_of(path, kind=kind, client=PEER, headers=FORWARDED, cookie="_ga=1; sid=2")
    assert call(mounted(app, POLICY), scope).error is None
    assert app.scope["client"] == PEER
    assert app.saw(b"x-forwarded-for") == b"198.51.100.9"
    assert app.saw(b"forwarded") == b"for=198.51.100.9"
    assert app.saw(b"user-agent") == b"Mozilla/5.0"
    assert app.cookies == [b"sid=2"]
    assert scope["client"] == ("203.0.113.0", 0)
    assert dict(scope["headers"])[b"x-forwarded-for"] == b"198.51.100.0"


@pytest.mark.parametrize("path", ["/", "/login/", "/loginx", "/api/auth", "/static/login"])
def test_on_every_other_path_it_does_not(path: str) -> None:
    app = App()
    call(mounted(app, POLICY), scope_of(path, client=PEER, headers=FORWARDED))
    assert app.scope["client"] == ("203.0.113.0", 0)
    assert app.saw(b"x-forwarded-for") == b"198.51.100.0"


def test_a_private_proxy_hands_on_the_visitors_address() -> None:
    app = App()
    call(mounted(app, POLICY), scope_of("/login", client=("127.0.0.1", 4000), headers=FORWARDED))
    assert app.scope["client"] == ("127.0.0.1", 4000)
    assert app.saw(b"x-forwarded-for") == b"198.51.100.9"


def test_the_path_is_the_one_below_the_mount_point() -> None:
    app = App()
    call(mounted(app, POLICY), scope_of("/shop/login", root_path="/shop", client=PEER))
    assert app.scope["client"] == PEER


def test_each_such_request_is_counted() -> None:
    middleware = mounted(App(), POLICY)
    for path in ("/login", "/login", "/"):
        call(middleware, scope_of(path, client=PEER))
    assert middleware.disclosures.counts == {
        ("ip", "security", "Limits how often somebody may try a password", True): 2
    }


def test_who_allowed_the_address_needs_no_ground() -> None:
    app = App()
    middleware = mounted(app, POLICY)
    call(middleware, scope_of("/login", client=PEER, cookie=token(POLICY, "network")))
    assert app.scope["client"] == PEER
    assert middleware.disclosures.counts == {}


class Router(App):
    """An app that writes into its scope as routers do, and starts to answer only then."""

    async def act(self) -> None:
        self.scope["route"] = "/login"
        self.scope["path_params"] = {"id": 1}
        self.scope["headers"] = [*self.scope["headers"], (b"x-added", b"1")]
        self.scope["state"]["seen"] = True


@pytest.mark.parametrize("path", ["/login", "/"])
def test_what_routers_write_is_there_for_middlewares_further_out(path: str) -> None:
    found: dict[str, object] = {}

    async def outer(scope: Scope, receive: Receive, send: Send) -> None:
        async def note(message: Message) -> None:
            found.setdefault("route", scope.get("route"))
            await send(message)

        await middleware(scope, receive, note)

    middleware = mounted(Router(), POLICY)
    scope = scope_of(path, client=PEER)
    assert call(outer, scope).error is None
    assert found == {"route": "/login"}
    assert (scope["path_params"], scope["state"]) == ({"id": 1}, {"seen": True})
    assert b"203.0.113.77" not in b"".join(texts_of(scope))


def test_an_error_of_the_app_is_still_the_apps() -> None:
    class Failing(Router):
        async def act(self) -> None:
            await super().act()
            raise RuntimeError("This page is broken.")

    scope = scope_of("/login", client=PEER)
    answer = call(mounted(Failing(), POLICY), scope)
    assert str(answer.error) == "This page is broken."
    assert scope["route"] == "/login"


def test_observe_mode_changes_nothing_here_either() -> None:
    app = App()
    scope = scope_of("/login", client=PEER)
    call(mounted(app, POLICY, mode="observe"), scope)
    assert app.scope is scope
