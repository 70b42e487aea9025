"""Which members of an entity, and of the entities it links to, are shown (GS CIM 009, 4.21): pick and omit.

``id,locatedAt{name|isInCountry{id}}``: names joined by ``,`` or ``|``; after the name of a relationship, in
braces, what is asked of the entities it leads to.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from haidang.city.query.problems import bad, complex_

LENGTH_MAX = 8_192
DEPTH_MAX = 6

Tree = dict[str, "Tree"]
"""Name to what is asked of the linked entities; empty where nothing is."""
_NAME = re.compile(r"[^,|{}\s]+")


class Projection(NamedTuple):
    """What is shown of an entity; an empty tree asks nothing."""

    pick: Tree
    omit: Tree

    def apply(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return an entity with what is shown of it."""
        pick, omit = self
        if not pick and not omit:
            return body
        return {name: value for name, value in body.items() if self.shows(name)}

    def shows(self, name: str) -> bool:
        """Say whether a member is shown; ``omit=a{b}`` leaves ``a`` and takes ``b`` from what it leads to."""
        return (not self.pick or name in self.pick) and bool(self.omit.get(name, {"": {}}))

    def through(self, name: str) -> Projection:
        """Return what is shown of the entities that a relationship leads to."""
        return Projection(self.pick.get(name, {}), self.omit.get(name, {}))

    @property
    def depth(self) -> int:
        """How many links deep it looks."""
        return max(_depth(self.pick), _depth(self.omit)) - 1


EVERYTHING = Projection({}, {})


def projection_of(
    pick: str | None, omit: str | None, rename: Callable[[str], str] | None = None
) -> Projection:
    """Read both parameters; ``Problem`` where one is not of the grammar. ``rename`` unifies names."""
    return Projection(*({} if text is None else _parsed(text, rename) for text in (pick, omit)))


def _parsed(text: str, rename: Callable[[str], str] | None) -> Tree:
    if len(text) > LENGTH_MAX:
        raise complex_("pick hoặc omit quá dài.", "pick or omit is too long.")
    tree, end = _tree(text, 0, 1, rename)
    if end != len(text):
        raise _wrong(text, end)
    return tree


def _tree(text: str, at: int, depth: int, rename: Callable[[str], str] | None) -> tuple[Tree, int]:
    if depth > DEPTH_MAX:
        raise complex_("pick hoặc omit lồng quá sâu.", "pick or omit nests too deeply.")
    found: Tree = {}
    while True:
        name = _NAME.match(text, at)
        if name is None:
            raise _wrong(text, at)
        at = name.end()
        below: Tree = {}
        if text.startswith("{", at):
            below, at = _tree(text, at + 1, depth + 1, rename)
            if not text.startswith("}", at):
                raise _wrong(text, at)
            at += 1
        found[rename(name[0]) if rename else name[0]] = below
        if at >= len(text) or text[at] not in ",|":
            return found, at
        at += 1


def _depth(tree: Tree) -> int:
    return 1 + max(map(_depth, tree.values()), default=0) if tree else 0


def _wrong(text: str, at: int) -> Exception:
    near = text[at : at + 20]
    return bad(
        f"pick/omit sai ở ký tự {at + 1} («{near}»).",
        f"pick or omit is wrong at character {at + 1} (“{near}”).",
    )
