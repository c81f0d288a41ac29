"""Times visits: when the banner is there, and what the page had to do for it."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from .contestants import Contestant
from .host import OWN

_WATCHING = (Path(__file__).parent / "watching.js").read_text(encoding="utf-8")
_PATIENCE = 20_000
_REST = 1_500
"""Milliseconds that a page is left alone after its load, for what comes late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A device and its line. ``slowdown``: of the processor; throughput in bytes, latency in milliseconds."""

    name: str
    width: int
    height: int
    slowdown: int = 1
    throughput: float = -1
    latency: int = 0

    def context(self) -> dict[str, Any]:
        return {"viewport": {"width": self.width, "height": self.height}}


DESKTOP = Profile(name="desktop", width=1280, height=800)
PHONE = Profile(name="phone", width=390, height=844, slowdown=4, throughput=1.6e6 / 8, latency=150)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Milliseconds from the start of the navigation; ``late``: how long after the page's own first paint the banner came."""

    painted: float
    visible: float | None
    blocked: float
    worked: float
    """Of the main thread, in its own time: what other processes do meanwhile does not count."""
    shift: float
    largest_is_banner: bool

    @property
    def late(self) -> float | None:
        return None if self.visible is None else max(0.0, self.visible - self.painted)


def visit(browser: Browser, url: str, contestant: Contestant, profile: Profile) -> Visit:
    """Visit the page once, as somebody who has never been there."""
    context = browser.new_context(**profile.context())
    context.set_default_timeout(_PATIENCE)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    line: dict[str, float] = {"offline": False, "latency": profile.latency}
    line |= {"downloadThroughput": profile.throughput, "uploadThroughput": profile.throughput}
    session.send("Network.emulateNetworkConditions", line)
    session.send("Emulation.setCPUThrottlingRate", {"rate": profile.slowdown})
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.add_init_script(f"({_WATCHING})({contestant.banner!r})")
    page.goto(url)
    # Where there is none, nothing is waited for, but just as laboriously.
    page.wait_for_function("isThere => !isThere || window.__seen.visible !== null", arg=contestant.name != "no banner")
    page.wait_for_timeout(_REST)
    metrics = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
    seen = page.evaluate("window.__seen")
    painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    context.close()
    return Visit(
        painted=painted,
        visible=seen["visible"],
        blocked=sum(max(0, duration - 50) for _, duration in seen["tasks"]),
        worked=1000 * metrics["TaskDuration"],
        shift=seen["shift"],
        largest_is_banner=seen["largestIsBanner"],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """``needed``: addresses without which the banner does not come, or not as it should; bytes are as sent, compressed."""

    needed: tuple[str, ...]
    needed_bytes: int
    scripts_and_styles: int


def weigh(browser: Browser, url: str, contestant: Contestant, bare_page: int) -> Weight:
    """Find out what is asked for beyond the page's own, and what of it the banner waits for. ``bare_page``: bytes of its HTML."""
    context = browser.new_context(**PHONE.context())
    context.set_default_timeout(_PATIENCE)
    page = context.new_page()
    page.goto(url)
    page.locator(contestant.banner).wait_for()
    page.wait_for_timeout(_REST)
    at_first = _resources(page)
    normal = page.locator(contestant.banner).bounding_box()
    page.locator(contestant.manage).click()
    page.locator(contestant.preferences).wait_for()
    page.wait_for_timeout(_REST)
    in_the_end = _resources(page)
    html = page_bytes(page)
    context.close()

    needed = []
    for address in at_first:
        context = browser.new_context(**PHONE.context())
        page = context.new_page()
        page.route(re.compile(rf"{re.escape(address)}(\?|$)"), lambda route: route.abort())
        page.goto(url)
        page.wait_for_timeout(_REST)
        banner = page.locator(contestant.banner)
        if banner.count() == 0 or banner.bounding_box() != normal:
            needed.append(address)
        context.close()
    return Weight(
        needed=tuple(needed),
        needed_bytes=sum(at_first[address] for address in needed) + html - bare_page,
        scripts_and_styles=sum(size for address, size in in_the_end.items() if address.endswith((".js", ".css"))),
    )


def page_bytes(page: Page) -> int:
    """Bytes of the page's HTML, as sent."""
    size: int = page.evaluate("performance.getEntriesByType('navigation')[0].encodedBodySize")
    return size


def _resources(page: Page) -> dict[str, int]:
    found: dict[str, int] = page.evaluate(
        """own => Object.fromEntries(performance.getEntriesByType("resource")
            .map(entry => [new URL(entry.name).pathname, entry.encodedBodySize])
            .filter(([path]) => !own.includes(path)))""",
        list(OWN),
    )
    return found
