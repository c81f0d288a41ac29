"""Texts that a policy gives once or in several languages."""

from collections.abc import Iterable

Text = str | dict[str, str]
"""One text for every language, or a table such as ``{en = "…", zh-Hans = "…"}``."""


def text_in(text: Text, language: str, fallback: str) -> str:
    """Return ``text`` in ``language``, else in a wider form of it (``zh`` for ``zh-Hans``), else in ``fallback``."""
    if isinstance(text, str):
        return text
    for tag in (*_widened(language), *_widened(fallback)):
        if tag in text:
            return text[tag]
    return next(iter(text.values()), "")


def _widened(language: str) -> Iterable[str]:
    """``zh-Hans-CN`` → ``zh-Hans-CN``, ``zh-Hans``, ``zh`` (RFC 4647, section 3.4)."""
    parts = language.split("-")
    for end in range(len(parts), 0, -1):
        yield "-".join(parts[:end])
