"""Stylesheets of host pages: real frameworks from the npm registry, and worse ones of our own."""

from collections.abc import Callable, Mapping
from functools import partial

from e2e.registry import Package

Sheet = Callable[[], str]

WORSE = """
body :not(link, script), body ::before, body ::after, ::backdrop { all: unset !important; }
body :not(link, script) { margin: 9px !important; padding: 9px !important; border: 3px dotted red !important; float: right !important;
  color: lime !important; background: purple !important; letter-spacing: 4px !important; word-spacing: 9px !important;
  line-height: 4 !important; text-transform: uppercase !important; text-indent: 2em !important; text-align: right !important;
  box-sizing: content-box !important; display: block !important; font: italic 40px fantasy !important; opacity: .3 !important;
  transform: rotate(3deg) !important; visibility: hidden !important; filter: invert(1) !important; zoom: 2 !important;
  writing-mode: vertical-rl !important; direction: rtl !important; order: -1 !important;
  pointer-events: none !important; transition: all 9s !important; animation: worse 9s -4s paused !important;
  --_text: red !important; --_accent: red !important; --_ground: red !important; --_round: 40px !important; }
body :not(link, script)::before, body :not(link, script)::after
  { content: "!" !important; display: block !important; position: fixed !important; }
@keyframes worse { from { transform: scale(.1); } to { transform: scale(2); } }
#privacy-consent-ui#privacy-consent-ui button, #privacy-consent-ui section, section, form, h2, p, aside, dialog, button:hover
  { display: none !important; position: static !important; width: 30px !important; max-height: 10px !important; }
[popover], :modal, [open] { display: none !important; inset: 90% !important; }
:focus, :focus-visible { outline: none !important; box-shadow: none !important; }
html { font-size: 62.5%; color-scheme: dark; }
body { font: 15px sans-serif; letter-spacing: 3px; word-spacing: 9px; text-align: center; line-height: 3; quotes: none; hyphens: auto;
  transform: translateY(9px); filter: sepia(.1); font-variant: small-caps; text-shadow: 1px 1px red; }
"""
"""Everything at once, shouted."""

HABITS = """
@layer reset, base;
@layer reset { *, *::before, *::after { box-sizing: border-box; margin: 0; padding: 0; border: 0; font: inherit; list-style: none; } }
html { font-size: 62.5%; scroll-behavior: smooth; } body { font-size: 1.6rem; letter-spacing: .04em; display: grid; gap: 2rem; }
main * + * { margin-block-start: 1.5em; } div { position: relative !important; } section { display: none; padding: 8rem 0; }
section > div { max-width: 30rem !important; } h1, h2, h3 { font: 700 5rem/1 serif; text-transform: uppercase; }
p { max-width: 60ch; font-size: 2rem; } a { color: hotpink; text-decoration: none; } a:hover { color: black !important; }
button { display: none; } button, input, select { all: unset; width: 100%; } form { display: flex; flex-direction: column; }
input[type="checkbox"] { position: absolute !important; opacity: 0 !important; } label { display: block; font-size: 1rem; }
table, thead, tbody, tr, th, td { display: block; } th { background: black; color: white; } small { font-size: 60%; }
ul li::before { content: "→ "; } summary { list-style: none; } summary::-webkit-details-marker { display: none; }
aside { width: 30%; float: right; } dialog { padding: 5rem; border: 4px solid gold; } ::backdrop { background: gold; }
.privacy-ui-body, .privacy-ui-actions { display: block; } header { z-index: 2147483647; } [hidden] { display: block !important; }
img, svg { max-width: 100%; display: block; } :focus { outline: 0; } ::selection { background: gold; }
"""
"""What people really write."""

VERTICAL = """
html { writing-mode: vertical-rl; text-orientation: upright; } body { margin: 2rem; } p { margin-block: 1em; }
main { max-block-size: 300px; overflow: hidden; }
"""
"""A page whose lines go from top to bottom, as in Japanese. It scrolls nowhere, since pictures are taken of its left end then."""


def _sheet(name: str, version: str, sha512: str, file: str) -> Sheet:
    package = Package(name=name, version=version, sha512=sha512)
    return lambda: package.read(file).decode()


