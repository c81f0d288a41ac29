"""Masking by place and header by header come to the same."""

import time

from hypothesis import given
from hypothesis import strategies as st

from consent_middleware import Policy
from consent_middleware.consent import Tokens
from consent_middleware.gates import request
from consent_middleware.gates.masks import MaskSets
from consent_middleware.gates.recognition import Recognition
from consent_middleware.gates.shapes import Shapes
from tests.driving import HOST, KEY, App, get, mounted, token

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
