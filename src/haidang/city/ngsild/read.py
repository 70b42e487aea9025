"""NGSI-LD reading of entities: GET /entities, GET /entities/{id}, POST /entityOperations/query."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from haidang.base.problems import NOT_FOUND, Problem
from haidang.city.choosing import DEFAULT, Choice, chosen, languages_of
from haidang.city.model import BAD_DATA
from haidang.city.ngsild.asking import (
    GEO,
    JSON,
    LD,
    LIMIT,
    Ask,
    asked,
    asked_by_body,
    flag,
    invalid,
    negotiate,
    number,
    options,
    page_links,
    reply,
    words,
)
from haidang.city.ngsild.exchange import Call, Reply
from haidang.city.ngsild.linking import PARAMETERS, Embedding, Join, join_of, linked
from haidang.city.query.entities import Page, entity_page
from haidang.city.query.geo import parse_geo
from haidang.city.query.grammar import parse
from haidang.city.query.problems import bad
from haidang.city.query.selection import parse_types
from haidang.city.query.sql import Question, Selector
from haidang.city.represent import documents, represent
from haidang.city.store.read import Row
from haidang.city.terms import is_uri
from haidang.city.times import format_us, to_us

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
SHOWING = ("pick", "omit", "options", "format", "geometryProperty", "local", "lang", "datasetId")
PAGING = ("limit", "offset", "count")
FORMS = ("normalized", "concise", "keyValues", "simplified", "sysAttrs", "count")


class Shape(msgspec.Struct):
    """How entities are shown."""

    form: str
    media: str
    system: bool
    """Whether createdAt and modifiedAt are shown."""
    only: frozenset[int] | None
    pick: tuple[str, ...]
    omit: tuple[str, ...]
    geometry: str
    choice: Choice = Choice()


async def query_entities(call: Call) -> Reply:
    """GET /entities"""
    ask = asked(call, *SELECTING, *SHOWING, *PAGING, *PARAMETERS)
    question = question_of(ask, ask.params)
    if not any(name in ask.params for name in (*SELECTING, "pick", "local")):
        raise bad(
            "Cần ít nhất một trong: type, id, idPattern, attrs, q, georel, local.",
            "At least one of type, id, idPattern, attrs, q, georel or local is needed.",
        )
    return await _answer(ask, question, shape_of(ask, ask.params))


async def post_query(call: Call) -> Reply:
    """POST /entityOperations/query: the same question in a body of type Query"""
    ask = await asked_by_body(call, *PAGING, "options", "format", "local")
    params, selectors = query_of(ask.body)
    return await _answer(ask, question_of(ask, params, selectors), shape_of(ask, params))


async def retrieve_entity(call: Call) -> Reply:
    """GET /entities/{id}"""
    ask = asked(call, "attrs", "type", *SHOWING, *PARAMETERS)
    row = await one(ask)
    shape = shape_of(ask, ask.params)
    join = join_of(ask)
    names = words(ask.params.get("attrs"))
    body = shown(ask, row, shape)
    if names and not any(name in body for name in names):
        raise missing(ask.path_id)
    if join is not None:
        bodies = await _joined(ask, [row], [body], shape, join)
        return reply(ask, bodies[0] if join.inline else bodies, shape.media)
    return reply(ask, body, shape.media)


async def _joined(
    ask: Ask, rows: list[Row], bodies: list[dict[str, Any]], shape: Shape, join: Join
) -> list[dict[str, Any]]:
    """Return the answer's entities with those they link to, inside them or after them."""
    if shape.media == GEO:
        raise bad("join không dùng với GeoJSON.", "join does not go with GeoJSON.")
    whole = msgspec.structs.replace(shape, only=None, pick=(), omit=())
    found = await linked(ask, rows, join)
    if not join.inline:
        return bodies + [shown(ask, other, whole) for other in found.values()]
    held = {row.id: row for row in rows if row.id not in join.contained}
    embedding = Embedding(ask, held | found, lambda other: shown(ask, other, whole))
    return [embedding.fill(row, body, join.level) for row, body in zip(rows, bodies, strict=True)]


