"""Telemetry of a shape met before: read by columns, not attribute by attribute.

A device sends the same attributes, units and place over and over; only numbers and their time differ. What
``intake`` has once read with care is remembered as a :class:`Shape`, and the next body of the same shape
costs a third. Nothing is decided here: a body that differs in anything (another unit, an integer for a
float, a second time, a new address) is read with care again.
"""

from __future__ import annotations

import operator
import struct
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import astuple

from haidang.city.items import EXACT, Item, Row
from haidang.city.represent import Stored
from haidang.city.terms import Column
from haidang.city.times import NEVER

VARIANTS_MAX = 16
"""Combinations of units and number kinds that one shape remembers."""
STILLS_MAX = 20_000
"""What stands still (name, address, place; about 1.5 kB each), remembered over all shapes of a context."""
NAMES_MAX = 100
"""Whoever sends more members than this, or longer ones than :data:`TEXT_MAX`, is always read with care."""
TEXT_MAX = 4_096
"""Bytes of the names, of the document or of what stands still: memory is for devices, not for documents."""

_encode = msgspec.json.Encoder().encode


class Property(
    msgspec.Struct, tag_field="type", tag="Property", forbid_unknown_fields=True, gc=False, frozen=True
):
    """A Property with nothing but what telemetry has. Three members: ``Shape.read`` counts on it."""

    value: Any
    unitCode: str | UnsetType = UNSET  # noqa: N815 - the standard's name
    observedAt: str | UnsetType = UNSET  # noqa: N815


class GeoProperty(
    msgspec.Struct, tag_field="type", tag="GeoProperty", forbid_unknown_fields=True, gc=False, frozen=True
):
    """A GeoProperty with a value alone."""

    value: Any


class Relationship(
    msgspec.Struct, tag_field="type", tag="Relationship", forbid_unknown_fields=True, gc=False, frozen=True
):
    """A Relationship with a target alone."""

    object: Any


SHAPED = (Property, GeoProperty, Relationship)

decode_one = msgspec.json.Decoder(dict[str, str | Property | GeoProperty | Relationship]).decode
"""Decode one entity's plain telemetry, as :data:`decode_batch` does."""
decode_batch = msgspec.json.Decoder(list[dict[str, str | Property | GeoProperty | Relationship]]).decode
"""Decode a batch of plain telemetry; ``msgspec.MsgspecError`` or ``UnicodeDecodeError`` for anything else."""


def plainly(body: dict[str, Any]) -> dict[str, Any]:
    """Return the body as plain JSON objects; itself where it is plain already."""
    for value in body.values():
        if isinstance(value, SHAPED):
            return {
                name: msgspec.to_builtins(one) if isinstance(one, SHAPED) else one
                for name, one in body.items()
            }
    return body


class Variant(msgspec.Struct, frozen=True):
    """What the observed numbers of a shape mean under certain units and number kinds."""

    numbers: tuple[int, ...]
    """Columns of history."""
    template: bytes
    """The encoded document; the time and the numbers in their order are still to come."""
    integers: tuple[int, ...]
    """Places of whole numbers, which must fit a float exactly."""
    shape: frozenset[str]
    packer: struct.Struct


Still = tuple[dict[str, Stored], bytes, frozenset[str]]
"""Attributes without a time of observation: stored, encoded, and their keys. Shared: nobody changes them."""
Stills = dict[tuple["Shape", bytes], Still]


class Careful(Protocol):
    """The careful reader, for what a shape cannot know."""

    def observed(self, value: object, name: str) -> int:
        """Return ``observedAt`` of an attribute in µs; raise ``Problem`` where it is none."""

    def fill(self, item: Item, body: dict[str, Any]) -> None:
        """Read plain attributes into ``item``; raise ``Problem`` where they are meaningless."""


