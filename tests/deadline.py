"""A test that hangs is ended, and says where it hung: every other one still runs.

Both suites take the three hooks into their ``conftest.py``. A test that needs longer says so: ``@pytest.mark.deadline(seconds)``.
"""

import faulthandler
import signal
import sys
import tempfile
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from types import FrameType

import pytest

SECONDS = 240
"""For each of a test's three phases: many times what the slowest takes on a slow machine."""


def configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "deadline(seconds): end this test after so long, instead of some minutes")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, None, None]:
    with _ended_in_time(item, "setup"):
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    with _ended_in_time(item, "call"):
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    with _ended_in_time(item, "teardown"):
        yield


@contextmanager
def _ended_in_time(item: pytest.Item, phase: str) -> Iterator[None]:
    # Signals reach the main thread alone, and Windows knows no such alarm.
    if not hasattr(signal, "SIGALRM") or threading.current_thread() is not threading.main_thread():
        yield
        return
    mark = item.get_closest_marker("deadline")
    seconds = float(mark.args[0]) if mark else SECONDS

    def end(number: int, frame: FrameType | None) -> None:
        item.add_report_section(phase, "every thread, where it hung", _stacks())
        # Raised where the main thread waits; Playwright hands it on from its event loop to the call that waits for it.
        pytest.fail(f"{item.name}: its {phase} was not over after {seconds:g} s, and was ended there")

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _stacks() -> str:
    sys.stderr.flush()
    with tempfile.TemporaryFile("w+") as file:
        faulthandler.dump_traceback(file)
        file.seek(0)
        return file.read()
