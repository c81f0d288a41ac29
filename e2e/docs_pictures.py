"""Takes the documentation's pictures of the visitor's pages and of the team's: `./dev pictures`."""

from pathlib import Path

from playwright.sync_api import sync_playwright

from demo_site.review.examples import load_examples
from e2e.browser import find_chromium, launch_arguments
from e2e.pictured_overview import month_of_a_shop, open_overview
from e2e.reviewing import open_example, review_served

FOLDER = Path(__file__).parents[1] / "docs" / "images"
PICTURES = {
    "banner": ("first-visit", 1000, 480),
    "preferences": ("preferences-selected", 820, 900),
}
"""By file: the example, and the size of the window."""


def take() -> None:
    """Write every picture anew. A picture differs by the machine's fonts, so that they are taken by hand and not in a test."""
    with review_served() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=launch_arguments())
        for file, (name, width, height) in PICTURES.items():
            page = browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
            open_example(page, site, load_examples()[name], is_unfolded=False)
            page.screenshot(path=FOLDER / f"{file}.png")
            page.close()
        with month_of_a_shop() as shop:
            page = browser.new_page(viewport={"width": 1200, "height": 1000})
            open_overview(page, shop)
            page.screenshot(path=FOLDER / "overview.png")
        browser.close()


if __name__ == "__main__":
    take()
