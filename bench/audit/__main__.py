"""Holds `audit` against what independent auditors say of the same bad and good pages.

    python -m bench.audit NODE_MODULES [--collector FOLDER]

The pages are those of `e2e/foreign_sites.py`, under names that look like the Internet's: `www.shop.example`, and a tracker
called `www.google-analytics.com`. See README.md for how to install the others; CI does not run this.
"""

import argparse
import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from consent_middleware import ConsentMiddleware
from consent_middleware.audit.auditing import audit
from e2e.browser import find_chromium, launch_arguments
from e2e.foreign_sites import BAD, GOOD, site
from e2e.serving import Site, served

from .others import RESOLVE, Others

SHOP, TRACKER = "www.shop.example", "www.google-analytics.com"
RULE = Path(__file__).parents[2] / "docs" / "reference" / "rules" / "autoconsent.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("packages", type=Path, metavar="NODE_MODULES")
    parser.add_argument("--collector", type=Path, help="a clone of website-evidence-collector, with its dependencies")
    arguments = parser.parse_args()
    chromium = find_chromium()
    if chromium is None:
        raise SystemExit("No Chromium: name one, CHROMIUM=/path/to/chromium")
    others = Others(packages=arguments.packages.resolve(), collector=arguments.collector, chromium=chromium)
    with sync_playwright() as playwright, served(Starlette(routes=[Route("/{path:path}", pixel)])) as tracker:
        browser = playwright.chromium.launch(executable_path=chromium, args=[*launch_arguments(), RESOLVE])
        head = ("page", "this", "Blacklight", "evidence collector", "autoconsent")
        # A line at a time: each other auditor starts a browser of its own for each page.
        for row in itertools.chain((head, ("---",) * len(head)), _rows(browser, others, tracker)):
            print(f"| {' | '.join(row)} |", flush=True)
        browser.close()


async def pixel(request: object) -> Response:
    return Response(b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", media_type="image/gif")


def _rows(browser: Browser, others: Others, tracker: Site) -> Iterator[tuple[str, ...]]:
    for make in [*BAD, *GOOD]:
        with served(make(tracker.url(TRACKER))) as shop:
            url = shop.url(SHOP, "/")
            found = audit(url, browser, pages=2, gpc=(False,), javascript=(True,))
            ours = ", ".join(sorted({finding.rule for finding in found.findings if finding.severity != "note"})) or "–"
            kind = "bad" if make in BAD else "good"
            yield (
                f"{kind}: {make.__name__.replace('_', ' ')}",
                ours,
                others.blacklight(url),
                others.evidence(url),
                others.autoconsent(url, browser),
            )
    with _own() as url:
        rule = json.loads(RULE.read_text(encoding="utf-8"))
        said = f"{others.autoconsent(url, browser, rule)} by our rule; without it: {others.autoconsent(url, browser)}"
        yield "ours", "–", others.blacklight(url), others.evidence(url), said


@contextmanager
def _own() -> Iterator[str]:
    """A page that counts everybody, behind the middleware."""
    counting = site(lambda _: "", cookies=lambda _: ["_ga=GA1.1.1.1700000000; Path=/; Max-Age=31536000"])
    with served(ConsentMiddleware(counting, secret_key="a key for this bench")) as shop:
        yield shop.url(SHOP, "/")


if __name__ == "__main__":
    main()