async def one(ask: Ask) -> Row:
    """Return the entity in the path; ``Problem`` where the id is no URI or nothing is there for the asker."""
    if not is_uri(ask.path_id):
        raise bad(f"“{ask.path_id[:80]}” không phải URI.", f"{ask.path_id[:80]!r} is not a URI.")
    row = await ask.city.together.entity(ask.principal, ask.path_id, tenant=ask.tenant)
    if row is None:
        raise missing(ask.path_id)
    return row


def missing(id_: str) -> Problem:
    """Return the refusal for what does not exist, or not for this asker."""
    return Problem(NOT_FOUND, f"Không có thực thể {id_}.", f"There is no entity {id_}.")


def question_of(ask: Ask, params: Mapping[str, Any], selectors: tuple[Selector, ...] = ()) -> Question:
    """Return the question that the parameters ask; raise ``Problem`` where one is wrong."""
    ids = words(params.get("id"))
    for id_ in ids:
        if not is_uri(id_):
            raise bad(f"“{id_[:80]}” không phải URI.", f"{id_[:80]!r} is not a URI.")
    types, q = params.get("type"), params.get("q")
    return Question(
        tenant=ask.tenant,
        ids=ids,
        id_pattern=params.get("idPattern"),
        types=None if types is None else parse_types(types),
        selectors=selectors,
        attributes=words(params.get("attrs")),
        q=None if q is None else parse(q),
        scope=params.get("scopeQ"),
        geo=parse_geo(
            georel=params.get("georel"),
            geometry=params.get("geometry"),
            coordinates=params.get("coordinates"),
            geoproperty=params.get("geoproperty"),
        ),
    )


class _Info(msgspec.Struct):
    type: str | None = None
    id: str | list[str] | None = None
    idPattern: str | None = None  # noqa: N815 - the standard's word


class _GeoQ(msgspec.Struct):
    georel: str
    geometry: str
    coordinates: list[Any] | str
    geoproperty: str | None = None


class _Query(msgspec.Struct, forbid_unknown_fields=True):
    """Body of a query (clause 5.2.23)."""

    type: str
    entities: list[_Info] = []
    attrs: list[str] = []
    pick: list[str] = []
    omit: list[str] = []
    q: str | None = None
    geoQ: _GeoQ | None = None  # noqa: N815
    scopeQ: str | None = None  # noqa: N815
    lang: str | None = None
    datasetId: list[str] = []  # noqa: N815
    temporalQ: dict[str, Any] | None = None  # noqa: N815


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
    params: dict[str, Any] = {"q": query.q, "scopeQ": query.scopeQ, "temporalQ": query.temporalQ}
    params["lang"] = query.lang
    params |= {
        name: ",".join(getattr(query, name)) or None for name in ("attrs", "pick", "omit", "datasetId")
    }
    if query.geoQ is not None:
        params |= msgspec.structs.asdict(query.geoQ)
    selectors = tuple(
        Selector(
            ids=(one.id,) if isinstance(one.id, str) else tuple(one.id or ()),
            id_pattern=one.idPattern,
            types=None if one.type is None else parse_types(one.type),
        )
        for one in query.entities
    )
    return {name: value for name, value in params.items() if value is not None}, selectors


