"""NGSI-LD reading of entities: GET /entities, GET /entities/{id}, POST /entityOperations/query."""

from __future__ import annotations

from typing import Any

from haidang.city.ngsild.asking import (
    EDGES,
    GEO,
    LIMIT,
    Ask,
    asked,
    asked_by_body,
    flag,
    number,
    page_links,
    reply,
    words,
)
from haidang.city.ngsild.exchange import Call, Reply
from haidang.city.ngsild.narrowing import missing
from haidang.city.ngsild.questions import MEANING, ORDERING, SELECTING, query_of, question_of, too_wide
from haidang.city.ngsild.showing import SHOWING, Shape, Showing, shape_of
from haidang.city.query.entities import Page, entity_page
from haidang.city.query.problems import bad
from haidang.city.query.selection import parse_types, selects
from haidang.city.query.sql import Question
from haidang.city.store.read import Row
from haidang.city.terms import is_uri
from haidang.city.versions import OURS

PAGING = ("limit", "offset", "count", *EDGES)

__all__ = [
    "PAGING",
    "SELECTING",
    "missing",
    "of_type",
    "one",
    "page_of",
    "post_query",
    "query_entities",
    "query_of",
    "question_of",
    "retrieve_entity",
]


async def query_entities(call: Call) -> Reply:
    """GET /entities"""
    ask = asked(call, *SELECTING, *MEANING, *ORDERING, *SHOWING, *PAGING)
    question = question_of(ask, ask.params)
    if not any(name in ask.params for name in (*SELECTING, "pick", "local")):
        raise too_wide()
    return await _answer(ask, question, shape_of(ask, ask.params))


async def post_query(call: Call) -> Reply:
    """POST /entityOperations/query: the same question in a body of type Query"""
    ask = await asked_by_body(call, *PAGING, "options", "format", "local", "geometryProperty")
    params, selectors = query_of(ask.body)
    if not selectors and not params.keys() & {*SELECTING, "pick"} and "local" not in ask.params:
        raise too_wide()
    return await _answer(ask, question_of(ask, params, selectors), shape_of(ask, params))


async def retrieve_entity(call: Call) -> Reply:
    """GET /entities/{id}"""
    ask = asked(call, "attrs", "type", *SHOWING)
    shape = shape_of(ask, ask.params)
    row = await one(ask)
    names = words(ask.params.get("attrs"))
    bodies = await Showing(ask, shape).answer([row])
    if names and not bodies[0].get("properties", bodies[0]).keys() & set(shape.attributes):
        raise missing(ask.path_id)
    if shape.join is not None and not shape.join.inline:
        return _reply(ask, _collected(bodies, shape), shape, {})
    return _reply(ask, bodies[0], shape, {})


async def one(ask: Ask) -> Row:
    """Return the entity in the path; ``Problem`` where the id is no URI or nothing is there for the asker."""
    if not is_uri(ask.path_id):
        raise bad(f"“{ask.path_id[:80]}” không phải URI.", f"{ask.path_id[:80]!r} is not a URI.")
    row = await ask.city.together.entity(ask.principal, ask.path_id, tenant=ask.tenant)
    if row is None or not of_type(ask, row.type_id, ask.params.get("type")):
        raise missing(ask.path_id)
    return row


def of_type(ask: Ask, type_id: int, selection: str | None) -> bool:
    """Say whether an entity is of the types that the asker selects (4.17)."""
    if selection in (None, "*"):
        return True
    terms = ask.city.terms
    node = parse_types(selection or "")
    return selects(node, terms.members(type_id), terms.type_iris, ask.context.expand)


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
        after=ask.params.get("pageAfter"),
        before=ask.params.get("pageBefore"),
        count=count,
        limit_max=ask.settings.query_limit_max,
        context=ask.context,
    )
    ends = (page.rows[0].id, page.rows[-1].id) if page.keyed and page.rows else None
    headers = page_links(ask, limit=limit, offset=offset, more=page.more, ends=ends)
    if page.total is not None:
        headers["ngsild-results-count"] = str(page.total)
    return page, headers


async def _answer(ask: Ask, question: Question, shape: Shape) -> Reply:
    page, headers = await page_of(ask, question)
    bodies = await Showing(ask, shape).answer(page.rows)
    return _reply(ask, _collected(bodies, shape), shape, headers)


def _collected(bodies: list[dict[str, Any]], shape: Shape) -> Any:
    return {"type": "FeatureCollection", "features": bodies} if shape.media == GEO else bodies


def _reply(ask: Ask, body: Any, shape: Shape, headers: dict[str, str]) -> Reply:
    preference = shape.preference
    earlier = preference.version is not None and preference.version < OURS
    return reply(
        ask,
        body,
        shape.media,
        status=203 if earlier else 200,  # what is said is not as it is stored (6.4.3.2)
        headers=headers | preference.applied,
        json_body=preference.json_body,
    )
