"""Linked entities with those asked for (GS CIM 009, 4.5.23), for answers and for notifications.

Only what the asker may see is followed; a link that leads out of his sight stays a plain link.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from haidang.base.problems import Problem
from haidang.city.projection import Projection
from haidang.city.query.problems import bad, complex_
from haidang.city.represent import instances, stored_attributes
from haidang.city.store.read import Row

LEVEL_MAX = 5
LINKED_MAX = 500
"""Linked entities of one answer."""
EMBEDDED_MAX = 2_000
"""Places of one answer into which one is put: all linked with all would else grow without measure."""

Fetch = Callable[[Sequence[str]], Awaitable[Sequence[Row]]]
"""Ids to those of them that the asker may see."""
Show = Callable[[Row, Projection], dict[str, Any]]
"""An entity as the asker wants entities shown, cut to a projection."""


class Join(msgspec.Struct, frozen=True):
    """How linked entities come along."""

    inline: bool
    level: int = 1
    contained: frozenset[str] = frozenset()
    """Entities that the asker already has; links to them are not followed."""


def join_of(join: str | None, level: int | None, contained: Sequence[str]) -> Join | None:
    """Return what is wanted joined, None where nothing; ``Problem`` where it makes no sense."""
    if join not in (None, "inline", "flat", "@none"):
        raise bad("join là inline, flat hoặc @none.", "join is inline, flat or @none.")
    if join in (None, "@none"):
        if level is not None or contained:
            raise bad("joinLevel và containedBy cần join.", "joinLevel and containedBy need join.")
        return None
    level = 1 if level is None else level
    if not 1 <= level <= LEVEL_MAX:
        raise bad(f"joinLevel từ 1 đến {LEVEL_MAX}.", f"joinLevel is between 1 and {LEVEL_MAX}.")
    return Join(join == "inline", level, frozenset(contained))


def check_depth(projection: Projection, join: Join | None) -> None:
    """Refuse a projection that looks further than links are followed (5.7.1.4)."""
    if projection.depth > (0 if join is None else join.level):
        raise bad(
            "pick hoặc omit nhìn xa hơn joinLevel.", "pick or omit looks further than links are followed."
        )


class Linked(NamedTuple):
    """One linked entity and what is shown of it (by the first way that led to it)."""

    row: Row
    projection: Projection


async def linked(
    fetch: Fetch, rows: Sequence[Row], join: Join, projection: Projection, name_of: Callable[[int], str]
) -> dict[str, Linked]:
    """Return the entities that the links of ``rows`` lead to, by id, level by level, in their order."""
    known = {row.id for row in rows} | join.contained
    found: dict[str, Linked] = {}
    frontier = [Linked(row, projection) for row in rows]
    for _ in range(join.level):
        ways: dict[str, Projection] = {}
        for one in frontier:
            for attr, targets in links(one.row):
                name = name_of(attr)
                if one.projection.shows(name):
                    for target in targets:
                        if target not in known:
                            ways.setdefault(target, one.projection.through(name))
        if not ways:
            break
        if len(found) + len(ways) > LINKED_MAX:
            raise complex_(f"Quá {LINKED_MAX} thực thể liên kết.", f"More than {LINKED_MAX} linked entities.")
        there = {row.id: row for row in await fetch(list(ways))}
        known |= ways.keys()
        frontier = [Linked(there[id_], way) for id_, way in ways.items() if id_ in there]
        found |= {one.row.id: one for one in frontier}
    return found


class Embedding:
    """Puts linked entities into relationships; a circle of links ends where it closes."""

    def __init__(self, found: dict[str, Row], show: Show, name_of: Callable[[int], str]) -> None:
        self._found = found
        self._show = show
        self._name_of = name_of
        self._left = EMBEDDED_MAX

    def fill(
        self, row: Row, body: dict[str, Any], level: int, projection: Projection, path: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        """Return ``body`` with the entities that its relationships lead to, ``level`` deep."""
        path = (*path, row.id)
        for attr, _ in links(row) if level else ():
            name = self._name_of(attr)
            shown = body.get(name)
            if shown is not None:
                body[name] = self._value(shown, _Way(self, level, projection.through(name), path))
        return body

    def _value(self, shown: Any, entity: _Way) -> Any:
        """Return a relationship as it is shown: an id, an instance, or a list of either."""
        if type(shown) is list:
            return [self._value(one, entity) for one in shown]
        if type(shown) is not dict:
            return entity(shown) or shown
        if "dataset" in shown and len(shown) == 1:
            return {"dataset": {key: self._value(one, entity) for key, one in shown["dataset"].items()}}
        if "objectList" in shown:
            found = [inner for target in targets_of(shown["objectList"]) if (inner := entity(target))]
            return shown | {"entityList": found} if found else shown
        target = shown.get("object")
        if type(target) is list:
            found = [inner for each in target if (inner := entity(each)) is not None]
            return shown | {"entity": found} if found else shown
        inner = entity(target)
        return shown if inner is None else shown | {"entity": inner}

    def entity(
        self, target: object, level: int, way: Projection, path: tuple[str, ...]
    ) -> dict[str, Any] | None:
        """Return a linked entity as it stands at this place; None where it is not to stand there."""
        if type(target) is not str or target in path or target not in self._found:
            return None
        self._left -= 1
        if self._left < 0:
            raise _too_many()
        other = self._found[target]
        return self.fill(other, self._show(other, way), level - 1, way, path)


class _Way(NamedTuple):
    """How far, and as what, the entities of one relationship are shown."""

    of: Embedding
    level: int
    projection: Projection
    path: tuple[str, ...]

    def __call__(self, target: object) -> dict[str, Any] | None:
        return self.of.entity(target, self.level, self.projection, self.path)


def links(row: Row) -> Iterator[tuple[int, list[str]]]:
    """Yield each Relationship and ListRelationship of an entity with the ids it points to."""
    for attr, stored, at_us in stored_attributes(row.doc, row.static):
        if type(stored) is not dict:
            continue
        values = [one.value for one in instances(stored, at_us) if one.kind in ("R", "LR")]
        targets = [each for value in values for each in targets_of(value)]
        if targets:
            yield attr, targets


def targets_of(value: Any) -> list[str]:
    """Return the ids in the object or objectList of a relationship."""
    if type(value) is str:
        return [value]
    if type(value) is dict:
        return targets_of(value.get("object"))
    if type(value) is list:
        return [target for one in value for target in targets_of(one)]
    return []


def _too_many() -> Problem:
    return complex_(
        "Quá nhiều thực thể liên kết; hãy giảm joinLevel hoặc số thực thể.",
        "Too many linked entities; ask for a smaller joinLevel or fewer entities.",
    )
