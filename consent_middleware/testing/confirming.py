"""Whether a choice that was pressed is recorded, and is then what the site holds."""

from time import monotonic

from ..consent import Action
from .expectations import ConsentFailure
from .interface import Answer, Flow, Page
from .observing import Observer
from .window import PATIENCE, Window


def wait_for_answer(observer: Observer, window: Window, action: Action, loads: int) -> Flow[None]:
    """Wait until the site has answered, and the page of then is there. ``loads``: how often a page had come before."""
    address = observer.site.own("choice")
    deadline = monotonic() + PATIENCE
    while not observer.answered:
        yield from window.wait(
            deadline,
            f"{action}: nothing was recorded: no answer to POST {address} within {PATIENCE:.0f} s\n"
            "    → Does the button's form still lead there, and does the site answer below its prefix?",
        )
    if observer.answered[0] not in (200, 303):
        raise ConsentFailure(
            f"{action}: the choice was not recorded: POST {address} was answered with {observer.answered[0]}"
        )
    # A form leads to another page, a script loads this one again where something changed, or says that it is saved.
    while observer.loads == loads and not (yield from _says_saved(window)):
        yield from window.wait(deadline, f"{action}: the page neither followed the choice nor said that it is saved")
    yield window.page.wait_for_load_state()


def compare_with_site(observer: Observer, window: Window, action: Action) -> Flow[None]:
    """Hold what the site says against what was pressed."""
    address = observer.site.own("choice")
    # In a page of its own: the browser knows names that nobody else resolves, and no page's own policy forbids it.
    page = yield window.context.new_page()
    if not isinstance(page, Page):
        raise TypeError(f"a context gave no page but {page!r}")
    reply = yield page.goto(address)
    body = (yield reply.json()) if isinstance(reply, Answer) and reply.status == 200 else None
    yield page.close()
    if not isinstance(body, dict) or not isinstance(body.get("allowed"), list):
        raise ConsentFailure(f"GET {address} does not tell what holds")
    if not body.get("choice_made"):
        raise ConsentFailure(f"{action}: the visitor's choice is forgotten at once: the site says that none was made")
    says = frozenset(str(name) for name in body["allowed"])
    if says != observer.allowed:
        more, less = sorted(says - observer.allowed), sorted(observer.allowed - says)
        lines = [f"{action}: the site holds another choice than the visitor made ({observer.situation})"]
        if more:
            lines.append(f"  ✗ allowed, but not by the visitor: {', '.join(more)}")
        if less:
            lines.append(f"  ✗ allowed by the visitor, but not held: {', '.join(less)}")
        lines.append("    → What does the button send, and does it arrive unchanged?")
        raise ConsentFailure("\n".join(lines))


def _says_saved(window: Window) -> Flow[bool]:
    status = '[data-privacy-ui="status"]:not(:empty)'
    return bool((yield from window.count(status))) and not (yield from window.count("dialog[open]"))
