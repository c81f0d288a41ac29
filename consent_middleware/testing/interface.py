"""What the flows use of Playwright, the same in its synchronous and its asynchronous form.

There a call returns its result, here an awaitable of it: a flow hands whatever it gets to its driver, which knows what to do.
"""

import inspect
from collections.abc import Generator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar, runtime_checkable

if TYPE_CHECKING:
    from playwright._impl._api_structures import SetCookieParam

T = TypeVar("T")
Flow = Generator[object, object, T]
"""Steps that yield what Playwright returned and get its result."""


class Locator(Protocol):
    @property
    def first(self) -> "Locator": ...
    def locator(self, selector: str, /) -> "Locator": ...
    def nth(self, index: int, /) -> "Locator": ...
    def click(self) -> object: ...
    def count(self) -> object: ...
    def is_checked(self) -> object: ...
    def set_checked(self, checked: bool, /) -> object: ...
    def get_attribute(self, name: str, /) -> object: ...


class Request(Protocol):
    @property
    def url(self) -> str: ...
    @property
    def method(self) -> str: ...
    @property
    def resource_type(self) -> str: ...


class Response(Protocol):
    @property
    def url(self) -> str: ...
    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def request(self) -> Request: ...


@runtime_checkable
class Answer(Protocol):
    """What a page's own address was answered with."""

    @property
    def status(self) -> int: ...
    def json(self) -> object: ...


class Frame(Protocol):
    def evaluate(self, expression: str, /) -> object: ...


@runtime_checkable
class Page(Protocol):
    @property
    def url(self) -> str: ...
    @property
    def frames(self) -> Sequence[Frame]: ...
    def goto(self, url: str, /) -> object: ...
    def reload(self) -> object: ...
    def locator(self, selector: str, /) -> Locator: ...
    def evaluate(self, expression: str, /) -> object: ...
    def wait_for_timeout(self, timeout: float, /) -> object: ...
    def wait_for_load_state(self) -> object: ...
    def close(self) -> object: ...


class Context(Protocol):
    def new_page(self) -> object: ...
    def cookies(self) -> object: ...


class Starting(Protocol):
    """The part of a context that is used before its first page is opened."""

    def add_init_script(self, script: str, /) -> object: ...
    def add_cookies(self, cookies: Sequence["SetCookieParam"], /) -> object: ...


def drive(flow: Flow[T]) -> T:
    """Run a flow over Playwright's synchronous form."""
    try:
        step = next(flow)
        while True:
            step = flow.send(step)
    except StopIteration as done:
        result: T = done.value
        return result


async def drive_async(flow: Flow[T]) -> T:
    """Run a flow over Playwright's asynchronous form; what a step raises is raised where the flow made it."""
    try:
        step = next(flow)
        while True:
            try:
                result = await step if inspect.isawaitable(step) else step
            except Exception as error:
                step = flow.throw(error)
            else:
                step = flow.send(result)
    except StopIteration as done:
        value: T = done.value
        return value
