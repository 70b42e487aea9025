"""Writes on one entity and its attributes (GS CIM 009, 6.4 to 6.7)."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

import msgspec

from haidang.base.problems import INVALID, Problem
from haidang.city.forward import Order, Result
from haidang.city.items import Op, bad
from haidang.city.ngsild import forwarding
from haidang.city.ngsild.exchange import JSON, LD_JSON, MERGE_PATCH, Call, Reply, warning_headers
from haidang.city.ngsild.merging import SIMPLIFIED, written_out
from haidang.city.ngsild.narrowing import narrow
from haidang.city.registrations.operations import FITTING
from haidang.city.terms import is_uri

_DONE = 204


async def create(call: Call) -> Reply:
    """POST /entities"""
    query = call.query("local")
    body = await call.body(JSON, LD_JSON)
    result = await one(call, Order(Op.CREATE, "", [body]), body, query)
    location = f"/ngsi-ld/v1/entities/{quote(result.id, safe='')}".encode()
    return Reply(201, headers=[(b"location", location), *warning_headers([result])])


async def replace(call: Call) -> Reply:
    """PUT /entities/{id}"""
    query = call.query("local", "type")
    body = await call.body(JSON, LD_JSON)
    order = Order(Op.REPLACE, "", [body], entity_id=entity_id(call))
    return _done(await one(call, order, body, query))


async def merge(call: Call) -> Reply:
    """PATCH /entities/{id}"""
    query = call.query("options", "format", "lang", "observedAt", "local", "type")
    chosen = call.options(query, "keyValues", "simplified", "concise", "normalized")
    form = query.get("format")
    if form not in (None, "simplified", "keyValues", "concise", "normalized"):
        raise Problem(INVALID, "format không hợp lệ.", "The format is not one of the standard's.")
    body = await call.body(JSON, LD_JSON, MERGE_PATCH)
    if query.keys() & {"format", "options", "lang", "observedAt"}:
        simplified = not SIMPLIFIED.isdisjoint({form} if form else chosen)
        body = await written_out(
            call, query, entity_id(call), body, call.context(body), simplified=simplified
        )
    order = Order(Op.MERGE, "", [body], entity_id=entity_id(call))
    return _updated(await one(call, order, body, query), body)


async def delete(call: Call) -> Reply:
    """DELETE /entities/{id}"""
    query = call.query("local", "type")
    await one(call, Order(Op.DELETE, "", [None], entity_id=entity_id(call)), None, query)
    return Reply(_DONE)


async def append(call: Call) -> Reply:
    """POST /entities/{id}/attrs"""
    query = call.query("options", "local", "type")
    keep = "noOverwrite" in call.options(query, "noOverwrite", "concise")
    body = await call.telemetry(JSON, LD_JSON)
    op = Op.APPEND_NEW if keep else Op.APPEND
    order = Order(op, "", [body], entity_id=entity_id(call))
    return _updated(await one(call, order, body, query), body)


async def patch(call: Call) -> Reply:
    """PATCH /entities/{id}/attrs"""
    query = call.query("options", "local", "type")
    call.options(query, "concise")
    body = await call.telemetry(JSON, LD_JSON, MERGE_PATCH)
    order = Order(Op.PATCH, "", [body], entity_id=entity_id(call))
    return _updated(await one(call, order, body, query), body)


async def patch_attribute(call: Call) -> Reply:
    """PATCH /entities/{id}/attrs/{attr}"""
    return await _attribute(call, Op.ATTR_PATCH)


async def replace_attribute(call: Call) -> Reply:
    """PUT /entities/{id}/attrs/{attr}"""
    return await _attribute(call, Op.ATTR_REPLACE)


async def delete_attribute(call: Call) -> Reply:
    """DELETE /entities/{id}/attrs/{attr}"""
    query = call.query("datasetId", "deleteAll", "local", "type")
    every = query.get("deleteAll", "false").lower()
    if every not in {"true", "false"}:
        raise bad("deleteAll là true hoặc false.", "deleteAll is true or false.", "deleteAll", every)
    dataset = query.get("datasetId")
    if dataset is not None and not is_uri(dataset):
        raise bad("datasetId phải là URI.", "A datasetId is a URI.", "datasetId", dataset)
    order = Order(
        Op.ATTR_DELETE,
        "",
        [None],
        entity_id=entity_id(call),
        attribute=call.params[1],
        dataset=dataset,
        all_instances=every == "true",
    )
    await one(call, order, None, query)
    return Reply(_DONE)


async def _attribute(call: Call, op: Op) -> Reply:
    query = call.query("local", "type")
    body = await call.body(JSON, LD_JSON, MERGE_PATCH)
    order = Order(op, "", [body], entity_id=entity_id(call), attribute=call.params[1])
    return _done(await one(call, order, body, query))


async def one(call: Call, order: Order, body: object, query: Mapping[str, str]) -> Result:
    """Carry out an order on one entity; ``Problem`` where it is refused."""
    context = call.context(body)
    if "type" in query:
        await narrow(call, order.entity_id or "", query["type"], context)
    if body is not None and not isinstance(body, dict):
        raise bad("Nội dung phải là một đối tượng JSON.", "The body must be a JSON object.")
    if call.city.exclusives is not None and order.op in FITTING:
        result = await forwarding.one(call, order, context)
    else:
        (result,) = await call.order(order, context)
    if result.problem is not None:
        raise result.problem
    return result


def _done(result: Result) -> Reply:
    return Reply(_DONE, headers=warning_headers([result]))


def _updated(result: Result, body: dict[str, object]) -> Reply:
    """204, or 207 that names what was not updated and why."""
    if not result.not_updated:
        return _done(result)
    failed = {name for name, _ in result.not_updated}
    names = [name for name in body if name not in {"id", "type", "@context", *failed}]
    document = {
        "updated": names,
        "notUpdated": [{"attributeName": name, "reason": reason} for name, reason in result.not_updated],
    }
    headers = [(b"content-type", b"application/json"), *warning_headers([result])]
    return Reply(207, msgspec.json.encode(document), headers)


def entity_id(call: Call) -> str:
    """Return the id in the path; ``Problem`` where it is no URI."""
    id_ = call.params[0]
    if not is_uri(id_):
        raise bad("Mã thực thể phải là URI.", "The entity id must be a URI.", "id", id_)
    return id_
