"""What a request leaves behind: nothing that waits for the garbage collector, which every later request would pay for."""

import gc

import pytest

from tests.driving import HTML, NAVIGATION, PAGE, App, drive, mounted, scope_of, token


@pytest.mark.parametrize("headers", [(), NAVIGATION])
@pytest.mark.parametrize("cookie", ["", token("", "preference") + "; _ga=1"])
def test_a_request_leaves_no_cycle_behind(headers: tuple[tuple[bytes, bytes], ...], cookie: str) -> None:
    middleware = mounted(App(headers=[HTML], body=PAGE))
    drive(middleware, scope_of("/", headers=headers, cookie=cookie))
    # What other tests keep need not be looked through each time.
    gc.collect()
    gc.freeze()

    def left_behind_by_twenty() -> int:
        gc.collect()
        gc.disable()
        try:
            for _ in range(20):
                drive(middleware, scope_of("/", headers=headers, cookie=cookie))
            return gc.collect()
        finally:
            gc.enable()

    # Other tests' threads may leave something too, but not each time.
    assert min(left_behind_by_twenty() for _ in range(3)) < 20
