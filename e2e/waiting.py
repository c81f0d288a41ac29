"""Waits for what a page, or the server behind it, does, while the browser's events go on."""

from collections.abc import Callable
from typing import TypeVar

from playwright.sync_api import Page

from tests import waiting

T = TypeVar("T")

_TICK = 20


def until(
    page: Page, read: Callable[[], T], is_right: Callable[[T], bool] = bool, *, patience: float = waiting.PATIENCE
) -> T:
    """Return what ``read`` gives once that is right, or at last what it gave then: for a test to assert, and to show."""
    return waiting.until(read, is_right, pause=lambda: page.wait_for_timeout(_TICK), patience=patience)
