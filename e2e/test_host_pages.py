"""What host pages do to the banner, the dialog and the entry, and these to host pages: nothing."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from consent_middleware import ConsentMiddleware, Policy
from consent_middleware.testing import consent_cookie
from e2e.host_sheets import SHEETS
from e2e.pictures import share_apart
from e2e.serving import served
from tests.pages.site import COOKIE, KEYS, Site

# The registry that packages come from may be slow.
pytestmark = pytest.mark.deadline(1800)
NewContext = Callable[..., BrowserContext]
Looks = dict[str, bytes]

MOST_APART = 0.0005
"""Of the pixels of a picture; the browser itself does not round the same way each time."""

BANNER = "#privacy-consent-ui"
ENTRY = '[data-privacy-ui="entry"]'
WIDE: ViewportSize = {"width": 900, "height": 700}
PHONE: ViewportSize = {"width": 390, "height": 700}

# Adapting is by design where the host names a font, or says that it is light; its ground shows beside round corners.
PINS = """
html:root { --privacy-font: sans-serif; background: #fff !important; } body { background: #fff !important; filter: none !important; }
body:not(.x#x) > main:not(.x#x) { visibility: hidden !important; }
"""

# One of everything a host page is likely to have.
CONTENT = """
<header><nav><ul><li><a href="/">Home</a></li><li><a href="/a" aria-current="page">Here</a></li></ul></nav></header>
<h2>Two</h2><h3>Three</h3><p>Words, <a href="/b">a link</a>, <strong>strong</strong>, <small>small</small>, <code>code</code>.</p>
<ul><li>One</li><li>Two</li></ul><dl><dt>Term</dt><dd>Meaning</dd></dl><blockquote>Quoted</blockquote><pre>pre</pre>
<form><label for="f">Field</label><input id="f"><label><input type="checkbox" checked> Box</label><select><option>One</option></select>
<textarea>Text</textarea><button type="button">Button</button><button class="btn btn-primary button">Other</button></form>
<table><thead><tr><th>Head</th></tr></thead><tbody><tr><td>Cell</td></tr></tbody></table>
<details open><summary>Summary</summary><p>Details</p></details><dialog open>Dialog</dialog><section><h2>Section</h2></section>
<aside>Aside</aside><article>Article</article><hr><progress value=".5"></progress><footer><p>Foot</p></footer>
"""

# Custom properties too: nothing of ours may be called as theirs.
# Not of the root: while the banner is there, one can scroll the end of the page out from under it.
STYLES = """() => [...document.querySelectorAll("body, main, main *")].map(element => {
  const style = getComputedStyle(element);
  return [...style].map(name => name + ":" + style.getPropertyValue(name)).join(";");
})"""
# It would be gone after five seconds, which a busy machine needs for a picture.
HOLD = 'status => { status.textContent = "Saved."; Object.defineProperty(status, "textContent", { set() {} }); }'
END = "document.getAnimations().forEach(animation => animation.finish())"
REMOVE = 'document.querySelectorAll("[data-privacy-ui], [href*=privacy]").forEach(element => element.remove())'


def bare(html: str) -> str:
    """The same page as if nobody had inserted anything."""
    return re.sub(r'<link rel="stylesheet" href="/-/privacy.*?(?=\s*<main>)', "", html, flags=re.DOTALL)


@pytest.fixture
def view(new_context: NewContext) -> Callable[..., Page]:
    def open_page(size: ViewportSize = WIDE) -> Page:
        context = new_context(viewport=size, reduced_motion="reduce")
        return context.new_page()

    return open_page


def looks(page: Page, url: str) -> Looks:
    """Take pictures of all that is ours in this page, with the focus on a button and after a refusal."""
    found: Looks = {}
    page.set_viewport_size(PHONE)
    page.goto(url)
    found["phone"] = page.locator(BANNER).screenshot()
    found["phone's page"] = page.screenshot()
    page.set_viewport_size(WIDE)
    page.keyboard.press("Tab")
    page.locator(f"{BANNER} button").first.focus()
    found["banner"] = page.locator(BANNER).screenshot()
    page.evaluate("privacy.open()")
    page.locator("dialog[open] details").first.wait_for()
    page.locator("dialog details").evaluate_all("all => all.forEach(one => { one.open = true })")
    # Nearly all of it: where all had room, it would stand on a fraction of a pixel, which is rounded as the host is composited.
    page.set_viewport_size({"width": 900, "height": 2300})
    page.evaluate("document.activeElement.blur()")
    found["dialog"] = page.locator('[data-privacy-ui="dialog"]').screenshot()
    page.set_viewport_size(WIDE)
    found["ground"] = page.screenshot(clip={"x": 0, "y": 0, "width": 20, "height": 20})
    page.locator('[data-privacy-ui="dialog"] [data-privacy-action="reject-all"]').click()
    expect(page.locator(BANNER)).to_have_count(0)
    page.mouse.move(400, 20)
    status = page.locator('[data-privacy-ui="status"]')
    status.evaluate(HOLD)
    found["status"] = status.screenshot()
    found["entry"] = page.locator(ENTRY).screenshot()
    return found


ASKING = Policy.parse("""
[site]
minimum_age = 14
[children]
ask = true
[[notices]]
id = "leak"
kind = "incident"
from = 2026-01-01
text = "Somebody read a list of e-mail addresses. Beware of mail that asks for a password."
url = "/news"
""")
NOTICE = '[data-privacy-ui="notice"]'


def looks_of_age_and_notice(page: Page, url: str) -> Looks:
    """Take pictures of the question of age as it is asked and answered, and of what is told in the banner's place."""
    found: Looks = {}
    page.set_viewport_size(PHONE)
    page.goto(url)
    found["age on a phone"] = page.locator(BANNER).screenshot()
    page.set_viewport_size(WIDE)
    for said in ("under", "over"):
        page.locator(f'[name="age"][value="{said}"]').check()
        found[said] = page.locator(BANNER).screenshot()
    # It is told by itself to whoever has chosen before.
    _, value = consent_cookie(ASKING, KEYS, age="over")
    page.context.add_cookies([{"name": COOKIE, "value": value, "url": url}])
    page.goto(url)
    # Above whatever the page stacks, as the banner is.
    assert page.locator(f"{NOTICE}:popover-open").count() == 1
    found["notice"] = page.locator(NOTICE).screenshot()
    page.set_viewport_size(PHONE)
    found["notice on a phone"] = page.locator(NOTICE).screenshot()
    found["its page"] = page.screenshot()
    return found


@pytest.fixture(scope="module")
def plain() -> Looks:
    return {}


@pytest.fixture(scope="module")
def plain_age_and_notice() -> Looks:
    return {}


@pytest.mark.parametrize("name", SHEETS)
def test_a_host_page_and_what_is_inserted_leave_each_other_alone(
    name: str, view: Callable[..., Page], plain: Looks
) -> None:
    sheet = SHEETS[name]()
    # In the page itself: the test is of what it says, not of how it is sent.
    if not plain:
        with served(Site(head=f"<style>{PINS}</style>", csp="")) as site:
            plain.update(looks(view(), site.url()))
    page = view()
    with served(Site(head=f"<style>{sheet}{PINS}</style>", csp="")) as site:
        found = looks(page, site.url())
    apart = {part: share_apart(page.context, plain[part], picture) for part, picture in found.items()}
    assert {part: share for part, share in apart.items() if share > MOST_APART} == {}

    page.context.clear_cookies()
    with served(Site(head=f"<style>{sheet}</style>", body=CONTENT, csp="")) as site:
        page.goto(site.url())
        expect(page.locator(BANNER)).to_be_visible()
        page.evaluate(END)
        beside = page.evaluate(STYLES)
        page.evaluate(REMOVE)
        after = page.screenshot(full_page=True, animations="disabled")
        page.route(site.url(), lambda route: route.fulfill(response=(got := route.fetch()), body=bare(got.text())))
        page.goto(site.url())
        expect(page.locator(BANNER)).to_have_count(0)
        page.evaluate(END)
        # Lines that go from top to bottom end above the banner while it is there: no scrolling would bring up their ends.
        assert page.evaluate(STYLES) == beside or name == "vertical"
        assert share_apart(page.context, page.screenshot(full_page=True, animations="disabled"), after) <= MOST_APART


@pytest.mark.parametrize("name", SHEETS)
def test_a_host_page_leaves_the_question_of_age_and_notices_alone(
    name: str, view: Callable[..., Page], plain_age_and_notice: Looks
) -> None:
    if not plain_age_and_notice:
        with served(Site(ASKING, head=f"<style>{PINS}</style>", csp="")) as site:
            plain_age_and_notice.update(looks_of_age_and_notice(view(), site.url()))
    page = view()
    with served(Site(ASKING, head=f"<style>{SHEETS[name]()}{PINS}</style>", csp="")) as site:
        found = looks_of_age_and_notice(page, site.url())
    apart = {part: share_apart(page.context, plain_age_and_notice[part], picture) for part, picture in found.items()}
    assert {part: share for part, share in apart.items() if share > MOST_APART} == {}


def film(frame: str, sheet: str) -> ConsentMiddleware:
    """An app of one page with a frame of a third party."""
    html = f"<!doctype html><html><head><title>Film</title><style>{sheet}</style></head><body>{frame}</body></html>"

    async def home(request: Request) -> HTMLResponse:
        return HTMLResponse(html)

    return ConsentMiddleware(Starlette(routes=[Route("/", home)]), policy=Policy(), secret_key="a key for tests")


@pytest.mark.parametrize("name", ["bootstrap", "habits", "vertical"])
def test_what_stands_for_a_frame_is_as_large_as_the_frame(name: str, view: Callable[..., Page]) -> None:
    frame = '<iframe src="https://www.youtube.com/embed/x" title="The ferry" width="480" height="270"></iframe>'
    with served(film(frame, SHEETS[name]())) as site:
        page = view()
        page.goto(site.url())
        placeholder = page.locator('[data-privacy-ui="placeholder"]')
        border = 2
        assert placeholder.evaluate("one => [one.offsetWidth, one.offsetHeight]") == [480 + border, 270 + border]
        words = placeholder.locator("p").bounding_box()
        place = placeholder.bounding_box()
        assert words is not None
        assert place is not None
        # In the middle, not at an edge.
        assert words["y"] - place["y"] > 15


def test_what_stands_for_a_low_frame_shows_its_buttons_all_the_same(view: Callable[..., Page]) -> None:
    frame = '<iframe src="https://www.youtube.com/embed/x" title="The ferry" class="low"></iframe>'
    with served(film(frame, "body { margin: 0 } .low { width: 100%; height: 90px }")) as site:
        page = view({"width": 360, "height": 700})
        page.goto(site.url())
        placeholder = page.locator('[data-privacy-ui="placeholder"]')
        assert placeholder.evaluate("one => [one.offsetWidth, one.scrollHeight - one.clientHeight]") == [360, 0]
        for button in placeholder.locator("button").all():
            expect(button).to_be_in_viewport(ratio=1)
