"""Keeps what Jinja2 compiled, for all mounts of a process."""

from types import CodeType

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

_MOST = 256
"""Templates: the built-in ones, and those of some teams."""


class CompiledTemplates(BytecodeCache):
    """By name, file and content. For environments with the same options: those are compiled into the code.

    A middleware has two environments, and to compile all templates takes each of them 0.2 s of processor time.
    """

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if len(self._codes) >= _MOST:
            self._codes.clear()
        if bucket.code is not None:
            self._codes[bucket.key, bucket.checksum] = bucket.code


COMPILED = CompiledTemplates()
