"""Context source registrations over NGSI-LD (GS CIM 009, 6.8 and 6.9)."""

from __future__ import annotations

import re
from urllib.parse import quote

from haidang.base.problems import Problem
from haidang.city.items import bad
from haidang.city.ngsild.asking import JSON as JSON_TEXT
from haidang.city.ngsild.asking import (
    LD,
    LIMIT,
    Ask,
    asked,
    flag,
    negotiate,
    number,
    options,
    page_links,
    reply,
    words,
)
from haidang.city.ngsild.exchange import JSON, LD_JSON, MERGE_PATCH, Call, Reply, origin_of
from haidang.city.ngsild.subscriptions import document_of
from haidang.city.query.geo import parse_geo
from haidang.city.query.grammar import checked_pattern
from haidang.city.query.problems import TOO_MANY_RESULTS
from haidang.city.query.selection import parse_types
from haidang.city.query.temporal import parse_temporal
from haidang.city.registrations import service
from haidang.city.registrations.query import Question, page, scopes_asked, spaces_known
from haidang.city.terms import is_uri

PATH = "/ngsi-ld/v1/csourceRegistrations"
_NAMED = re.compile(r"[^,|;()\s]+")
_PARAMETERS = (
    "id", "idPattern", "type", "attrs", "georel", "geometry", "coordinates", "geoproperty", "timerel",
    "timeAt", "endTimeAt", "timeproperty", "scopeQ", "limit", "offset", "count", "options",
)  # fmt: skip


async def create(call: Call) -> Reply:
    """POST /csourceRegistrations"""
    call.query()
    body, context = await document_of(call, JSON, LD_JSON)
    origin = origin_of(call.who)
    id_ = await service.create(call.city, call.who, call.tenant, body=body, context=context, origin=origin)
    return Reply(201, headers=[(b"location", f"{PATH}/{quote(id_, safe='')}".encode())])


async def query(call: Call) -> Reply:
    """GET /csourceRegistrations"""
    ask = asked(call, *_PARAMETERS)
    shown = options(ask, "count", "sysAttrs")
    count = flag(ask, "count") or "count" in shown
    limit, offset = number(ask, "limit", LIMIT), number(ask, "offset", 0)
    if not limit and not count:
        raise bad("limit=0 chỉ dùng cùng count=true.", "limit=0 goes only with count=true.")
    most = call.settings.query_limit_max
    if limit > most:
        raise Problem(
            TOO_MANY_RESULTS, f"limit tối đa là {most}.", f"The largest limit is {most}.", limit_max=most
        )
    media = negotiate(ask, JSON_TEXT, LD)
    question = _question(ask)
    found = await page(call.city, call.who, call.tenant, question, limit=limit, offset=offset, count=count)
    system = "sysAttrs" in shown
    body = [service.present(call.who, row, ask.context, system=system) for row in found.rows]
    headers = page_links(ask, limit=limit, offset=offset, more=found.more)
    if found.total is not None:
        headers["ngsild-results-count"] = str(found.total)
    return reply(ask, body, media, headers=headers)


async def retrieve(call: Call) -> Reply:
    """GET /csourceRegistrations/{id}"""
    ask = asked(call, "options")
    system = "sysAttrs" in options(ask, "sysAttrs")
    media = negotiate(ask, JSON_TEXT, LD)
    row = await service.get(call.city, call.who, call.tenant, _id(call))
    return reply(ask, service.present(call.who, row, ask.context, system=system), media)


async def patch(call: Call) -> Reply:
    """PATCH /csourceRegistrations/{id}"""
    call.query()
    body, context = await document_of(call, JSON, LD_JSON, MERGE_PATCH)
    await service.change(call.city, call.who, call.tenant, _id(call), fragment=body, context=context)
    return Reply(204)


async def delete(call: Call) -> Reply:
    """DELETE /csourceRegistrations/{id}"""
    call.query()
    await service.delete(call.city, call.who, call.tenant, _id(call))
    return Reply(204)


def _question(ask: Ask) -> Question:
    params, expand = ask.params, ask.context.expand
    ids = words(params.get("id"))
    for id_ in ids:
        if not is_uri(id_):
            raise bad("id phải là URI.", "An id must be a URI.", "id", id_)
    pattern = params.get("idPattern")
    geo = parse_geo(
        georel=params.get("georel"),
        geometry=params.get("geometry"),
        coordinates=params.get("coordinates"),
        geoproperty=spaces_known(params.get("geoproperty", "location")),
    )
    temporal = None
    if "timerel" in params or "timeAt" in params:
        temporal = parse_temporal(
            timerel=params.get("timerel"),
            time_at=params.get("timeAt"),
            end_time_at=params.get("endTimeAt"),
            timeproperty=params.get("timeproperty"),
            last_n=None,
        )
    types = _NAMED.sub(lambda name: expand(name[0]), params["type"]) if "type" in params else None
    return Question(
        ids=ids,
        id_pattern=None if pattern is None else checked_pattern(pattern),
        types=None if types is None else parse_types(types),
        attributes=frozenset(map(expand, words(params["attrs"]))) if "attrs" in params else None,
        geo=geo,
        temporal=temporal,
        scopes=scopes_asked(params["scopeQ"]) if "scopeQ" in params else (),
    )


def _id(call: Call) -> str:
    id_ = call.params[0]
    if not is_uri(id_):
        raise bad("Mã đăng ký phải là URI.", "The id of a registration must be a URI.", "id", id_)
    return id_
