"""What telemetry costs, in process: `python -m bench.engine.costs`.

The best of many short runs, since a shared machine only ever adds. Nothing is read from outside the repository.
"""

import timeit
from collections.abc import Callable, Iterator
from itertools import count

from consent_middleware.telemetry import build_masks, layout_engine, mask_client, take_snapshot, warm
from consent_middleware.telemetry.logs import mask_addresses
from consent_middleware.telemetry.user_agents import reduce_user_agent

HOST = b"shop.example"
PHONE = (
    b"Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/121.0.6167.85 Mobile "
    b"Safari/537.36"
)
NAVIGATION = {
    b"user-agent": PHONE,
    b"accept-language": b"de-AT,de;q=0.9,en;q=0.8",
    b"referer": b"https://shop.example/cart?step=2",
    b"x-forwarded-for": b"203.0.113.7",
}
HINTED = {
    **NAVIGATION,
    b"sec-ch-ua": b'"Chromium";v="121", "Google Chrome";v="121"',
    b"sec-ch-ua-model": b'"SM-S918B"',
    b"sec-ch-ua-platform-version": b'"14.0.0"',
}
CLIENT = ("203.0.113.7", 51234)
HOSTILE = (b"Mozilla/5.0 (X11; Chrome/1 a/1 (bot " * 300)[:8192]


def new_user_agents() -> Iterator[bytes]:
    """User agents that nobody has sent before, of ordinary browsers."""
    number = 0
    while True:
        number += 1
        yield (
            b"Mozilla/5.0 (Linux; Android %d; X%d) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.%d.1 Safari/1"
            % (
                number % 9 + 6,
                number,
                number % 50 + 90,
                number % 7000,
            )
        )


def measure(action: Callable[[], object], *, runs: int = 400, number: int = 50) -> float:
    """The best time of one call, in µs."""
    return min(timeit.repeat(action, number=number, repeat=runs)) / number * 1e6


def main() -> None:
    warm()
    masks = build_masks(network=False, device=False, languages=("en", "de"))
    fresh = new_user_agents()
    hostile = (b"%d " % number + HOSTILE for number in count())

    def navigation() -> None:
        for name, value in NAVIGATION.items():
            masks[name](value, HOST)

    rows: list[tuple[str, float, str]] = [
        ("masking the four headers of a navigation, visitor returns", measure(navigation), "3"),
        ("masking the client's address", measure(lambda: mask_client(CLIENT, behind_proxy=False)), ""),
        ("reducing a user agent, never seen", measure(lambda: reduce_user_agent(next(fresh)), runs=100), ""),
        (
            "reducing 8 KB of hostile user agent",
            measure(lambda: reduce_user_agent(next(hostile)), runs=50),
            "500",
        ),
        ("layout_engine", measure(lambda: layout_engine(PHONE.decode())), "5"),
        (
            "snapshot, visitor returns",
            measure(lambda: take_snapshot(HINTED, CLIENT, network=True, device=True)),
            "1",
        ),
        (
            "snapshot, user agent never seen",
            measure(lambda: take_snapshot({b"user-agent": next(fresh)}, CLIENT, network=True, device=True), runs=100),
            "40",
        ),
        ("masking an access log line", measure(lambda: mask_addresses('203.0.113.7:51234 - "GET / HTTP/1.1" 200')), ""),
    ]
    print(f"{'in process, best of many':60}{'µs':>8}{'asked':>8}")
    for title, cost, asked in rows:
        print(f"{title:60}{cost:8.2f}{asked:>8}")


if __name__ == "__main__":
    main()
