"""Real trackers see nothing of a visitor who has not allowed them, work for one who has, and leave nothing behind."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from consent_middleware import ConsentMiddleware, Policy
from consent_middleware.asgi import ASGIApp
from e2e.serving import Site, served
from e2e.test_guard import STATE
from e2e.trackers import TRACKERS, Collector
from e2e.visitor import choose, names_kept, withdraw
from e2e.waiting import until

HOST, TAGS = "www.shop.localhost", "tags.localhost"
# The registry that they come from may be slow.
pytestmark = pytest.mark.deadline(1800)
POLICY = """
csp = "enforce"
[[services]]
id = "tags"
purpose = "security"
hosts = ["tags.localhost"]
[[cookies]]
pattern = "ahoy_*"
purpose = "analytics"
service = "ahoy"
[[storage]]
key = "snowplowOutQueue_*"
purpose = "analytics"
service = "snowplow"
[[storage]]
key = "k/cly_*"
purpose = "analytics"
service = "countly"
[[storage]]
key = "cly_*"
purpose = "analytics"
service = "countly"
""" + "".join(
    f'[[services]]\nid = "{tracker.name}"\npurpose = "analytics"\nhosts = ["{tracker.host}"]\n' for tracker in TRACKERS
)
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
"""Some trackers count no browser that says it has no head."""
QUIET = 700
"""Milliseconds in which nothing happens: nothing more will."""
Kept = dict[str, set[str]]


def naive(port: int) -> str:
    """The tags as their makers say they should be pasted."""
    found = []
    for tracker in TRACKERS:
        host = f"http://{tracker.host}:{port}"
        start = tracker.start.format(host=host)
        if tracker.is_module:
            found.append(f'<script type="module">{start}</script>')
        else:
            found.append(f'<script src="{host}/{tracker.name}.js"></script><script>{start}</script>')
    return "".join(found)


def tag_manager(port: int) -> str:
    """A script that puts the same tags in, one after the other."""
    tags = []
    for tracker in TRACKERS:
        host = f"http://{tracker.host}:{port}"
        src = "" if tracker.is_module else f"{host}/{tracker.name}.js"
        tags.append([src, tracker.start.format(host=host), "module" if tracker.is_module else ""])
    return f"""for (const [src, start, type] of {tags!r}) {{
      const begin = () => document.head.append(Object.assign(document.createElement("script"), {{type, text: start}}));
      if (!src) begin();
      else document.head.append(Object.assign(document.createElement("script"), {{src, onload: begin}}));
    }}"""


def shop(head: str) -> ASGIApp:
    async def page(request: Request) -> HTMLResponse:
        return HTMLResponse(
            f"<!doctype html><html><head><title>Shop</title>{head}</head><body><h1>Shop</h1></body></html>"
        )

    return Starlette(routes=[Route("/", page)])


@pytest.fixture(scope="module")
def collector() -> Iterator[tuple[Collector, Site]]:
    found = Collector()
    with served(found.app) as site:
        found.tag_manager = tag_manager(site.port).encode()
        yield found, site


@pytest.fixture(params=["naive tags", "a tag manager"])
def head(request: pytest.FixtureRequest, collector: tuple[Collector, Site]) -> str:
    port = collector[1].port
    if request.param == "naive tags":
        return naive(port)
    return f'<script src="http://{TAGS}:{port}/tags.js"></script>'


def kept(page: Page) -> Kept:
    """Names of everything the page has stored. Trackers put ids into names: those say nothing."""
    state = page.evaluate(STATE)
    found = {kind: {re.sub(r"[0-9a-f-]{8,}", "…", name) for name in names} for kind, names in state.items()}
    found["cookies"] = {re.sub(r"[0-9a-f-]{8,}", "…", name) for name in names_kept(page.context)}
    return found


NOTHING: Kept = {"cookies": set(), "local": set(), "session": set(), "databases": set()}


def wait_for_all(page: Page, collector: Collector) -> None:
    """Every tracker has sent something."""
    everyone = {tracker.host for tracker in TRACKERS}
    assert until(page, lambda: set(collector.sent), lambda hosts: hosts == everyone) == everyone


def rest(page: Page, collector: Collector) -> None:
    """Until nothing more is asked for, stored or sent: some trackers send their last as a page goes, and it arrives after that."""
    page.wait_for_load_state("networkidle")

    def is_quiet() -> bool:
        before = (collector.asked.total(), kept(page))
        page.wait_for_timeout(QUIET)
        return (collector.asked.total(), kept(page)) == before

    assert until(page, is_quiet)


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    return new_context(user_agent=AGENT).new_page()


@pytest.fixture
def without_us(new_context: Callable[..., BrowserContext], head: str, collector: tuple[Collector, Site]) -> Kept:
    """What the trackers store where nobody asks."""
    context = new_context(user_agent=AGENT)
    page = context.new_page()
    with served(shop(head)) as site:
        page.goto(site.url(HOST))
        wait_for_all(page, collector[0])
        rest(page, collector[0])
        found = kept(page)
        page.goto(site.url(HOST, "/nothing"))
        rest(page, collector[0])
    context.close()
    collector[0].forget()
    return found


def test_trackers_wait_work_and_are_gone(
    page: Page, head: str, without_us: Kept, collector: tuple[Collector, Site]
) -> None:
    seen, _ = collector
    app = ConsentMiddleware(shop(head), policy=Policy.parse(POLICY), secret_key="a key for tests")
    assert sum(map(len, without_us.values())) > 8
    with served(app) as site:
        page.goto(site.url(HOST))
        rest(page, seen)
        assert (dict(seen.asked), kept(page)) == ({}, NOTHING)

        choose(page, "reject-all")
        page.goto(site.url(HOST))
        rest(page, seen)
        assert (dict(seen.asked), kept(page)) == ({}, NOTHING)

        page.evaluate("privacy.open()")
        page.locator('dialog [data-privacy-action="accept-all"]').click()
        wait_for_all(page, seen)
        assert until(page, lambda: kept(page), lambda found: found == without_us) == without_us

        withdraw(page)
        rest(page, seen)
        seen.forget()
        page.goto(site.url(HOST))
        rest(page, seen)
        assert (dict(seen.asked), kept(page)) == ({}, NOTHING)
