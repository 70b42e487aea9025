"""From parameters and Query bodies (GS CIM 009, 5.2.23, 6.4.3.2) to a question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from haidang.base.problems import Problem
from haidang.city.model import BAD_DATA
from haidang.city.ngsild.asking import Ask, words
from haidang.city.query.geo import parse_geo
from haidang.city.query.grammar import parse
from haidang.city.query.ordering import parse_ordering
from haidang.city.query.problems import bad
from haidang.city.query.selection import parse_types
from haidang.city.query.sql import Question, Selector
from haidang.city.terms import is_uri

SELECTING = (
    "id",
    "idPattern",
    "type",
    "attrs",
    "q",
    "scopeQ",
    "georel",
    "geometry",
    "coordinates",
    "geoproperty",
)
MEANING = ("expandValues", "jsonKeys")
"""How values in ``q`` are meant; JSON is never expanded here, so ``jsonKeys`` changes nothing."""
ORDERING = ("orderBy", "collation", "orderFrom", "orderGeometry")
ALL_TYPES = "*"


def question_of(ask: Ask, params: Mapping[str, Any], selectors: tuple[Selector, ...] = ()) -> Question:
    """Return the question that the parameters ask; raise ``Problem`` where one is wrong."""
    ids = words(params.get("id"))
    for id_ in ids:
        _check_id(id_)
    types, q, expanding = params.get("type"), params.get("q"), words(params.get("expandValues"))
    return Question(
        tenant=ask.tenant,
        ids=ids,
        id_pattern=params.get("idPattern"),
        types=None if types in (None, ALL_TYPES) else parse_types(types),
        selectors=selectors,
        attributes=words(params.get("attrs")),
        q=None if q is None else parse(q, frozenset(expanding)),
        expanding=expanding,
        scope=params.get("scopeQ"),
        geo=parse_geo(
            georel=params.get("georel"),
            geometry=params.get("geometry"),
            coordinates=params.get("coordinates"),
            geoproperty=params.get("geoproperty"),
        ),
        ordering=parse_ordering(
            params.get("orderBy"),
            collation=params.get("collation"),
            order_from=params.get("orderFrom"),
            geometry=params.get("orderGeometry"),
        ),
    )


def too_wide() -> Problem:
    """Return the refusal of a question that selects nothing (5.7.2.4)."""
    return bad(
        "Cần ít nhất một trong: type, id, idPattern, attrs, q, scopeQ, georel, local.",
        "At least one of type, id, idPattern, attrs, q, scopeQ, georel or local is needed.",
    )


def _check_id(id_: str) -> None:
    if not is_uri(id_):
        raise bad(f"“{id_[:80]}” không phải URI.", f"{id_[:80]!r} is not a URI.")


class _Selector(msgspec.Struct):
    type: str
    id: str | list[str] | None = None
    idPattern: str | None = None  # noqa: N815 - the standard's word


class _GeoQ(msgspec.Struct):
    georel: str
    geometry: str
    coordinates: list[Any] | str
    geoproperty: str | None = None


class _Ordering(msgspec.Struct, forbid_unknown_fields=True):
    orderBy: str | list[str]  # noqa: N815
    collation: str | None = None
    orderFrom: list[Any] | str | None = None  # noqa: N815
    orderGeometry: str | None = None  # noqa: N815
    coordinates: list[Any] | str | None = None
    geometry: str | None = None


class _Query(msgspec.Struct, forbid_unknown_fields=True):
    """Body of a query (clause 5.2.23)."""

    type: str
    entities: list[_Selector] | None = None
    attrs: list[str] | None = None
    pick: list[str] | None = None
    omit: list[str] | None = None
    q: str | None = None
    geoQ: _GeoQ | None = None  # noqa: N815
    scopeQ: str | None = None  # noqa: N815
    lang: str | None = None
    datasetId: list[str] | None = None  # noqa: N815
    temporalQ: dict[str, Any] | None = None  # noqa: N815
    expandValues: str | list[str] | None = None  # noqa: N815
    jsonKeys: str | list[str] | None = None  # noqa: N815
    join: str | None = None
    joinLevel: int | None = None  # noqa: N815
    containedBy: list[str] | None = None  # noqa: N815
    ordering: _Ordering | None = None


_LISTS = ("attrs", "pick", "omit", "datasetId", "containedBy", "expandValues", "jsonKeys")
_PLAIN = ("q", "scopeQ", "temporalQ", "lang", "join")


def query_of(body: Any) -> tuple[dict[str, Any], tuple[Selector, ...]]:
    """Return parameters and entity selectors of a Query body; raise ``Problem`` that names what is wrong."""
    try:
        query = msgspec.convert(body, _Query)
    except msgspec.ValidationError as cause:
        raise Problem(
            BAD_DATA, f"Truy vấn không hợp lệ: {cause}", f"The Query is not valid: {cause}"
        ) from cause
    if query.type != "Query":
        raise Problem(BAD_DATA, "type phải là Query.", "type must be Query.")
    params: dict[str, Any] = {name: getattr(query, name) for name in _PLAIN}
    for name in _LISTS:
        value = getattr(query, name)
        if value == []:
            raise Problem(BAD_DATA, f"{name} không được rỗng.", f"{name} may not be empty.")
        params[name] = ",".join(value) if isinstance(value, list) else value
    params["joinLevel"] = None if query.joinLevel is None else str(query.joinLevel)
    if query.geoQ is not None:
        params |= msgspec.structs.asdict(query.geoQ)
    if query.ordering is not None:
        params |= _order(query.ordering)
    if query.entities == []:
        raise Problem(BAD_DATA, "entities không được rỗng.", "entities may not be empty.")
    selectors = tuple(_selector(one) for one in query.entities or ())
    return {name: value for name, value in params.items() if value is not None}, selectors


def _order(one: _Ordering) -> dict[str, Any]:
    return {
        "orderBy": one.orderBy if isinstance(one.orderBy, str) else ",".join(one.orderBy),
        "collation": one.collation,
        "orderFrom": one.orderFrom if one.orderFrom is not None else one.coordinates,
        "orderGeometry": one.orderGeometry if one.orderGeometry is not None else one.geometry,
    }


def _selector(one: _Selector) -> Selector:
    ids = (one.id,) if isinstance(one.id, str) else tuple(one.id or ())
    for id_ in ids:
        _check_id(id_)
    return Selector(
        ids=ids, id_pattern=one.idPattern, types=None if one.type == ALL_TYPES else parse_types(one.type)
    )
