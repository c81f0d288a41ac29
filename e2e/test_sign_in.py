"""Signing in behind the built-in policy, in three frameworks and in every state a visitor's choice can be in."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from consent_middleware import ConsentMiddleware
from consent_middleware.asgi import ASGIApp
from e2e.accounts import NAME, PASSWORD, django_app, fastapi_app, starlette_app
from e2e.serving import Site, served
from e2e.visitor import choose, names_kept, withdraw

HOST = "www.shop.localhost"
KEY = "a key for tests, long enough to sign with"
COOKIES = {"starlette": {"session"}, "fastapi": {"harbor"}, "django": {"sessionid", "csrftoken"}}


Mount = Callable[[], ASGIApp]
State = Callable[[Page], object]


def mount_of(framework: str, folder: Path) -> Mount:
    """Return what mounts a framework's account site behind the middleware: afresh each time, as a deployment does."""
    make: dict[str, Mount] = {
        "starlette": starlette_app,
        "fastapi": fastapi_app,
        "django": lambda: django_app(folder),
    }
    return lambda: ConsentMiddleware(make[framework](), policy=None, secret_key=KEY)


@pytest.fixture(scope="module", params=list(COOKIES))
def framework(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def mount(framework: str, tmp_path_factory: pytest.TempPathFactory) -> Mount:
    return mount_of(framework, tmp_path_factory.mktemp("accounts"))


@pytest.fixture(scope="module")
def site(mount: Mount) -> Iterator[Site]:
    with served(mount(), https=True) as running_site:
        yield running_site


@pytest.fixture
def visitor(new_context: Callable[..., BrowserContext]) -> Page:
    return new_context(java_script_enabled=False).new_page()


def sign_in(page: Page, site: Site) -> None:
    page.goto(site.url(HOST, "/sign-in"))
    page.locator("[name=username]").fill(NAME)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    greeted(page, NAME)


def greeted(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Hello {name}")


def nothing(page: Page) -> None:
    """Say nothing to the banner."""


def rejected(page: Page) -> None:
    choose(page, "reject-all")


def accepted(page: Page) -> None:
    choose(page, "accept-all")


def withdrawn(page: Page) -> None:
    choose(page, "accept-all")
    withdraw(page)


def signal(page: Page) -> None:
    """Let the browser send Global Privacy Control, and say no more."""
    page.context.set_extra_http_headers({"Sec-GPC": "1"})


# The signal stays on once it is sent: it comes last.
STATES = [nothing, rejected, accepted, withdrawn, signal]


def test_one_can_sign_in_and_stay_signed_in_in_every_state(visitor: Page, framework: str, site: Site) -> None:
    for state in STATES:
        visitor.context.clear_cookies()
        visitor.goto(site.url(HOST))
        greeted(visitor, "stranger")
        state(visitor)
        sign_in(visitor, site)
        visitor.reload()
        greeted(visitor, NAME)
        assert names_kept(visitor.context) == COOKIES[framework], state.__name__


def test_no_choice_and_no_restart_logs_anyone_out(visitor: Page, mount: Mount, site: Site) -> None:
    sign_in(visitor, site)
    states: tuple[State, ...] = (accepted, withdraw, signal)
    for state in states:
        state(visitor)
        visitor.goto(site.url(HOST))
        greeted(visitor, NAME)
    # Another process, which has never seen these cookies being set.
    with served(mount(), https=True) as restarted:
        visitor.goto(restarted.url(HOST))
        greeted(visitor, NAME)
        withdraw(visitor)
        visitor.goto(restarted.url(HOST))
        greeted(visitor, NAME)


def test_django_takes_its_forms_back_before_and_after_a_refusal(visitor: Page, tmp_path: Path) -> None:
    with served(mount_of("django", tmp_path)(), https=True) as site:
        sign_in(visitor, site)
        for act in (nothing, rejected):
            act(visitor)
            visitor.locator("[name=note]").fill(f"written when {act.__name__}")
            visitor.get_by_role("button", name="Keep").click()
            expect(visitor.locator("p", has_text=f"written when {act.__name__}")).to_be_visible()
