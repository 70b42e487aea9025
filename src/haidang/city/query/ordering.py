"""In which order entities are answered (GS CIM 009, 4.23): by values, by text as people sort it, by distance.

The database has no collation of people's languages, so the values come here and are sorted here; one order
of text serves all ``collation`` tags: that of the Unicode root, the letters of Vietnamese in their places.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import msgspec
import shapely
from shapely.geometry import shape

from haidang.base.text import sort_key
from haidang.city.query.geo import METRES_PER_DEGREE, geometry_of
from haidang.city.query.grammar import Path, parse_path
from haidang.city.query.problems import bad, complex_

TERMS_MAX = 8
_TAG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,12}\Z")
_RADIUS_M = 6_371_008.8
_DIRECTIONS = ("asc", "desc", "dist-asc", "dist-desc")


class OrderTerm(msgspec.Struct, frozen=True):
    """One attribute to sort by."""

    path: Path
    descending: bool = False
    distance: bool = False


class Ordering(msgspec.Struct, frozen=True):
    """How entities are sorted; ties stay in order of id."""

    terms: tuple[OrderTerm, ...]
    reference: dict[str, Any] | None = None
    """GeoJSON geometry from which distances are measured."""


def parse_ordering(
    order_by: str | None, *, collation: str | None, order_from: Any = None, geometry: str | None = None
) -> Ordering | None:
    """Return the order the parameters ask for, None where none; ``Problem`` where they do not fit."""
    if collation is not None and not _TAG.match(collation):
        raise bad(
            f"collation không hợp lệ: “{collation[:40]}”.",
            f"collation is no language tag: “{collation[:40]}”.",
        )
    if order_by is None:
        if order_from is not None or geometry is not None:
            raise bad("orderFrom và orderGeometry cần orderBy.", "orderFrom and orderGeometry need orderBy.")
        return None
    terms = tuple(_term(text) for text in order_by.split(","))
    if len(terms) > TERMS_MAX:
        raise complex_(f"orderBy có quá {TERMS_MAX} thành phần.", f"orderBy has more than {TERMS_MAX} parts.")
    reference = None
    if any(one.distance for one in terms):
        if order_from is None:
            raise bad(
                "Thiếu orderFrom để tính khoảng cách.", "orderFrom is missing to measure distances from."
            )
        reference = geometry_of(geometry or "Point", order_from)
    return Ordering(terms, reference)


def _term(text: str) -> OrderTerm:
    path, _, direction = text.partition(";")
    if direction and direction not in _DIRECTIONS:
        raise bad(
            f"Hướng sắp xếp không hợp lệ: “{direction[:20]}”.",
            f"A direction is one of {', '.join(_DIRECTIONS)}, not “{direction[:20]}”.",
        )
    return OrderTerm(parse_path(path), direction.endswith("desc"), direction.startswith("dist-"))


def ordered(ordering: Ordering, keyed: Sequence[tuple[int, tuple[Any, ...]]]) -> list[int]:
    """Return the numbers of entities in order; each comes with the values of the terms, None: absent."""
    found = list(keyed)
    for place in reversed(range(len(ordering.terms))):
        term = ordering.terms[place]
        values = [
            (_distance(ordering, one[1][place]) if term.distance else _key(one[1][place]), one)
            for one in found
        ]
        there = [each for each in values if each[0] is not None]
        # What has no value comes last, whichever way the others run.
        there.sort(key=lambda each: each[0], reverse=term.descending)  # type: ignore[arg-type,return-value]
        found = [one for _, one in there] + [one for key, one in values if key is None]
    return [eid for eid, _ in found]


def _key(value: Any) -> tuple[int, Any] | None:
    """Return what a value sorts by: its kind (4.23.2), then itself; None for null and what is not there."""
    if value is None:
        return None
    if isinstance(value, bool):
        return 4, value
    if isinstance(value, int | float):
        return 0, value
    if isinstance(value, str):
        return 1, (sort_key(value), value)
    if isinstance(value, dict):
        kind = str(value.get("@type", ""))
        rank = next((n for n, name in ((5, "Time"), (6, "Date")) if kind.endswith(name)), 2)
        if kind.endswith("DateTime"):
            rank = 7
        return rank, str(value.get("@value", msgspec.json.encode(value, order="sorted")))
    return 3, msgspec.json.encode(value).decode()


def _distance(ordering: Ordering, value: Any) -> tuple[int, Any] | None:
    """Return metres from the reference; what is no geometry sorts behind, by its value."""
    reference = ordering.reference
    assert reference is not None  # noqa: S101 - the parser refuses an order by distance without one
    try:
        target = shape(value)
        if reference["type"] == "Point" and value["type"] == "Point":
            return -1, _haversine_m(reference["coordinates"], value["coordinates"])
        east = METRES_PER_DEGREE * max(0.01, math.cos(math.radians(target.centroid.y)))
        flat = [
            shapely.transform(one, lambda pairs: pairs * (east, METRES_PER_DEGREE))
            for one in (shapely.force_2d(shape(reference)), shapely.force_2d(target))
        ]
        return -1, float(shapely.distance(*flat))
    except (ValueError, TypeError, KeyError, AttributeError, shapely.errors.ShapelyError):
        return _key(value)


def _haversine_m(one: Sequence[float], other: Sequence[float]) -> float:
    lon1, lat1, lon2, lat2 = map(math.radians, (*one[:2], *other[:2]))
    half = math.sin((lat2 - lat1) / 2) ** 2
    half += math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * _RADIUS_M * math.asin(min(1.0, math.sqrt(half)))
