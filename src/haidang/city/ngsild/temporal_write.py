"""NGSI-LD temporal writing (GS CIM 009, 5.6.11 to 5.6.16): instances are added, replaced, taken away."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, unquote

from haidang.city import corrections, evolution
from haidang.city.corrections import Asked
from haidang.city.forward import Order, Result
from haidang.city.items import NewNames, Op, bad
from haidang.city.ngsild.exchange import FUTURE, JSON, LD_JSON, MERGE_PATCH, Call, Reply, warning_headers
from haidang.city.projected import refusal
from haidang.city.terms import Context, check_name, is_uri
from haidang.city.times import ALWAYS, to_us

_DONE = 204


async def create(call: Call) -> Reply:
    """POST /temporal/entities"""
    call.query("local")
    body = await call.body(JSON, LD_JSON)
    result = await _write(call, Op.TEMPORAL_UPSERT, body, None)
    if not result.created:
        return Reply(_DONE, headers=warning_headers([result]))
    location = f"/ngsi-ld/v1/temporal/entities/{quote(result.id, safe='')}".encode()
    return Reply(201, headers=[(b"location", location), *warning_headers([result])])


async def append(call: Call) -> Reply:
    """POST /temporal/entities/{id}/attrs"""
    call.query("local")
    id_ = _id(call)
    result = await _write(call, Op.TEMPORAL_APPEND, await call.body(JSON, LD_JSON), id_)
    return Reply(_DONE, headers=warning_headers([result]))


async def delete(call: Call) -> Reply:
    """DELETE /temporal/entities/{id}"""
    call.query("local")
    await corrections.delete_evolution(_asked(call))
    return Reply(_DONE)


async def delete_attribute(call: Call) -> Reply:
    """DELETE /temporal/entities/{id}/attrs/{attr}"""
    query = call.query("datasetId", "deleteAll", "local")
    every = query.get("deleteAll", "false").lower() or "false"
    if every not in {"true", "false"}:
        raise bad("deleteAll là true hoặc false.", "deleteAll is true or false.", "deleteAll", every)
    dataset = query.get("datasetId") or None
    if dataset is not None and dataset != "@none" and not is_uri(dataset):
        raise bad("datasetId phải là URI.", "A datasetId is a URI.", "datasetId", dataset)
    asked = _asked(call)
    attr: int | str | None = _attr(call, call.context())
    if call.params[1] == "scope":
        attr = "scope"
    only = None if dataset == "@none" else dataset
    await corrections.delete_attribute(asked, attr, only, every=every == "true")
    return Reply(_DONE)


async def patch_instance(call: Call) -> Reply:
    """PATCH /temporal/entities/{id}/attrs/{attr}/{instanceId}"""
    call.query("local")
    asked, instance = _asked(call), _instance(call)
    name = _name(call)
    body = await call.body(JSON, LD_JSON, MERGE_PATCH)
    context = call.context(body)
    long = await _fragment(call, context, name, body)
    await corrections.replace_instance(asked, _attr(call, context), instance, long)
    return Reply(_DONE)


async def delete_instance(call: Call) -> Reply:
    """DELETE /temporal/entities/{id}/attrs/{attr}/{instanceId}"""
    call.query("local")
    asked, instance = _asked(call), _instance(call)
    await corrections.delete_instance(asked, _attr(call, call.context()), instance)
    return Reply(_DONE)


async def _write(call: Call, op: Op, body: Any, id_: str | None) -> Result:
    context = call.context(body)
    if not isinstance(body, dict):
        raise bad("Nội dung phải là một đối tượng JSON.", "The body must be a JSON object.")
    (result,) = await call.order(Order(op, "", [body], entity_id=id_), context)
    if result.problem is not None:
        raise result.problem
    return result


async def _fragment(call: Call, context: Context, name: str, body: Any) -> dict[str, Any]:
    """Return the long form of the instance in a body; names it brings are interned."""
    intake = call.city.intake(context)
    intake.latest_us = ALWAYS if call.settings.conformance else to_us(call.clock.now() + FUTURE)
    for _ in range(3):
        try:
            return evolution.fragment(intake, name, body)
        except NewNames as new:
            await call.city.intern(intake, new, body)
    raise bad("Không đọc được tên trong nội dung.", "The names in the body cannot be read.", name)


def _asked(call: Call) -> Asked:
    entity_id = _id(call)
    if problem := refusal(call.who, entity_id):
        raise problem
    return Asked(call.city, call.who, call.tenant, entity_id)


def _attr(call: Call, context: Context) -> int | None:
    """Return the number of the attribute in the path; None where nobody ever wrote it."""
    return call.city.terms.attr_id(_name(call), context)


def _name(call: Call) -> str:
    """Return the attribute in the path; a path that would lead elsewhere names none."""
    name = check_name(call.params[1])
    if not unquote(name).strip("."):
        raise bad("Không phải tên thuộc tính.", "This cannot name an attribute.", "attrId", name)
    return name


def _instance(call: Call) -> str:
    instance = call.params[2]
    if not is_uri(instance):
        raise bad("instanceId phải là URI.", "An instanceId is a URI.", "instanceId", instance)
    return instance


def _id(call: Call) -> str:
    id_ = call.params[0]
    if not is_uri(id_):
        raise bad("Mã thực thể phải là URI.", "The entity id must be a URI.", "id", id_)
    return id_
