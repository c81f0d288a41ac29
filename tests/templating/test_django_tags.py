"""The tag library for Django."""

from types import SimpleNamespace

from django.template import Context, Engine

from consent_middleware.asgi import Receive, Scope, Send
from tests.driving import call, mounted, scope_of, token

ENGINE = Engine(libraries={"privacy": "consent_middleware.templating.django_tags"})
TEMPLATE = ENGINE.from_string(
    "{% load privacy %}{% if request|allows:'analytics' %}counted{% else %}unseen{% endif %}"
    "|{% privacy_link %}|{% privacy_link words %}"
)


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    text = TEMPLATE.render(Context({"request": SimpleNamespace(scope=scope), "words": "A & b"}))
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
    await send({"type": "http.response.body", "body": text.encode()})


def test_a_template_asks_and_links() -> None:
    unseen, link, own = call(mounted(app), scope_of("/x")).body.decode().split("|")
    assert unseen == "unseen"
    assert link.startswith('<a href="/-/privacy/preferences?next=/x" data-privacy-action="manage"')
    assert own.endswith(">A &amp; b</a>")
    assert call(mounted(app), scope_of("/x", cookie=token(None, "analytics"))).body.startswith(b"counted|")
