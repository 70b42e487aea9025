"""Subscriptions over NGSI-LD (GS CIM 009, 6.10 and 6.11)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from haidang.base.problems import INVALID, Problem
from haidang.city.items import bad
from haidang.city.model import BAD_DATA
from haidang.city.ngsild.asking import JSON as JSON_TEXT
from haidang.city.ngsild.asking import LD, LIMIT, asked, flag, negotiate, number, options, page_links, reply
from haidang.city.ngsild.exchange import JSON, LD_JSON, MERGE_PATCH, Call, Reply
from haidang.city.query.problems import TOO_MANY_RESULTS
from haidang.city.subscriptions import service
from haidang.city.terms import is_uri

PATH = "/ngsi-ld/v1/subscriptions"


async def create(call: Call) -> Reply:
    """POST /subscriptions"""
    call.query()
    body, context = await document_of(call, JSON, LD_JSON)
    id_ = await service.create(call.city, call.who, call.tenant, body, context)
    return Reply(201, headers=[(b"location", f"{PATH}/{quote(id_, safe='')}".encode())])


async def query(call: Call) -> Reply:
    """GET /subscriptions"""
    ask = asked(call, "limit", "offset", "count", "options")
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
    page = await service.page(call.city, call.who, call.tenant, limit=limit, offset=offset, count=count)
    system = "sysAttrs" in shown
    found = [service.present(call.city, call.who, row, ask.context, system=system) for row in page.rows]
    headers = page_links(ask, limit=limit, offset=offset, more=page.more)
    if page.total is not None:
        headers["ngsild-results-count"] = str(page.total)
    return reply(ask, found, media, headers=headers)


async def retrieve(call: Call) -> Reply:
    """GET /subscriptions/{id}"""
    ask = asked(call, "options")
    system = "sysAttrs" in options(ask, "sysAttrs")
    media = negotiate(ask, JSON_TEXT, LD)
    row = await service.get(call.city, call.who, call.tenant, _id(call))
    return reply(ask, service.present(call.city, call.who, row, ask.context, system=system), media)


async def patch(call: Call) -> Reply:
    """PATCH /subscriptions/{id}"""
    call.query()
    body, context = await document_of(call, JSON, LD_JSON, MERGE_PATCH)
    await service.change(call.city, call.who, call.tenant, _id(call), fragment=body, context=context)
    return Reply(204)


async def delete(call: Call) -> Reply:
    """DELETE /subscriptions/{id}"""
    call.query()
    await service.delete(call.city, call.who, call.tenant, _id(call))
    return Reply(204)


async def document_of(call: Call, *media: bytes) -> tuple[dict[str, Any], list[Any]]:
    """Return the body without its @context, and what that was: addresses and definitions."""
    body = await call.body(*media)
    if not isinstance(body, dict):
        raise Problem(BAD_DATA, "Nội dung phải là một đối tượng.", "The body must be an object.")
    if not body:
        raise Problem(INVALID, "Nội dung trống.", "The body is empty.")
    call.context(body)  # refuses what does not fit together or is not held here
    told = call.context_of if call.context_of is not None else []
    urls = told if isinstance(told, list) else [told]
    return {name: value for name, value in body.items() if name != "@context"}, urls


def _id(call: Call) -> str:
    id_ = call.params[0]
    if not is_uri(id_):
        raise bad("Mã đăng ký phải là URI.", "The id of a subscription must be a URI.", "id", id_)
    return id_
