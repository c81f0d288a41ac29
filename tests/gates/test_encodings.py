"""Compressed pages are opened, written into and closed again."""

import gzip
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_middleware.gates.encodings import Recoded


class Shout:
    """A body that ends with a mark of its own."""

    def feed(self, data: bytes, *, is_last: bool) -> bytes:
        return data.upper() + (b"!" if is_last else b"")


def bare_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def opened(coding: bytes, data: bytes) -> bytes:
    return zlib.decompress(data) if coding == b"deflate" else gzip.decompress(data)


PACKED = [
    pytest.param(b"gzip", gzip.compress(b"hello"), id="gzip"),
    pytest.param(b"x-gzip", gzip.compress(b"hello"), id="x-gzip"),
    pytest.param(b"gzip", gzip.compress(b"he") + gzip.compress(b"") + gzip.compress(b"llo"), id="gzip in three"),
    pytest.param(b"gzip", gzip.compress(b"hello") + b"\x00\x00garbage", id="gzip and more"),
    pytest.param(b"deflate", zlib.compress(b"hello"), id="deflate"),
    pytest.param(b"deflate", bare_deflate(b"hello"), id="bare deflate"),
    pytest.param(b"deflate", zlib.compress(b"hello") + b"garbage", id="deflate and more"),
]


@pytest.mark.parametrize(("coding", "data"), PACKED)
def test_every_split_of_a_packed_body_gives_the_same_text(coding: bytes, data: bytes) -> None:
    for cut in range(len(data) + 1):
        body = Recoded(Shout(), coding)
        packed = body.feed(data[:cut], is_last=False) + body.feed(data[cut:], is_last=True)
        assert opened(coding, packed) == b"HELLO!"


@pytest.mark.parametrize(("coding", "data"), PACKED)
def test_one_byte_at_a_time_gives_the_same_text(coding: bytes, data: bytes) -> None:
    body = Recoded(Shout(), coding)
    packed = b"".join(body.feed(data[n : n + 1], is_last=False) for n in range(len(data)))
    assert opened(coding, packed + body.feed(b"", is_last=True)) == b"HELLO!"


def test_what_comes_in_goes_out_without_waiting_for_the_end() -> None:
    packer, unpacker = zlib.compressobj(wbits=31), zlib.decompressobj(wbits=31)
    body = Recoded(Shout(), b"gzip")
    for word in (b"first", b"second", b"third"):
        chunk = packer.compress(word) + packer.flush(zlib.Z_SYNC_FLUSH)
        assert unpacker.decompress(body.feed(chunk, is_last=False)) == word.upper()


def test_a_truncated_stream_gives_what_it_holds() -> None:
    data = gzip.compress(b"hello" * 100)[:-8]
    body = Recoded(Shout(), b"gzip")
    assert gzip.decompress(body.feed(data, is_last=True)) == b"HELLO" * 100 + b"!"


def test_a_body_that_is_not_what_it_says_is_an_error_and_never_a_whole_answer() -> None:
    with pytest.raises(zlib.error):
        Recoded(Shout(), b"gzip").feed(b"<!doctype html>", is_last=True)


def test_a_small_chunk_that_unpacks_to_a_huge_one_takes_little_memory() -> None:
    bomb = gzip.compress(b"\x00" * 16_000_000)
    body = Recoded(Shout(), b"gzip")
    tracemalloc.start()
    packed = body.feed(bomb, is_last=True)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000
    assert len(packed) < 100_000
    assert gzip.decompress(packed) == b"\x00" * 16_000_000 + b"!"


@given(st.lists(st.binary(max_size=2000), max_size=6), st.sampled_from([b"gzip", b"deflate"]))
def test_any_text_in_any_chunks_comes_out_as_it_went_in(chunks: list[bytes], coding: bytes) -> None:
    packer = zlib.compressobj(wbits=31 if coding == b"gzip" else 15)
    body = Recoded(Shout(), coding)
    packed = b"".join(body.feed(packer.compress(chunk), is_last=False) for chunk in chunks)
    packed += body.feed(packer.flush(), is_last=True)
    assert opened(coding, packed) == b"".join(chunks).upper() + b"!"
