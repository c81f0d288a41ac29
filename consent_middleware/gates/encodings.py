"""Opens and closes the content encodings that can be written through; each chunk that comes in goes out, so streaming stays.

gzip and deflate come with Python. br and zstd are there where a library for them is: see ``codings``.
"""

import zlib
from collections.abc import Iterator
from typing import Protocol

from .codings import Encoder, open_brotli, open_zstd

_GZIP = zlib.MAX_WBITS | 16
_GZIP_SIGN = b"\x1f"
_PIECE = 65_536
SUPPORTED = frozenset({b"gzip", b"x-gzip", b"deflate"})


class Body(Protocol):
    """Something that rewrites a body chunk by chunk."""

    def feed(self, data: bytes, *, is_last: bool) -> bytes: ...


class Decoder(Protocol):
    """Something that unpacks a body chunk by chunk, into pieces of bounded size."""

    def decode(self, data: bytes) -> Iterator[bytes]: ...


def can_open(coding: bytes) -> bool:
    """Say whether a coding (lower case) can be opened here."""
    return (
        coding in SUPPORTED
        or (coding == b"br" and open_brotli() is not None)
        or (coding == b"zstd" and open_zstd() is not None)
    )


class Recoded:
    """Decodes, hands on to ``inner``, encodes again; a small chunk that unpacks to a huge one takes no more memory than a piece."""

    def __init__(self, inner: Body, coding: bytes) -> None:
        self._inner = inner
        self._decoder, self._encoder = opened(coding)

    def feed(self, data: bytes, *, is_last: bool) -> bytes:
        """Return the encoded bytes that can go out now. Raises the library's own error on a body that is not what its header says."""
        encoded: list[bytes] = []
        is_pending = False
        for piece in self._decoder.decode(data):
            plain = self._inner.feed(piece, is_last=False)
            is_pending |= bool(plain)
            encoded.append(self._encoder.compress(plain))
        if is_last:
            encoded.append(self._encoder.compress(self._inner.feed(b"", is_last=True)))
            encoded.append(self._encoder.finish())
        elif is_pending:
            encoded.append(self._encoder.flush())
        return b"".join(encoded)


def opened(coding: bytes) -> tuple[Decoder, Encoder]:
    """Return what unpacks and packs a coding. Raises ValueError where nothing does."""
    if coding in SUPPORTED:
        is_gzip = coding != b"deflate"
        return _Inflater(is_gzip=is_gzip), _Deflater(_GZIP if is_gzip else zlib.MAX_WBITS)
    found = open_brotli() if coding == b"br" else open_zstd() if coding == b"zstd" else None
    if found is None:
        raise ValueError(f"no library opens {coding!r}")
    return found()


class _Inflater:
    def __init__(self, *, is_gzip: bool) -> None:
        self._is_gzip = is_gzip
        self._decoder = zlib.decompressobj(_GZIP) if is_gzip else None

    def decode(self, data: bytes) -> Iterator[bytes]:
        while data:
            decoder = self._decoder = self._decoder or _inflater(data)
            if decoder.eof:
                # A gzip file may have several members (RFC 1952, section 2.2); what else follows the end, browsers ignore too.
                if not self._is_gzip or not data.startswith(_GZIP_SIGN):
                    return
                decoder = self._decoder = zlib.decompressobj(_GZIP)
            piece = decoder.decompress(data, _PIECE)
            yield piece
            # A full piece may leave more behind inside, without any input that is left over.
            while len(piece) == _PIECE:
                piece = decoder.decompress(decoder.unconsumed_tail, _PIECE)
                yield piece
            data = decoder.unused_data


class _Deflater:
    def __init__(self, bits: int) -> None:
        self._encoder = zlib.compressobj(6, wbits=bits)

    def compress(self, data: bytes) -> bytes:
        return self._encoder.compress(data)

    def flush(self) -> bytes:
        return self._encoder.flush(zlib.Z_SYNC_FLUSH)

    def finish(self) -> bytes:
        return self._encoder.flush()


def _inflater(data: bytes) -> "zlib._Decompress":
    """ "deflate" is zlib by RFC 9110, section 8.4.1.2, but some send the bare stream."""
    is_zlib = data[0] & 0x0F == 8 and data[0] >> 4 <= 7
    return zlib.decompressobj(zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS)
