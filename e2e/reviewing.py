"""The examples in a browser: each opened, unfolded and ready to be looked at."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from demo_site.assembly import assemble
from demo_site.review.app import PATH
from demo_site.review.examples import Example
from e2e.serving import Site, served

UNFOLD = "document.querySelectorAll('details').forEach(element => element.open = true)"
_KEY = "a key for examples, which nobody's choice is signed with"


@contextmanager
def review_served() -> Iterator[Site]:
    """Serve the demo with its review page."""
    with TemporaryDirectory() as folder:
        app = assemble(data=Path(folder), tracker="http://tracker.localhost:9", secret_key=_KEY, review=True)
        with served(app) as site:
            yield site


def open_example(page: Page, site: Site, example: Example, *, is_unfolded: bool = True) -> None:
    """Go to an example; a dialog is open, and every detail is in sight."""
    answer = page.goto(site.url("localhost", f"{PATH}/{example.name}/"))
    assert answer is not None
    assert answer.ok or example.shows == "message", (example.name, answer.status)
    if example.shows == "dialog":
        page.locator("dialog[open] main").wait_for()
    if is_unfolded:
        page.evaluate(UNFOLD)


AXE = Axe().axe_script
"""For a context's ``add_init_script``: half a megabyte is sent once, and not with each page."""


def violations(page: Page, **options: object) -> list[str]:
    """What axe finds with its default rules, best practices among them, one line for each element."""
    found = page.evaluate(
        "options => axe.run(options).then(results => results.violations)", {"resultTypes": ["violations"], **options}
    )
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


# Every text in sight with its contrast, as the browser computes the colors: a forced color counts, which axe does not see.
_CONTRASTS = """root => {
    const channels = color => color.match(/[\\d.]+/g).map(Number);
    const luminance = ([red, green, blue]) => [red, green, blue]
        .map(value => value / 255)
        .map(value => value <= .04045 ? value / 12.92 : ((value + .055) / 1.055) ** 2.4)
        .reduce((sum, value, index) => sum + value * [.2126, .7152, .0722][index], 0);
    const ground = element => {
        for (; element; element = element.parentElement) {
            const color = channels(getComputedStyle(element).backgroundColor);
            if (color.length < 4 || color[3] === 1) return color;
        }
        return [255, 255, 255];
    };
    return [...document.querySelectorAll(`${root} *`)]
        .filter(element => [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
        .filter(element => element.checkVisibility() && !element.closest(".privacy-ui-unseen, script, style"))
        .map(element => {
            const pair = [channels(getComputedStyle(element).color), ground(element)].map(luminance);
            return [element.textContent.trim().slice(0, 40), (Math.max(...pair) + .05) / (Math.min(...pair) + .05)];
        });
}"""


def contrasts(page: Page, root: str) -> list[tuple[str, float]]:
    """Every text below ``root`` with its contrast ratio (WCAG 2.2, 1.4.6)."""
    return [(text, ratio) for text, ratio in page.evaluate(_CONTRASTS, root)]