def _layered(sheet: Sheet) -> str:
    return f"@layer base {{ {sheet()} }}"


SHEETS: Mapping[str, Sheet] = {
    "bootstrap": _sheet(
        "bootstrap",
        "5.3.9",
        "20cU0rcfw8WdxtVbmfU+xT2EjvVTw9Ror/h1Qvd7DXCujRg8OO9mdBCsmTHdJFf3BuadmBNJtgIuUXsBqSkk/w==",
        "dist/css/bootstrap.min.css",
    ),
    "tailwindcss": partial(
        _layered,
        _sheet(
            "tailwindcss",
            "4.3.5",
            "FcQk9BuffmEHJP2G0XmB2SplU1aLTI7j07Kunk+U74Ny+XiWOtzXz9aujFZ/avntw1e2cOv/3PkgzflQ7gX2vQ==",
            "preflight.css",
        ),
    ),
    "bulma": _sheet(
        "bulma",
        "1.0.4",
        "Ffb6YGXDiZYX3cqvSbHWqQ8+LkX6tVoTcZuVB3lm93sbAVXlO0D6QlOTMnV6g18gILpAXqkG2z9hf9z4hCjz2g==",
        "css/bulma.min.css",
    ),
    "foundation-sites": _sheet(
        "foundation-sites",
        "6.9.0",
        "bZpjL6lxuGViy1UU/NuMddyAAJP0YgJYKNh+8ZtDWhQRtiY1yQISxHmgF4V8EFx7DWHDTdZC1fwFysnMAYkdQg==",
        "dist/css/foundation.min.css",
    ),
    "materialize-css": _sheet(
        "materialize-css",
        "1.0.0",
        "4/oecXl8y/1i8RDZvyvwAICyqwNoKU4or5uf8uoAd74k76KzZ0Llym4zhJ5lLNUskcqjO0AuMcvNyDkpz8Z6zw==",
        "dist/css/materialize.min.css",
    ),
    "normalize.css": _sheet(
        "normalize.css",
        "8.0.1",
        "qizSNPO93t1YUuUhP22btGOo3chcvDFqFaj2TRybP0DMxkHOCTYwp3n34fel4a31ORXy4m1Xq0Gyqpb5m33qIg==",
        "normalize.css",
    ),
    "sanitize.css": _sheet(
        "sanitize.css",
        "13.0.0",
        "ZRwKbh/eQ6w9vmTjkuG0Ioi3HBwPFce0O+v//ve+aOq1oeCy7jMV2qzzAlpsNuqpqCBjjriM1lbtZbF/Q8jVyA==",
        "sanitize.css",
    ),
    "water.css": _sheet(
        "water.css",
        "2.1.1",
        "gkO5byC+pZ7ndEV18hs/RmxKoDtEZXx06tZU4ocI3IBdv4xV64tlhjIFbDjurysRnNkiy2oQTr8PakRyzZWPJw==",
        "out/light.min.css",
    ),
    "mvp.css": _sheet(
        "mvp.css",
        "1.18.0",
        "tbH1L+VYa3YQNQaCW+b8US+f8tizyJZdZPIPivPFFRjXakxNpH9w4gkbtcB+UCILfC6nlxAwzPd86LiXcPclVg==",
        "mvp.css",
    ),
    "pico": _sheet(
        "@picocss/pico",
        "2.1.1",
        "kIDugA7Ps4U+2BHxiNHmvgPIQDWPDU4IeU6TNRdvXQM1uZX+FibqDQT2xUOnnO2yq/LUHcwnGlu1hvf4KfXnMg==",
        "css/pico.min.css",
    ),
    "open-props": _sheet(
        "open-props",
        "1.7.23",
        "+xyrJmxV9QUBFbSwPROYhOg/FLXry+uuPr4R+B5EaE4556Oc18/8ZC/fL5A+/lbRSwNvA0Alh+C0KpyFWLmLZg==",
        "buttons.min.css",
    ),
    "habits": lambda: HABITS,
    "vertical": lambda: VERTICAL,
    "worse": lambda: WORSE,
}
