"""Finds the libraries for Brotli and Zstandard, where there are any.

Neither is a dependency: an app that compresses by them has one. Tried are ``brotli`` and ``brotlicffi``; ``compression.zstd`` (Python
3.14), ``backports.zstd`` and ``zstandard``.
"""

import importlib
from collections.abc import Callable, Iterator
from functools import lru_cache
from types import ModuleType
from typing import Protocol

_PIECE = 65_536
_MOUTHFUL = 64
"""Bytes that are unpacked at once where a library does not bound what comes out: 64 bytes make 4 MB at most."""
_QUALITY = 5
_LEVEL = 3
_FLUSH_BLOCK = 1
_FLUSH_FRAME = 2


class Encoder(Protocol):
    """Something that packs a body chunk by chunk. ``flush`` returns all that was packed so far, ``finish`` the end too."""

    def compress(self, data: bytes) -> bytes: ...
    def flush(self) -> bytes: ...
    def finish(self) -> bytes: ...


class Decoder(Protocol):
    """Something that unpacks a body chunk by chunk."""

    def decode(self, data: bytes) -> Iterator[bytes]: ...


Opened = Callable[[], tuple[Decoder, Encoder]]


@lru_cache(maxsize=1)
def open_brotli() -> Opened | None:
    """Return what opens ``br``, ``None`` where nothing does."""
    module = _first("brotli", "brotlicffi")
    if module is None:
        return None
    return lambda: (_BrotliDecoder(module), _BrotliEncoder(module))


@lru_cache(maxsize=1)
def open_zstd() -> Opened | None:
    """Return what opens ``zstd``, ``None`` where nothing does."""
    module = _first("compression.zstd", "backports.zstd")
    if module is not None:
        return lambda: (_ZstdDecoder(module), _ZstdEncoder(module))
    other = _first("zstandard")
    return None if other is None else lambda: (_ZstandardDecoder(other), _ZstandardEncoder(other))


def _first(*names: str) -> ModuleType | None:
    for name in names:
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    return None


class _BrotliDecoder:
    def __init__(self, module: ModuleType) -> None:
        self._decoder = module.Decompressor()

    def decode(self, data: bytes) -> Iterator[bytes]:
        piece = self._decoder.process(data, output_buffer_limit=_PIECE)
        yield piece
        # It takes new input before all that is unpacked has been asked for.
        while piece or not self._decoder.can_accept_more_data():
            piece = self._decoder.process(b"", output_buffer_limit=_PIECE)
            yield piece


class _BrotliEncoder:
    def __init__(self, module: ModuleType) -> None:
        self._encoder = module.Compressor(quality=_QUALITY)

    def compress(self, data: bytes) -> bytes:
        return bytes(self._encoder.process(data))

    def flush(self) -> bytes:
        return bytes(self._encoder.flush())

    def finish(self) -> bytes:
        return bytes(self._encoder.finish())


class _ZstdDecoder:
    def __init__(self, module: ModuleType) -> None:
        self._module = module
        self._decoder = module.ZstdDecompressor()

    def decode(self, data: bytes) -> Iterator[bytes]:
        while True:
            if self._decoder.eof:
                # Several frames make one body (RFC 8878, section 3).
                data = self._decoder.unused_data or data
                if not data:
                    return
                self._decoder = self._module.ZstdDecompressor()
            yield self._decoder.decompress(data, _PIECE)
            data = b""
            if self._decoder.needs_input:
                return


class _ZstdEncoder:
    def __init__(self, module: ModuleType) -> None:
        self._encoder = module.ZstdCompressor(level=_LEVEL)

    def compress(self, data: bytes) -> bytes:
        return bytes(self._encoder.compress(data))

    def flush(self) -> bytes:
        return bytes(self._encoder.flush(_FLUSH_BLOCK))

    def finish(self) -> bytes:
        return bytes(self._encoder.flush(_FLUSH_FRAME))


class _ZstandardDecoder:
    def __init__(self, module: ModuleType) -> None:
        self._module = module
        self._decoder = module.ZstdDecompressor().decompressobj()

    def decode(self, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), _MOUTHFUL):
            rest = data[start : start + _MOUTHFUL]
            while rest:
                if self._decoder.eof:
                    self._decoder = self._module.ZstdDecompressor().decompressobj()
                yield self._decoder.decompress(rest)
                rest = self._decoder.unused_data


class _ZstandardEncoder:
    def __init__(self, module: ModuleType) -> None:
        self._module = module
        self._encoder = module.ZstdCompressor(level=_LEVEL).compressobj()

    def compress(self, data: bytes) -> bytes:
        return bytes(self._encoder.compress(data))

    def flush(self) -> bytes:
        return bytes(self._encoder.flush(self._module.COMPRESSOBJ_FLUSH_BLOCK))

    def finish(self) -> bytes:
        return bytes(self._encoder.flush())
