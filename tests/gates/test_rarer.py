"""Masking by place and header by header come to the same, and what is rare costs little."""

import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_middleware import Policy
from consent_middleware.asgi import Header
from consent_middleware.consent import Tokens
from consent_middleware.gates import request
from consent_middleware.gates.masks import MaskSets
from consent_middleware.gates.recognition import Recognition
from consent_middleware.gates.shapes import Shapes
from tests.driving import HOST, KEY, NAVIGATION, App, drive, get, mounted, page, scope_of, token

POLICY = Policy.parse('[[telemetry]]\nfield = "cid"\npurpose = "analytics"\nheader = "X-CID"\n')
MASKS = MaskSets(POLICY)
SHAPES = Shapes(MASKS)
RECOGNITION = Recognition(POLICY, Tokens(POLICY, [KEY]), MASKS)
NAMES = (
    b"host user-agent accept-language referer cookie x-forwarded-for forwarded via x-uidh x-cid accept sec-gpc".split()
)
VALUES = [
    HOST.encode(),
    b"203.0.113.77",
    b"https://elsewhere.example/a?b",
    b"android-app://com.example",
    b"_ga=1; sid=2",
    token(POLICY, "device", "analytics").encode() + b"; _ga=1",
    b"",
]


@pytest.mark.parametrize(
    "header", [b"privacy-activation", b"accept-language", b"x-name", b"referer", b"x-forwarded-for"]
)
def test_what_visitors_send_is_not_kept_whatever_its_length(header: bytes) -> None:
    site = mounted(page(headers=[(b"etag", b'"1"')]))
    everything = token(None, "network", "device")
    opening: tuple[Header, ...] = () if header == b"privacy-activation" else NAVIGATION

    def send(number: int) -> None:
        long = b",".join(b"%d%d" % (number, count) for count in range(9000))
        named = (b"%b%d" % (long, number), b"") if header == b"x-name" else (header, long)
        request = [pair for pair in opening if pair[0] != header]
        assert drive(site, scope_of(headers=[*request, named], cookie=everything)).error is None

    send(1000)
    tracemalloc.start()
    for number in range(30):
        send(number)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 500_000


def test_ten_thousand_headers_are_read_in_bounded_time() -> None:
    for headers in ([(b"a%d" % n, b"") for n in range(10_000)], [(b"cookie", b"a=1")] * 10_000):
        start = time.process_time()
        assert get(mounted(App()), headers=headers).error is None
        assert time.process_time() - start < 1


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(VALUES)), max_size=12))
def test_whichever_way_a_request_is_masked_the_app_sees_the_same(headers: list[tuple[bytes, bytes]]) -> None:
    read, shape = SHAPES.read({"headers": headers})
    known = RECOGNITION.recognize(read, shape, False)
    scope = {"headers": headers, "client": ("203.0.113.77", 1)}
    request.admit(scope, read, shape, known, scope["client"])
    assert scope["headers"] == request._masked(read, shape, known)
