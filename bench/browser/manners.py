"""How a banner behaves: what it covers, whether its answers are alike and in reach, what a strict page makes of it."""

from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from playwright.sync_api import Error as BrowserError

from .contestants import NOBODY, Contestant
from .visits import PHONE

_REST = 1_500
_SHORT = 10_000
ZOOMED = {"width": 320, "height": 256}
"""1280 by 1024 pixels at 400 % (WCAG 2.2, 1.4.10)."""

# Looked at where the visitor's eye is: a transparent ground is that of whatever lies below.
_LOOKS = """button => {
  const style = getComputedStyle(button), box = button.getBoundingClientRect();
  return { color: style.color, ground: style.backgroundColor, border: style.border, font: style.font,
    decoration: style.textDecorationLine, opacity: style.opacity, shadow: style.boxShadow,
    width: Math.round(box.width), height: Math.round(box.height) };
}"""
_IN_REACH = """button => {
  button.scrollIntoView({ block: "nearest" });
  const { x, y, width, height } = button.getBoundingClientRect();
  const found = document.elementFromPoint(x + width / 2, y + height / 2);
  return x >= 0 && y >= 0 && x + width <= innerWidth + 1 && y + height <= innerHeight + 1 && button.contains(found);
}"""
_COUNT_VIOLATIONS = (
    "window.__refused = 0; document.addEventListener('securitypolicyviolation', () => { window.__refused++; })"
)


@dataclass(kw_only=True)
class Manners:
    """What was found. Lists are empty where all is well."""

    covered: float = 0
    """Share of a phone's screen."""
    button_height: float = 0
    unlike: list[str] = field(default_factory=list)
    """In what the two answers of the banner differ."""
    unlike_later: list[str] = field(default_factory=list)
    """The same in the preferences."""
    out_of_reach: list[str] = field(default_factory=list)
    works_without_javascript: bool = False
    strict: str = ""
    strict_with_trusted_types: str = ""
    axe_banner: str = ""
    axe_preferences: str = ""
    requests_after_refusal: int = 0


def examine(browser: Browser, url: str, contestant: Contestant) -> Manners:
    """Look at one contestant from all sides."""
    found = Manners()
    page = _open(browser, url, contestant, **PHONE.context())
    box = page.locator(contestant.banner).bounding_box()
    if box is not None:
        found.covered = box["width"] * box["height"] / (PHONE.width * PHONE.height)
    heights = [page.locator(name).evaluate("button => button.offsetHeight") for name in _answers(contestant)]
    found.button_height = min(heights)
    found.unlike = _differences(page, contestant.accept, contestant.reject)
    found.axe_banner = _axe(page)
    page.locator(contestant.manage).click()
    page.locator(contestant.preferences).wait_for()
    page.wait_for_timeout(_REST)
    found.axe_preferences = _axe(page)
    if contestant.switch:
        page.locator(contestant.switch).check()
    found.unlike_later = _differences(page, *contestant.answers)
    page.context.close()

    page = _open(browser, url, contestant, viewport=ZOOMED)
    found.out_of_reach = [
        name
        for name in ("accept", "reject", "manage")
        if not page.locator(getattr(contestant, name)).evaluate(_IN_REACH)
    ]
    page.context.close()

    found.works_without_javascript = _shows(browser, url, contestant, java_script_enabled=False)
    found.strict = _under(browser, f"{url}csp", contestant)
    found.strict_with_trusted_types = _under(browser, f"{url}tt", contestant)

    page = _open(browser, url, contestant)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.method))
    page.locator(contestant.reject).click()
    page.wait_for_timeout(_REST)
    # The one that records it is what is wanted; who records nothing has none.
    found.requests_after_refusal = len(asked) - asked.count("POST")
    page.context.close()
    return found


def _answers(contestant: Contestant) -> tuple[str, str, str]:
    return contestant.accept, contestant.reject, contestant.manage


def _open(browser: Browser, url: str, contestant: Contestant, **options: Any) -> Page:
    page = browser.new_context(reduced_motion="reduce", **options).new_page()
    page.goto(url)
    page.locator(contestant.banner).wait_for()
    page.wait_for_timeout(_REST)
    return page


def _differences(page: Page, accept: str, reject: str) -> list[str]:
    """In what two buttons differ; widths count from a third on, since words are not equally long."""
    if NOBODY in (accept, reject) or not all(page.locator(name).first.is_visible() for name in (accept, reject)):
        return ["one is missing"]
    page.mouse.move(1, 1)
    one, other = (page.locator(name).first.evaluate(_LOOKS) for name in (accept, reject))
    wide = max(one["width"], other["width"]) > 1.34 * min(one["width"], other["width"])
    return [name for name in one if (wide if name == "width" else one[name] != other[name])]


def _axe(page: Page) -> str:
    """Rules and elements that axe objects to, with its default rules, best practice among them."""
    response = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return f"{len(response)}/{sum(len(rule['nodes']) for rule in response)}" if response else "0"


def _shows(browser: Browser, url: str, contestant: Contestant, **options: Any) -> bool:
    """Whether the banner is there and one can refuse: where nothing can be clicked, by a form."""
    context = browser.new_context(**options)
    page = context.new_page()
    page.goto(url)
    try:
        page.locator(contestant.banner).wait_for(timeout=_SHORT)
        page.locator(contestant.reject).click(timeout=_SHORT)
        page.wait_for_timeout(_REST)
        return not page.locator(contestant.banner).is_visible()
    except BrowserError:
        return False
    finally:
        context.close()


def _under(browser: Browser, url: str, contestant: Contestant) -> str:
    """What becomes of banner and preferences under a strict Content-Security-Policy."""
    context = browser.new_context()
    page = context.new_page()
    page.add_init_script(_COUNT_VIOLATIONS)
    page.goto(url)
    try:
        page.locator(contestant.banner).wait_for(timeout=_SHORT)
        page.wait_for_timeout(_REST)
        refused = page.evaluate("window.__refused")
        page.locator(contestant.manage).click(timeout=_SHORT)
        page.locator(contestant.preferences).wait_for(timeout=_SHORT)
        page.wait_for_timeout(_REST)
        refused = max(refused, page.evaluate("window.__refused"))
    except BrowserError:
        return "no preferences" if page.locator(contestant.banner).is_visible() else "no banner"
    finally:
        context.close()
    return f"{refused} refused" if refused else "ok"
