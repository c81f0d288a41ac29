"""The review page: every example in a frame of its own, in light and dark, wide and as on a phone."""

from collections.abc import Iterator, Mapping, Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from consent_middleware.asgi import ASGIApp, Receive, Scope, Send

from .examples import Example, load_examples
from .stage import Stage

PATH = "/review"
_KEPT = 64
"""Stages that are kept ready; each holds a policy and its templates."""
_GROUPS: Mapping[str, Sequence[str]] = {
    "Banner": ("banner", "link"),
    "Dialog": ("dialog",),
    "Preference center": ("preferences", "guardian"),
    "Declaration": ("declaration",),
    "Your data": ("data", "receipt"),
    "In the page": ("placeholder",),
    "Messages": ("message",),
}
_HEADERS = {
    "content-security-policy": "default-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'",
    "x-robots-tag": "noindex",
}
_templates = Environment(
    loader=PackageLoader("demo_site"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


class Review:
    """Answers what is below ``/review`` in front of ``app``, and hands everything else on.

    In front, not inside: the middleware would put the console's own banner into the examples. For those who work on the pages, and
    for their tests; a console that stands on the open net does not need it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._stages: dict[str, Stage] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope.get("path", "")
        if scope["type"] != "http" or not (path == PATH or path.startswith(f"{PATH}/")):
            await self.app(scope, receive, send)
            return
        name, slash, rest = path[len(PATH) + 1 :].partition("/")
        example = load_examples().get(name)
        if example is None:
            await _answer(scope, name, rest)(scope, receive, send)
        elif not slash:
            await RedirectResponse(f"{PATH}/{name}/")(scope, receive, send)
        else:
            root = f"{scope.get('root_path', '')}{PATH}/{name}"
            await self._stage(example)({**scope, "root_path": root}, receive, send)

    def _stage(self, example: Example) -> Stage:
        stage = self._stages.pop(example.name, None) or Stage(example)
        self._stages[example.name] = stage
        if len(self._stages) > _KEPT:
            del self._stages[next(iter(self._stages))]
        return stage


def _answer(scope: Scope, name: str, rest: str) -> Response:
    if name or rest:
        return HTMLResponse("<!doctype html><title>No such example</title><p>There is no such example.", 404)
    asked = Request(scope).query_params.get("language", "")
    groups = dict(_grouped(asked))
    html = _templates.get_template("review.html").render(groups=groups, languages=_languages(), asked=asked, path=PATH)
    return HTMLResponse(html, headers=_HEADERS)


def _grouped(language: str) -> Iterator[tuple[str, list[Example]]]:
    """Every example by what it shows; of those that come in every language, one language's."""
    for group, shown in _GROUPS.items():
        fitting = [example for example in load_examples().values() if example.shows in shown]
        yield group, [example for example in fitting if _is_listed(example, language)]


def _is_listed(example: Example, language: str) -> bool:
    if language:
        return example.language == language
    return not example.name.endswith(f"language-{example.language}")


def _languages() -> list[str]:
    return sorted({example.language for example in load_examples().values()})
