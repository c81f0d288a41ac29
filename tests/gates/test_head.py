"""Markup for the start of the head comes before everything that could run, however the document is split."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_middleware.gates.head import HeadInserter

MARK = b"<script src=guard></script>"


class Plain:
    """The body as it comes."""

    def feed(self, data: bytes, *, is_last: bool) -> bytes:
        return data


def whole(*chunks: bytes) -> bytes:
    inserter = HeadInserter(MARK, Plain())
    return b"".join(inserter.feed(chunk, is_last=place == len(chunks) - 1) for place, chunk in enumerate(chunks))


CASES = [
    (b"<!doctype html><html><head>", b"<title>x</title></head><body>"),
    (b"<!DOCTYPE html>\n<HTML lang='a>b'>\n <HEAD class=x >\n", b"<script>1</script>"),
    (b"\xef\xbb\xbf<!doctype html>\n", b"<meta charset=utf-8><script src=a></script>"),
    (b"<!-- a > b -- c --><!doctype html><!--><!---> <!--x--!>", b"<title>x"),
    (b"<!doctype html>", b"text"),
    (b"<html>", b"<header>x</header>"),
    (b"<html>", b"</head><body>"),
    (b"<head/>", b"<link>"),
    (b"<!doctype html><html>", b"<!-- never closed <script src=a></script>"),
    (b"<!doctype html>", b"<svg/><html>"),
    (b"<!doctype html>", b""),
    (b"<!doctype html>", b"<!ELEMENT x>"),
]


@pytest.mark.parametrize(("before", "after"), CASES)
def test_the_markup_comes_first_at_every_split(before: bytes, after: bytes) -> None:
    document, expected = before + after, before + MARK + after
    assert whole(document) == expected
    for place in range(len(document) + 1):
        assert whole(document[:place], document[place:]) == expected, document[:place]
    assert whole(*(document[i : i + 1] for i in range(len(document))), b"") == expected


@pytest.mark.parametrize(
    "document", [b"", b"x", b"<p>x</p>", b"<header>x", b"\xff\xfe<\x00!\x00", b"text <html>", b"<!doctype html>\x1b$B"]
)
def test_what_is_no_whole_document_stays_as_it_is(document: bytes) -> None:
    assert whole(document) == document
    assert whole(*(document[i : i + 1] for i in range(len(document))), b"") == document


@pytest.mark.parametrize("start", [b"<!-- ", b"<html ", b"<!doctype ", b"<html a='", b"<!-- " + b"- " * 9])
def test_what_never_ends_is_not_held_back(start: bytes) -> None:
    inserter = HeadInserter(MARK, Plain())
    sent = sum(len(inserter.feed(part, is_last=False)) for part in (b"<!doctype html>", start, *([b"x" * 500] * 200)))
    assert sent > 95_000


pieces = st.sampled_from(
    [b"<!doctype html>", b"<html>", b"<head>", b"<!--", b"-->", b"-", b"<", b"!", b"x", b" ", b"<body>"]
)


@given(st.lists(pieces, max_size=12).map(b"".join), st.lists(st.integers(0, 60), max_size=4))
def test_no_split_changes_a_byte(document: bytes, cuts: list[int]) -> None:
    places = [0, *sorted(min(cut, len(document)) for cut in cuts), len(document)]
    chunks = [document[a:b] for a, b in pairwise(places)]
    assert whole(*chunks) == whole(document)
    assert whole(document).replace(MARK, b"", 1) == document
