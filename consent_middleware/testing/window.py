"""What a flow reads from a page, and how long it waits for it."""

from collections.abc import Iterator
from time import monotonic

from ..audit.evidence import STORED_KEYS, KeptCookie, StoredKey
from .expectations import ConsentFailure
from .interface import Context, Flow, Locator, Page
from .observing import Observer

PATIENCE = 30.0
"""Seconds until a choice has to be recorded and its page has to be there."""
PREFERENCES = '[data-privacy-ui="preferences"]'
_TICK = 20
_QUIET = 0.3
_LONGEST_SETTLING = 3.0


class Window:
    """One page in one browser. What it finds of cookies goes into the observer's journal."""

    def __init__(self, context: Context, page: Page, observer: Observer) -> None:
        self.context = context
        self.page = page
        self._observer = observer

    def goto(self, path: str = "/") -> Flow[None]:
        yield self.page.goto(self._observer.site.address(path))

    def need_a_page(self) -> Flow[None]:
        """Go to the site's first page where the browser shows none yet."""
        if self.page.url == "about:blank":
            yield from self.goto()

    def open_preferences(self) -> Flow[None]:
        """Open the preference center, by the control of the page."""
        yield from self.need_a_page()
        shown = f"{PREFERENCES}:visible"
        if (yield from self.count(shown)):
            return
        yield (yield from self.control("manage")).click()
        deadline = monotonic() + PATIENCE
        while not (yield from self.count(shown)):
            yield from self.wait(deadline, "the preference center did not open")

    def control(self, action: str) -> Flow[Locator]:
        """Return the visible control for ``action``, or fail with those that there are."""
        if not (yield from self.offers(action)):
            raise ConsentFailure((yield from self._nothing_to_press(action)))
        return self.page.locator(_control(action)).first

    def offers(self, action: str) -> Flow[bool]:
        return bool((yield from self.count(_control(action))))

    def count(self, selector: str) -> Flow[int]:
        return number((yield self.page.locator(selector).count()))

    def each(self, selector: str) -> Flow[Iterator[Locator]]:
        """Return every element that there is now, as a locator of its own."""
        found = self.page.locator(selector)
        return map(found.nth, range(number((yield found.count()))))

    def wait(self, deadline: float, otherwise: str) -> Flow[None]:
        """Let a moment go by, and fail with ``otherwise`` after ``deadline``."""
        if monotonic() > deadline:
            raise ConsentFailure(otherwise)
        yield self.page.wait_for_timeout(_TICK)

    def settle(self) -> Flow[None]:
        """Let what the page still asks for be asked for: scripts load scripts."""
        yield self.page.wait_for_load_state()
        deadline = monotonic() + _LONGEST_SETTLING
        while monotonic() < min(deadline, self._observer.last_request + _QUIET):
            yield self.page.wait_for_timeout(_TICK)

    def look(self) -> Flow[None]:
        """Note which cookies the browser has now."""
        self._observer.journal.note_cookies(read_cookies((yield self.context.cookies())))

    def stored_keys(self) -> Flow[frozenset[StoredKey]]:
        found = set[StoredKey]()
        for frame in self.page.frames:
            rows = yield frame.evaluate(STORED_KEYS)
            for area, origin, name in rows if isinstance(rows, list) else ():
                found.add(StoredKey(area=area, origin=str(origin), name=str(name)))
        return frozenset(found)

    def _nothing_to_press(self, action: str) -> Flow[str]:
        names = []
        for control in (yield from self.each("[data-privacy-action]:visible")):
            names.append(str((yield control.get_attribute("data-privacy-action"))))
        hidden = yield from self.count(f'[data-privacy-action="{action}"]')
        return (
            f"{action}: no visible control for it on {self.page.url}"
            + (" (it is in the page, but hidden)" if hidden else "")
            + f"\n  visible controls: {', '.join(sorted(set(names))) or 'none'}"
            + "\n    → Is the middleware around this page, and does a style of the site hide its banner or its entry?"
        )


def read_cookies(rows: object) -> list[KeptCookie]:
    """Playwright's cookies as values."""
    return [
        KeptCookie(
            name=str(row["name"]),
            value=str(row["value"]),
            domain=str(row["domain"]),
            path=str(row["path"]),
            http_only=bool(row["httpOnly"]),
            expires=float(row["expires"]),
        )
        for row in (rows if isinstance(rows, list) else ())
    ]


def number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _control(action: str) -> str:
    return f'[data-privacy-action="{action}"]:visible'