class Shape:
    """The names of a body in their order, and which of them are observed numbers."""

    __slots__ = ("_first", "_names", "_observed", "_standing", "_stills", "_stills_max", "_variants")

    def __init__(
        self,
        names: Sequence[str],
        observed: Sequence[int],
        standing: Sequence[int],
        stills: Stills,
        stills_max: int,
    ) -> None:
        self._first = names[observed[0]]
        self._names = tuple(names[place] for place in standing)
        self._observed = _picker(observed)
        self._standing = _picker(standing) if standing else None
        self._variants: dict[tuple[tuple[Any, ...], tuple[type, ...]], Variant] = {}
        self._stills = stills
        self._stills_max = stills_max

    def read(self, item: Item, body: dict[str, Any], careful: Careful) -> bool:
        """Fill ``item`` from a body of this shape; False, and ``item`` untouched, where it differs."""
        parts = list(body.values())
        try:
            values, units, times = zip(*map(astuple, self._observed(parts)), strict=True)
        except (TypeError, ValueError):  # no struct, or not one of three members
            return False
        variant = self._variants.get((units, tuple(map(type, values))))
        if variant is None or times[0] is UNSET or times.count(times[0]) != len(times):
            return False
        for place in variant.integers:
            if not -EXACT <= values[place] <= EXACT:
                return False
        if self._standing is not None and not self._stand(item, self._standing(parts), careful):
            return False
        at = item.at = careful.observed(times[0], self._first)
        item.doc_bytes = variant.template % (at, *_encode(values)[1:-1].split(b","))
        item.plain = True
        item.keys = variant.shape
        flat = [8] * (2 * len(values))
        flat[1::2] = values
        item.row = Row(at, variant.numbers, variant.packer.pack(*flat), None)
        return True

    def learn(self, item: Item, body: dict[str, Any], columns: Sequence[Column]) -> None:
        """Remember how these numbers were read with care, if that is all that ``item`` observed."""
        row = item.row
        try:
            values, units, times = zip(*map(astuple, self._observed(list(body.values()))), strict=True)
        except (TypeError, ValueError):
            return
        if row is None or row.rest or len(columns) != len(values) or UNSET in times:
            return
        template = _template(columns)
        if len(self._variants) < VARIANTS_MAX and len(template) <= TEXT_MAX:
            self._variants[units, tuple(map(type, values))] = Variant(
                numbers=row.columns,
                template=template,
                integers=tuple(place for place, value in enumerate(values) if type(value) is int),
                shape=item.keys,
                packer=struct.Struct(">" + "id" * len(values)),
            )

    def _stand(self, item: Item, standing: tuple[Any, ...], careful: Careful) -> bool:
        place = (self, _encode(standing))
        still = self._stills.get(place)
        if still is None:
            apart = Item(item.op, item.tenant_id, item.id)
            careful.fill(apart, plainly(dict(zip(self._names, standing, strict=True))))
            if apart.at != NEVER:
                return False
            still = (apart.static, apart.static_bytes, apart.static_keys)
            if apart.warnings:  # they name the entity
                item.warnings = apart.warnings
            elif len(place[1]) <= TEXT_MAX:
                if len(self._stills) >= self._stills_max:
                    self._stills.clear()
                self._stills[place] = still
        item.static, item.static_bytes, item.static_keys = still
        return True


def shape_of(item: Item, body: dict[str, Any], stills: Stills, stills_max: int) -> Shape | None:
    """Return the shape of a body that was read into ``item`` with care; None where it is no plain telemetry.

    Plain: every observed attribute is a number, all with the same time.
    """
    row = item.row
    if row is None or row.rest or not row.columns:
        return None
    if len(body) > NAMES_MAX or sum(map(len, body)) > TEXT_MAX:
        return None
    observed: list[int] = []
    standing: list[int] = []
    for place, (name, value) in enumerate(body.items()):
        if name in {"id", "type"}:
            continue
        if type(value) is Property and value.observedAt is not UNSET:
            observed.append(place)
        elif type(value) is GeoProperty or (type(value) is Property and value.unitCode is UNSET):
            standing.append(place)
        else:
            return None
    if len(observed) != len(row.columns):
        return None
    return Shape(list(body), observed, standing, stills, stills_max)


def _template(columns: Sequence[Column]) -> bytes:
    parts = [b'"@":%d']
    for column in columns:
        unit = _encode(column.unit).replace(b"%", b"%%")
        parts.append(b'"%b":' % column.key.encode() + (b"[%b," + unit + b"]" if column.unit else b"%b"))
    return b"{" + b",".join(parts) + b"}"


def _picker(places: Sequence[int]) -> Callable[[list[Any]], tuple[Any, ...]]:
    if len(places) == 1:
        only = places[0]
        return lambda parts: (parts[only],)
    return operator.itemgetter(*places)
