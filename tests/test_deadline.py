"""A test that hangs does not hold up the others."""

import signal
import threading

import pytest


def test_a_test_that_hangs_is_ended_where_it_hangs_and_says_so(request: pytest.FixtureRequest) -> None:
    # As if its time were nearly over.
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    with pytest.raises(pytest.fail.Exception, match=f"{request.node.name}: its call was not over after"):
        threading.Event().wait(30)
    (told,) = [text for _, title, text in request.node._report_sections if "where it hung" in title]
    assert "test_deadline.py" in told
    request.node._report_sections.clear()
