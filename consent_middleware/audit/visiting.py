"""One visitor of an audit: a fresh browser that goes from page to page, chooses, and notes what it sees."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin, urlsplit

from .controls import Place, find_controls, first
from .evidence import STORED_KEYS, Asked, Evidence, KeptCookie, Probe, Situation, StoredKey

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request, Response

_QUIET = 0.25
_LONGEST_SETTLING = 4.0
_TIMEOUT = 15_000
_SURFACE = Path(__file__).with_name("surface.js").read_text(encoding="utf-8")
_GPC = "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {get: () => true, configurable: true})"
_PROBES = 'Array.from(window[Symbol.for("consent-audit-probes")] ?? [])'
_LINKS = "Array.from(document.querySelectorAll('a[href]'), link => link.href).slice(0, 500)"
_HINTS = ("accept-ch", "critical-ch")
_LOW_ENTROPY = frozenset({"sec-ch-ua", "sec-ch-ua-mobile", "sec-ch-ua-platform", "save-data", ""})


class Visitor:
    """``allowed`` is what this visitor has allowed at the moment; every request is noted with it."""

    def __init__(self, browser: "Browser", situation: Situation, allowed: frozenset[str]) -> None:
        self.situation = situation
        self.allowed = allowed
        self._once_allowed = allowed
        self._context = browser.new_context(
            java_script_enabled=situation.javascript,
            ignore_https_errors=True,
            extra_http_headers={"Sec-GPC": "1"} if situation.gpc else {},
        )
        self._context.set_default_timeout(_TIMEOUT)
        self._context.add_init_script(_SURFACE)
        if situation.gpc:
            self._context.add_init_script(_GPC)
        self.page: Page = self._context.new_page()
        self._context.on("request", self._note_request)
        self._context.on("response", self._note_response)
        self._last_request = monotonic()
        self._requests: list[Asked] = []
        self._sizes: dict[str, int] = {}
        self._hints: set[str] = set()
        self._keys: set[StoredKey] = set()
        self._probes: set[Probe] = set()

    def close(self) -> None:
        self._context.close()

    def begin(self, situation: Situation, allowed: frozenset[str]) -> None:
        """Forget what was seen, not what is kept: the same browser, in a new situation."""
        self.situation = situation
        self._once_allowed |= self.allowed
        self.allowed = allowed
        self._requests.clear()
        self._hints.clear()
        self._probes.clear()
        self._keys.clear()

    def goto(self, address: str) -> bool:
        """Open a page and wait until it asks for nothing more; say whether it is one."""
        from playwright.sync_api import Error

        try:
            response = self.page.goto(address, wait_until="load")
        except Error:
            return False
        self.settle()
        self._look()
        return response is not None and "html" in response.headers.get("content-type", "html")

    def settle(self) -> None:
        deadline = monotonic() + _LONGEST_SETTLING
        self._last_request = max(self._last_request, monotonic() - _QUIET / 2)
        while monotonic() < min(deadline, self._last_request + _QUIET):
            self.page.wait_for_timeout(30)

    def links(self) -> list[str]:
        """Where the page leads to on the same host, without fragments."""
        own = urlsplit(self.page.url)
        found: dict[str, None] = {}
        for link in self.page.evaluate(_LINKS):
            address = urldefrag(urljoin(self.page.url, str(link))).url
            if urlsplit(address)[:2] == own[:2]:
                found[address] = None
        return list(found)

    def controls(self) -> list[Place]:
        return find_controls(self.page)

    def press(self, place: Place) -> bool:
        """Press a control and wait for what it leads to; say whether it could be pressed."""
        from playwright.sync_api import Error

        element = place.element()
        if element is None:
            return False
        self._last_request = monotonic()
        try:
            element.click(timeout=3_000)
        except Error:
            # Something lies above it, or it went away: a visitor could not press it either.
            return False
        self.settle()
        try:
            self.page.wait_for_load_state()
        except Error:
            return False
        self._look()
        return True

    def accept(self) -> bool:
        place = first(self.controls(), "accept", in_notice=True)
        return place is not None and self.press(place)

    def refuse(self) -> bool:
        """Reject everything: by the notice, or a layer further, or by turning every switch off."""
        for _ in range(2):
            places = self.controls()
            reject = first(places, "reject")
            if reject is not None:
                return self.press(reject)
            save = first(places, "save")
            if save is not None:
                self._turn_off(places)
                return self.press(save)
            manage = first(places, "manage", in_notice=True) or first(places, "manage")
            if manage is None or not self.press(manage):
                return False
        return False

    def screenshot(self) -> bytes:
        return self.page.screenshot(type="jpeg", quality=60)

    def evidence(self) -> Evidence:
        """Everything seen since the situation began, and what the browser keeps now."""
        self._look()
        cookies = [
            KeptCookie(
                name=row["name"],
                value=row["value"],
                domain=row["domain"],
                path=row["path"],
                http_only=row["httpOnly"],
                expires=row["expires"],
            )
            for row in self._context.cookies()
        ]
        return Evidence(
            situation=self.situation,
            allowed=self.allowed,
            once_allowed=self._once_allowed,
            cookies=frozenset(cookies),
            keys=frozenset(self._keys),
            requests=tuple(self._sized(self._requests)),
            probes=frozenset(self._probes),
            hints=frozenset(self._hints),
        )

    def _turn_off(self, places: Iterable[Place]) -> None:
        from playwright.sync_api import Error

        for place in places:
            element = place.element() if place.control.kind == "switch" and place.control.is_on else None
            if element is not None and not place.control.is_fixed:
                try:
                    element.click(timeout=2_000, force=True)
                except Error:
                    continue

    def _look(self) -> None:
        """Read what the page keeps, and what its scripts asked; it is gone once another page is opened."""
        from playwright.sync_api import Error

        for frame in self.page.frames:
            try:
                for area, origin, name in frame.evaluate(STORED_KEYS):
                    self._keys.add(StoredKey(area=area, origin=origin, name=name))
                for probe in frame.evaluate(_PROBES):
                    family, _, script = str(probe).partition(" ")
                    self._probes.add(Probe(family=family, script=script))
            except Error:
                continue

    def _sized(self, requests: Iterable[Asked]) -> Iterable[Asked]:
        return (replace(request, size=self._sizes.get(request.url)) for request in requests)

    def _note_request(self, request: "Request") -> None:
        self._last_request = monotonic()
        self._requests.append(Asked(url=request.url, kind=request.resource_type, allowed=self.allowed))

    def _note_response(self, response: "Response") -> None:
        self._last_request = monotonic()
        size = response.headers.get("content-length", "")
        if size.isdecimal():
            self._sizes[response.url] = int(size)
        for header in _HINTS:
            asked = {hint.strip() for hint in response.headers.get(header, "").split(",")}
            self._hints |= {hint for hint in asked if hint.lower() not in _LOW_ENTROPY}
