"""Opens and closes the content encodings that can be written through.

gzip and deflate come with Python; each chunk that comes in goes out (a sync flush), so streaming stays streaming.
"""

import zlib
from collections.abc import Iterator
from typing import Protocol

_GZIP = zlib.MAX_WBITS | 16
_GZIP_SIGN = b"\x1f"
_PIECE = 65_536
SUPPORTED = frozenset({b"gzip", b"x-gzip", b"deflate"})


class Body(Protocol):
    """Something that rewrites a body chunk by chunk."""

    def feed(self, data: bytes, *, is_last: bool) -> bytes: ...


class Recoded:
    """Decodes, hands on to ``inner``, encodes again; a small chunk that unpacks to a huge one takes no more memory than a piece."""

    def __init__(self, inner: Body, coding: bytes) -> None:
        self._inner = inner
        self._is_gzip = coding != b"deflate"
        self._decoder = zlib.decompressobj(_GZIP) if self._is_gzip else None
        self._encoder = zlib.compressobj(6, wbits=_GZIP if self._is_gzip else zlib.MAX_WBITS)

    def feed(self, data: bytes, *, is_last: bool) -> bytes:
        """Return the encoded bytes that can go out now. Raises zlib.error on a body that is not what its header says."""
        encoded: list[bytes] = []
        is_pending = False
        for piece in self._decode(data):
            plain = self._inner.feed(piece, is_last=False)
            is_pending |= bool(plain)
            encoded.append(self._encoder.compress(plain))
        if is_last:
            encoded.append(self._encoder.compress(self._inner.feed(b"", is_last=True)))
            encoded.append(self._encoder.flush())
        elif is_pending:
            encoded.append(self._encoder.flush(zlib.Z_SYNC_FLUSH))
        return b"".join(encoded)

    def _decode(self, data: bytes) -> Iterator[bytes]:
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


def _inflater(data: bytes) -> "zlib._Decompress":
    """ "deflate" is zlib by RFC 9110, section 8.4.1.2, but some send the bare stream."""
    is_zlib = data[0] & 0x0F == 8 and data[0] >> 4 <= 7
    return zlib.decompressobj(zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS)
