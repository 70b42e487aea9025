"""How evolutions are shown: the temporal representation (GS CIM 009, 4.5.6) and the simple one (4.5.9)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from haidang.base.database import Connection
from haidang.city.items import NULL
from haidang.city.query.evolution import kinds_of, recorded
from haidang.city.query.instances import SCOPE, Cut, Life, Point
from haidang.city.query.temporal import TemporalQuery, instance_id
from haidang.city.represent import KINDS, Names, System, attribute, instances
from haidang.city.terms import Context, Terms
from haidang.city.times import format_us, to_us

_LISTS = {
    "P": "values", "G": "values", "R": "objects", "L": "languageMaps", "V": "vocabs", "J": "jsons",
    "LP": "valueLists", "LR": "objectLists",
}  # fmt: skip
_WRAPPED = frozenset({"L", "V", "J"})


class Shown(NamedTuple):
    """How evolutions are shown."""

    form: str
    """``normalized``, ``concise`` or ``temporalValues``."""
    system: bool
    """Whether createdAt, modifiedAt and deletedAt are shown."""
    by: str
    """The time property asked about."""
    cut: bool
    """The answer is cut: attributes without an instance in it are shown empty, for there may be more."""
    attrs: tuple[int, ...] | None
    """Those asked for; None: all."""
    context: Context


async def shown(
    conn: Connection, terms: Terms, lives: Sequence[Life], cut: Cut, how: Shown
) -> list[dict[str, Any]]:
    """Return the entities of an answer."""
    points = [cut.of(place) for place in range(len(lives))]
    numbers = [one.seq for mine in points for one in mine]
    when = await recorded(conn, numbers) if how.system and numbers else None
    show = _Entity(terms, how, when)
    return [show.body(life, mine) for life, mine in zip(lives, points, strict=True)]


def content_range(span: TemporalQuery, cut: Cut) -> str:
    """Return what of the range asked for a cut answer holds (6.3.10)."""
    least, most = cut.range() or (0, 0)
    if span.last is None:
        first = least if span.start is None else to_us(span.start)
        return f"date-time {format_us(first)}-{format_us(most)}/*"
    first = most if span.end is None else to_us(span.end)
    return f"date-time {format_us(first)}-{format_us(least)}/{span.last}"


class _Entity:
    """Shows one entity after the other."""

    def __init__(self, terms: Terms, how: Shown, when: Callable[[int], int] | None) -> None:
        self._terms = terms
        self._names = Names(terms, how.context)
        self._how = how
        self._when = when

    def body(self, life: Life, points: Sequence[Point]) -> dict[str, Any]:
        """Return one entity with its instances."""
        types = self._terms.type_names(life.type_id, self._how.context)
        body: dict[str, Any] = {"id": life.id, "type": types[0] if len(types) == 1 else list(types)}
        if self._how.system:
            body |= self._times(life)
        by_attr: dict[int, list[Point]] = {}
        for one in points:
            by_attr.setdefault(one.attr, []).append(one)
        for attr, mine in by_attr.items():
            name = "scope" if attr == SCOPE else self._names(attr)
            if self._how.form == "temporalValues":
                body[name] = self._values(mine)
            else:
                body[name] = [self._instance(one) for one in mine]
        if self._how.cut:
            self._fill(body, life)
        return body

    def _times(self, life: Life) -> dict[str, str]:
        found: dict[str, str] = {}
        if life.row is not None:
            found = {
                "createdAt": format_us(to_us(life.row.created)),
                "modifiedAt": format_us(to_us(life.row.mod)),
            }
        elif life.ended:
            found["deletedAt"] = format_us(to_us(max(at for _, _, at in life.ended)))
        return found

    def _instance(self, one: Point) -> dict[str, Any]:
        how = self._how
        concise = how.form == "concise"
        kind, member = KINDS[one.kind]
        if one.value is None:
            value = [] if one.attr == SCOPE else _null(one.kind)
            shown: dict[str, Any] = {member: value} if concise else {"type": kind, member: value}
            if one.observed_us is not None:
                shown["observedAt"] = format_us(one.observed_us)
            shown["deletedAt"] = format_us(one.at_us)
        else:
            found = attribute(
                one.stored, one.observed_us, self._names, concise=concise, system=self._system(one)
            )
            plain = type(found) is not dict or (concise and "coordinates" in found)
            shown = {member: found} if plain else found
            if how.by != "observedAt":
                shown[how.by] = format_us(one.at_us)
        if one.attr != SCOPE:
            shown["instanceId"] = _name(one)
        return shown

    def _system(self, one: Point) -> System | None:
        if self._when is None:
            return None
        entered = self._when(one.seq)
        return System(format_us(entered), format_us(one.corrected_us or entered))

    def _values(self, points: Sequence[Point]) -> Any:
        """Return one object of pairs; several where kinds or datasets differ."""
        groups: dict[tuple[str, str | None], list[list[Any]]] = {}
        for one in points:
            groups.setdefault((one.kind, one.dataset), []).append([self._value(one), format_us(one.at_us)])
        found = [
            {"type": KINDS[kind][0]} | ({"datasetId": dataset} if dataset else {}) | {_LISTS[kind]: pairs}
            for (kind, dataset), pairs in groups.items()
        ]
        return found[0] if len(found) == 1 else found

    def _value(self, one: Point) -> Any:
        if one.value is None:
            value = [] if one.attr == SCOPE else _null(one.kind)
        else:
            each = next(iter(instances(one.stored, None)))
            value = self._names.vocab(each.value) if one.kind == "V" else each.value
        return {KINDS[one.kind][1]: value} if one.kind in _WRAPPED else value

    def _fill(self, body: dict[str, Any], life: Life) -> None:
        for attr, kind in kinds_of(life).items():
            if self._how.attrs is None or attr in self._how.attrs:
                empty: Any = {"type": KINDS[kind][0], _LISTS[kind]: []}
                body.setdefault(self._names(attr), empty if self._how.form == "temporalValues" else [])


def _null(kind: str) -> Any:
    return {"@none": NULL} if kind == "L" else NULL


def _name(one: Point) -> str:
    if type(one.stored) is dict and "i" in one.stored:
        name: str = one.stored["i"]
        return name
    return instance_id(one.seq, one.attr, one.dataset)
