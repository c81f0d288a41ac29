"""Keeps values out of the sight of whatever walks or prints the objects that hold them.

A scope goes everywhere: into error pages, logs, debuggers, crash reports. Those follow attributes, slots, containers and closures. What
they must not find stands in slots whose descriptors were taken off the class: nobody reads those by accident.
"""

from collections.abc import Callable
from types import MemberDescriptorType
from typing import Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def conceal(cls: type, name: str) -> MemberDescriptorType:
    """Take a slot out of sight. What it returns is the only way to read it, ``slot.__get__(holder)``, and to write it."""
    slot: MemberDescriptorType = vars(cls)[name]
    delattr(cls, name)
    return slot


class Veiled(Generic[P, R]):
    """A function that can be called, but does not lead to the object it belongs to."""

    __slots__ = ("_function",)

    def __init__(self, function: Callable[P, R]) -> None:
        _function.__set__(self, function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        function: Callable[P, R] = _function.__get__(self)
        return function(*args, **kwargs)


_function = conceal(Veiled, "_function")
