"""Measure the HTML gate against html.parser and zlib, on pages named on the command line: `python -m bench.html FILE…`."""

import sys
import time
import zlib
from collections.abc import Callable, Sequence
from html.parser import HTMLParser
from pathlib import Path

from consent_middleware import Policy
from consent_middleware.gates.html.gate import HtmlGate
from consent_middleware.gates.third_parties import ThirdParties

PIXEL = b'<img src="https://www.google-analytics.com/p.gif">'
ROUNDS = 5
PARTIES = ThirdParties(Policy())


def best(pages: Sequence[bytes], work: Callable[[bytes], object], rounds: int = ROUNDS) -> float:
    """Return processor seconds of the fastest round over all pages."""
    times = []
    for _ in range(rounds):
        started = time.process_time()
        for page in pages:
            work(page)
        times.append(time.process_time() - started)
    return min(times)


def parse(page: bytes) -> None:
    parser = HTMLParser()
    parser.feed(page.decode("latin-1"))
    parser.close()


def gate(page: bytes, chunk: int = 0) -> None:
    gate = HtmlGate(PARTIES, lambda _: False, lambda _: b"")
    for start in range(0, len(page), chunk or len(page) or 1):
        gate.feed(page[start : start + (chunk or len(page))], is_last=False)
    gate.feed(b"", is_last=True)


def main(names: Sequence[str]) -> None:
    pages = [page for page in (Path(name).read_bytes() for name in names) if not PARTIES.scan(page.lower(), 0)]
    # One refused element at the end and one in the middle, so that all of the page is read.
    marked = [page.replace(b"<p>", PIXEL + b"<p>", 1) + PIXEL for page in pages if b"<p>" in page]
    size = sum(map(len, pages)) / 1e6
    reference, packed = best(pages, parse, 2), best(pages, lambda page: zlib.compress(page, 6), 2)
    marked_reference, marked_packed = best(marked, parse, 2), best(marked, lambda page: zlib.compress(page, 6), 2)
    fast = best(pages, lambda page: HtmlGate(PARTIES, lambda _: False, lambda _: b"").feed(page, is_last=True))
    slow = best(marked, gate)
    chunked = best(marked, lambda page: gate(page, 16_384))
    print(
        f"{len(pages)} pages, {size:.1f} MB; html.parser {size / reference:.1f} MB/s, zlib 6 {size / packed:.1f} MB/s"
    )
    print(f"nothing refused, whole:     {reference / fast:6.1f} x html.parser (>= 30)")
    print(
        f"gated, whole:               {marked_reference / slow:6.1f} x html.parser (>= 8), {slow / marked_packed:.2f} x zlib (<= 1.5)"
    )
    print(
        f"gated, in chunks of 16 KiB: {marked_reference / chunked:6.1f} x html.parser, {chunked / marked_packed:.2f} x zlib"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
