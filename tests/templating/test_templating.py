"""Templates ask what is allowed, and link to the choices."""

from typing import Any

import pytest
from jinja2 import Environment
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route

from consent_middleware import ConsentMiddleware
from consent_middleware.templating import privacy_link, template_context
from tests.driving import Answer, call, get, mounted, scope_of, token, visit_page

TEMPLATE = Environment(autoescape=True).from_string(
    '<!doctype html>{% if asks %}{% if consent.allows("analytics") %}counted{% else %}unseen{% endif %}{% endif %}'
    '|{{ privacy_link() }}|{{ privacy_link("Crumbs & co") }}'
)
LANGUAGES = '[site]\nlanguages = ["en", "zh-Hans"]\n'


async def page(request: Request) -> HTMLResponse:
    asks = "quiet" not in request.query_params
    media_type = "text/plain" if "plain" in request.query_params else "text/html"
    return HTMLResponse(TEMPLATE.render(asks=asks, **template_context(request)), media_type=media_type)


def shop(policy: str | None = None, **options: Any) -> ConsentMiddleware:
    routes = [Route("/", page), Route("/zh-hans", page), Mount("/shop", routes=[Route("/page", page)])]
    return mounted(Starlette(routes=routes), policy, **options)


def parts(answer: Answer) -> list[str]:
    assert answer.error is None
    return answer.body.decode().split("|")


def test_a_template_asks_what_is_allowed() -> None:
    assert parts(get(shop()))[0].endswith("unseen")
    assert parts(get(shop(), cookie=token(None, "analytics")))[0].endswith("counted")


def test_an_answer_varies_only_where_the_template_asked() -> None:
    assert get(shop(), "/?plain=1").value(b"vary") == b"Cookie, Sec-GPC"
    assert get(shop(), "/?plain=1&quiet=1").value(b"vary") is None


def test_the_link_leads_to_the_choices_and_back_to_the_page() -> None:
    link = parts(get(shop(), "/?quiet=1&a=b"))[1]
    assert 'href="/-/privacy/preferences?next=/%3Fquiet%3D1%26a%3Db"' in link
    assert 'data-privacy-action="manage"' in link
    assert ">Privacy choices</a>" in link


def test_the_link_speaks_the_visitors_language_unless_the_site_does() -> None:
    answer = get(shop(LANGUAGES), headers=[(b"accept-language", b"zh-CN,zh;q=0.9")])
    assert ' lang="zh-Hans">隐私选择</a>' in parts(answer)[1]
    assert ">Crumbs &amp; co</a>" in parts(answer)[2]


def test_the_link_speaks_the_language_of_its_page_as_the_banner_does() -> None:
    chinese = [(b"accept-language", b"zh-CN,zh;q=0.9")]
    first = shop(LANGUAGES + 'language_from = "first"\n')
    assert ' lang="en">Privacy choices</a>' in parts(get(first, headers=chinese))[1]
    by_path = shop(LANGUAGES + 'language_from = "path"\n')
    assert ' lang="zh-Hans">隐私选择</a>' in parts(get(by_path, "/zh-hans"))[1]
    asked = shop(LANGUAGES, language_of=lambda scope: "en")
    assert ' lang="en">Privacy choices</a>' in parts(get(asked, headers=chinese))[1]


def test_in_pages_that_are_the_same_for_everybody_the_link_does_not_ask_the_browser() -> None:
    shared = shop('delivery = "fragment"\n' + LANGUAGES)
    answers = [parts(get(shared, headers=[(b"accept-language", name)]))[1] for name in (b"zh-CN", b"en")]
    assert answers[0] == answers[1]


@pytest.mark.parametrize("opens", [get, visit_page])
def test_the_link_of_a_mounted_app_leads_to_the_choices_of_the_whole_one(opens: Any) -> None:
    link = parts(opens(shop('entry = "manual"'), "/shop/page"))[-2]
    assert 'href="/-/privacy/preferences?next=/shop/page"' in link


def test_in_observe_mode_there_is_nothing_to_link_to() -> None:
    assert parts(get(shop(mode="observe")))[1:] == ["", ""]


def test_a_plain_scope_will_do() -> None:
    scope = scope_of("/x")
    seen: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(privacy_link(scope))
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    call(mounted(app), scope)
    assert 'href="/-/privacy/preferences?next=/x"' in seen[0]
