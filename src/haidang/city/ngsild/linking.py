"""Linked entities with those asked for (GS CIM 009, 4.5.23): join inline or flat, joinLevel, containedBy.

Only what the asker may see is followed; a link that leads out of his sight stays a plain link.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from haidang.base.problems import Problem
from haidang.city.ngsild.asking import Ask, number, words
from haidang.city.query.entities import entity_page
from haidang.city.query.problems import bad, complex_
from haidang.city.query.sql import Question
from haidang.city.represent import instances, stored_attributes
from haidang.city.store.read import Row

PARAMETERS = ("join", "joinLevel", "containedBy")
LEVEL_MAX = 5
LINKED_MAX = 500
"""Linked entities of one answer."""
EMBEDDED_MAX = 2_000
"""Places of one answer into which one is put: all linked with all would else grow without measure."""


class Join(msgspec.Struct, frozen=True):
    """How linked entities come along."""

    inline: bool
    level: int
    contained: frozenset[str]
    """Entities that the asker already has; links to them are not followed."""


def join_of(ask: Ask) -> Join | None:
    """Return what the asker wants joined, None where nothing; ``Problem`` where it makes no sense."""
    join = ask.params.get("join", "@none")
    if join not in ("inline", "flat", "@none"):
        raise bad("join là inline, flat hoặc @none.", "join is inline, flat or @none.")
    if join == "@none":
        if "joinLevel" in ask.params or "containedBy" in ask.params:
            raise bad("joinLevel và containedBy cần join.", "joinLevel and containedBy need join.")
        return None
    level = number(ask, "joinLevel", 1)
    if not 1 <= level <= LEVEL_MAX:
        raise bad(f"joinLevel từ 1 đến {LEVEL_MAX}.", f"joinLevel is between 1 and {LEVEL_MAX}.")
    return Join(join == "inline", level, frozenset(words(ask.params.get("containedBy"))))


async def linked(ask: Ask, rows: Sequence[Row], join: Join) -> dict[str, Row]:
    """Return the entities that the links of ``rows`` lead to, by id, level by level."""
    known = {row.id for row in rows} | join.contained
    found: dict[str, Row] = {}
    frontier: Sequence[Row] = rows
    for _ in range(join.level):
        wanted = {target for row in frontier for _, targets in _links(row) for target in targets} - known
        if not wanted:
            break
        if len(found) + len(wanted) > LINKED_MAX:
            raise complex_(f"Quá {LINKED_MAX} thực thể liên kết.", f"More than {LINKED_MAX} linked entities.")
        question = Question(tenant=ask.tenant, ids=tuple(sorted(wanted)))
        page = await entity_page(
            ask.db, ask.city.terms, ask.principal, question, limit=LINKED_MAX, limit_max=LINKED_MAX
        )
        known |= wanted
        found |= {row.id: row for row in page.rows}
        frontier = page.rows
    return found


class Embedding:
    """Puts linked entities into relationships; a circle of links ends where it closes."""

    def __init__(self, ask: Ask, found: dict[str, Row], show: Callable[[Row], dict[str, Any]]) -> None:
        self._ask = ask
        self._found = found
        self._show = show
        self._left = EMBEDDED_MAX

    def fill(self, row: Row, body: dict[str, Any], level: int, path: tuple[str, ...] = ()) -> dict[str, Any]:
        """Return ``body`` with the entities that its relationships lead to, ``level`` deep."""
        path = (*path, row.id)
        for attr, _ in _links(row) if level else ():
            name = self._ask.city.terms.attr_name(attr, self._ask.context)
            shown = body.get(name)
            if type(shown) is str:
                body[name] = self._entity(shown, level, path) or shown
            elif type(shown) is list:
                body[name] = [self._instance(one, level, path) for one in shown]
            elif shown is not None:
                body[name] = self._instance(shown, level, path)
        return body

    def _instance(self, one: Any, level: int, path: tuple[str, ...]) -> Any:
        if type(one) is str:
            return self._entity(one, level, path) or one
        target = one.get("object")
        if type(target) is list:
            found = [inner for each in target if (inner := self._entity(each, level, path)) is not None]
            return one | {"entityList": found} if found else one
        inner = self._entity(target, level, path)
        return one if inner is None else one | {"entity": inner}

    def _entity(self, target: object, level: int, path: tuple[str, ...]) -> dict[str, Any] | None:
        if type(target) is not str or target in path or target not in self._found:
            return None
        self._left -= 1
        if self._left < 0:
            raise _too_many()
        other = self._found[target]
        return self.fill(other, self._show(other), level - 1, path)


def _links(row: Row) -> Iterator[tuple[int, list[str]]]:
    """Yield each Relationship of an entity with the ids it points to."""
    for attr, stored, at_us in stored_attributes(row.doc, row.static):
        if type(stored) is not dict:
            continue
        values = [one.value for one in instances(stored, at_us) if one.kind == "R"]
        targets = [each for value in values for each in (value if type(value) is list else [value])]
        if targets:
            yield attr, [each for each in targets if type(each) is str]


def _too_many() -> Problem:
    return complex_(
        "Quá nhiều thực thể liên kết; hãy giảm joinLevel hoặc số thực thể.",
        "Too many linked entities; ask for a smaller joinLevel or fewer entities.",
    )