def shape_of(ask: Ask, params: Mapping[str, Any]) -> Shape:
    """Return how the asker wants entities shown."""
    chosen = options(ask, *FORMS)
    forms = chosen & {"normalized", "concise", "keyValues", "simplified"}
    if len(forms) > 1:
        raise invalid("Chỉ chọn một dạng biểu diễn.", "Only one representation can be chosen.")
    form = next(iter(forms), "normalized")
    attrs, pick, omit = (words(params.get(name)) for name in ("attrs", "pick", "omit"))
    only: frozenset[int] | None = None
    if attrs or pick:
        found = [ask.city.terms.attr_id(name, ask.context) for name in (*attrs, *pick)]
        only = frozenset(number for number in found if number is not None)
    return Shape(
        form="keyValues" if form == "simplified" else form,
        media=negotiate(ask, JSON, LD, GEO),
        system="sysAttrs" in chosen,
        only=only,
        pick=pick,
        omit=omit,
        geometry=ask.params.get("geometryProperty", "location"),
        choice=_choice(params),
    )


def _choice(params: Mapping[str, Any]) -> Choice:
    datasets = frozenset(words(params.get("datasetId")))
    for dataset in datasets - {DEFAULT}:
        if not is_uri(dataset):
            raise bad("datasetId phải là URI hoặc @none.", "A datasetId is a URI or @none.")
    try:
        return Choice(datasets, languages_of(params.get("lang")))
    except ValueError as cause:
        raise bad("lang không hợp lệ.", "lang is not valid, e.g. vi,en;q=0.5.") from cause


def shown(ask: Ask, row: Row, shape: Shape) -> dict[str, Any]:
    """Return one entity as it is asked for."""
    terms = ask.city.terms
    doc: Any = row.doc
    static: Any = row.static
    if shape.choice != Choice():
        observed, other = documents(doc, static)
        doc, static = chosen(observed, shape.choice), chosen(other, shape.choice)
    body = represent(
        row.id,
        terms.type_names(row.type_id, ask.context),
        doc,
        static,
        lambda number: terms.attr_name(number, ask.context),
        form=shape.form,
        only=shape.only,
    )
    if shape.pick:
        body = {name: value for name, value in body.items() if name in shape.pick}
    for name in shape.omit:
        body.pop(name, None)
    if shape.system:
        body |= {"createdAt": format_us(to_us(row.created)), "modifiedAt": format_us(to_us(row.mod))}
    return _feature(ask, row, body, shape) if shape.media == GEO else body


def _feature(ask: Ask, row: Row, body: dict[str, Any], shape: Shape) -> dict[str, Any]:
    terms = ask.city.terms
    number = terms.attr_id(shape.geometry, ask.context)
    geometry = None
    if number is not None:
        place = represent(
            row.id, ("x",), row.doc, row.static, lambda _: "g", form="keyValues", only=frozenset({number})
        )
        geometry = place.get("g")
    properties = {name: value for name, value in body.items() if name != "id"}
    return {"id": row.id, "type": "Feature", "geometry": geometry, "properties": properties}


async def page_of(ask: Ask, question: Question) -> tuple[Page, dict[str, str]]:
    """Return the page the asker wants and the headers that go with it."""
    count = flag(ask, "count") or "count" in words(ask.params.get("options"))
    limit, offset = number(ask, "limit", LIMIT), number(ask, "offset", 0)
    if not limit and not count:
        raise bad("limit=0 chỉ dùng cùng count=true.", "limit=0 goes only with count=true.")
    page = await entity_page(
        ask.db,
        ask.city.terms,
        ask.principal,
        question,
        limit=limit,
        offset=offset,
        count=count,
        limit_max=ask.settings.query_limit_max,
        context=ask.context,
    )
    headers = page_links(ask, limit=limit, offset=offset, more=page.more)
    if page.total is not None:
        headers["ngsild-results-count"] = str(page.total)
    return page, headers


async def _answer(ask: Ask, question: Question, shape: Shape) -> Reply:
    page, headers = await page_of(ask, question)
    found: Any = [shown(ask, row, shape) for row in page.rows]
    join = join_of(ask)
    if join is not None:
        found = await _joined(ask, page.rows, found, shape, join)
    if shape.media == GEO:
        found = {"type": "FeatureCollection", "features": found}
    return reply(ask, found, shape.media, headers=headers)
