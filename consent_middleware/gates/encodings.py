"""Opens and closes the content encodings that can be written through.

gzip and deflate come with Python; each chunk that comes in goes out (a sync flush), so streaming stays streaming.
"""

import zlib
from typing import Protocol

SUPPORTED = frozenset({b"gzip", b"x-gzip", b"deflate"})


class Body(Protocol):
    """Something that rewrites a body chunk by chunk."""

    def feed(self, data: bytes, *, is_last: bool) -> bytes: ...


class Recoded:
    """Decodes, hands on to ``inner``, encodes again."""

    def __init__(self, inner: Body, coding: bytes) -> None:
        self._inner = inner
        self._is_gzip = coding != b"deflate"
        self._decoder = zlib.decompressobj(zlib.MAX_WBITS | 16) if self._is_gzip else None
        self._encoder = zlib.compressobj(6, wbits=zlib.MAX_WBITS | 16 if self._is_gzip else zlib.MAX_WBITS)

    def feed(self, data: bytes, *, is_last: bool) -> bytes:
        """Return the encoded bytes that can go out now. Raises zlib.error on a body that is not what its header says."""
        plain = self._inner.feed(self._decode(data), is_last=is_last)
        encoded = self._encoder.compress(plain) if plain else b""
        if is_last:
            return encoded + self._encoder.flush()
        return encoded + self._encoder.flush(zlib.Z_SYNC_FLUSH) if plain else encoded

    def _decode(self, data: bytes) -> bytes:
        plain = b""
        while data:
            if self._decoder is None:
                # "deflate" is zlib by RFC 9110, section 8.4.1.2, but some send the bare stream.
                is_zlib = data[0] & 0x0F == 8 and data[0] >> 4 <= 7
                self._decoder = zlib.decompressobj(zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS)
            plain += self._decoder.decompress(data)
            data = self._decoder.unused_data
            if not self._decoder.eof:
                break
            if data and self._is_gzip:
                # A gzip file may have several members (RFC 1952, section 2.2).
                self._decoder = zlib.decompressobj(zlib.MAX_WBITS | 16)
            else:
                break
        return plain
