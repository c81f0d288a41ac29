"""Compares a page with what the middleware makes of it, as a conformant parser reads both.

The two trees are to be the same but for what was taken out, which leaves a marker, and for what is ours, which says so.
"""

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import turbohtml

MARK = "data-privacy-gated"
_OURS = "/-/privacy/"
_STYLE, _EVENT = "style", "on"


@dataclass(slots=True)
class Comparison:
    """What was found: ``gated`` elements, ``changed`` ones that stay with less, ``inserted`` of ours, and what should not be."""

    elements: int = 0
    gated: int = 0
    changed: int = 0
    inserted: int = 0
    differences: list[str] = field(default_factory=list)


def compare(before: str, after: str) -> Comparison:
    """Compare two documents; ``differences`` is empty where only what may differ does."""
    found = Comparison()
    waiting = [(_children(turbohtml.parse(before)), _children(turbohtml.parse(after)))]
    while waiting and len(found.differences) < 5:
        old, new = waiting.pop()
        before_it, after_it = _joined(old), _joined([node for node in new if not _is_inserted(node, found)])
        if len(before_it) != len(after_it):
            found.differences.append(f"{_outline(before_it)} became {_outline(after_it)}")
            continue
        for was, now in zip(before_it, after_it, strict=True):
            _compare_one(was, now, found)
            if not (isinstance(now, turbohtml.Element) and _is_marker(was, now)):
                waiting.append((_children(was), _children(now)))
    return found


def _compare_one(was: "turbohtml.Node | str", now: "turbohtml.Node | str", found: Comparison) -> None:
    if isinstance(was, turbohtml.Element) and isinstance(now, turbohtml.Element):
        found.elements += 1
        if _is_marker(was, now):
            found.gated += 1
        elif was.tag != now.tag:
            found.differences.append(f"<{was.tag}> became <{now.tag}>")
        elif MARK in now.attrs and MARK not in was.attrs:
            found.changed += 1
            added = {name for name in now.attrs if now.attrs[name] != was.attrs.get(name)}
            if not added <= {MARK, "data-privacy-key", _STYLE}:
                found.differences.append(f"<{now.tag}> got {sorted(added)}")
        elif was.attrs != now.attrs:
            found.differences.append(f"<{was.tag} {was.attrs}> became {now.attrs}")
    elif type(was) is not type(now) or (isinstance(was, str) and was != now):
        found.differences.append(f"{_outline([was])} became {_outline([now])}")


def _is_marker(was: "turbohtml.Node | str", now: "turbohtml.Element") -> bool:
    """Say whether something stands for what was taken out: a template, or the note in a frame's place."""
    stands = now.tag == "template" or now.attrs.get("data-privacy-ui") == "placeholder"
    return (
        stands
        and MARK in now.attrs
        and not (isinstance(was, turbohtml.Element) and was.tag == "template" and MARK in was.attrs)
    )


def _is_inserted(node: turbohtml.Node, found: Comparison) -> bool:
    if not isinstance(node, turbohtml.Element) or MARK in node.attrs:
        return False
    addresses = f"{node.attrs.get('href', '')} {node.attrs.get('src', '')}"
    is_ours = _OURS in addresses or "data-privacy-ui" in node.attrs
    found.inserted += is_ours
    return is_ours


def _children(node: "turbohtml.Node | str") -> list[turbohtml.Node]:
    return [] if isinstance(node, str) else list(node.children)


def _joined(nodes: Sequence[turbohtml.Node]) -> "list[turbohtml.Node | str]":
    """Texts that stand beside each other are one, without the white space around it: what is inserted stands on lines of its own."""
    return list(_parts(nodes))


def _parts(nodes: Sequence[turbohtml.Node]) -> "Iterator[turbohtml.Node | str]":
    text = ""
    for node in nodes:
        if isinstance(node, turbohtml.Text):
            text += node.text
            continue
        if text.strip():
            yield text.strip()
        text = ""
        yield node
    if text.strip():
        yield text.strip()


def _outline(nodes: "Sequence[turbohtml.Node | str]") -> str:
    said = [f"<{node.tag}>" if isinstance(node, turbohtml.Element) else repr(node)[:60] for node in nodes[:8]]
    return html.escape(" ".join(said), quote=False).replace("&lt;", "<").replace("&gt;", ">")
