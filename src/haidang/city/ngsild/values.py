"""The bare value of one attribute (GS CIM 009 v1.9.1, …/attrs/{attr}/value): JSON, not JSON-LD."""

from __future__ import annotations

import msgspec

from haidang.base.problems import NOT_FOUND, Problem
from haidang.city.choosing import DEFAULT, Choice, chosen, languages_of
from haidang.city.forward import Order
from haidang.city.items import NULL, Op, bad
from haidang.city.ngsild.exchange import JSON, Call, Reply
from haidang.city.ngsild.narrowing import missing, narrow, standing
from haidang.city.ngsild.write import entity_id, one
from haidang.city.represent import KINDS, Instance, Names, Stored, documents, instances
from haidang.city.terms import Context, check_name


async def retrieve(call: Call) -> Reply:
    """GET /entities/{id}/attrs/{attr}/value; ``datasetId``, ``lang``"""
    query = call.query("datasetId", "lang", "local", "type")
    context = call.context()
    await narrow(call, entity_id(call), query.get("type"), context)
    found = await _instance(call, context, query.get("datasetId"), query.get("lang"))
    value = found.value
    if found.kind == "V":
        value = Names(call.city.terms, context).vocab(value)
    return Reply(200, msgspec.json.encode(value), [(b"content-type", JSON)])


async def put(call: Call) -> Reply:
    """PUT /entities/{id}/attrs/{attr}/value: the value alone; what else the attribute says stays"""
    query = call.query("datasetId", "local", "type")
    value = await call.body(JSON)
    if value is None or value == NULL:
        raise bad("Để xóa thuộc tính hãy dùng DELETE.", "To delete the attribute use DELETE.")
    found = await _instance(call, call.context(), query.get("datasetId"), None)
    kind, member = KINDS[found.kind]
    body = {"type": kind, member: value} | ({} if found.dataset is None else {"datasetId": found.dataset})
    order = Order(Op.ATTR_PATCH, "", [body], entity_id=entity_id(call), attribute=call.params[1])
    await one(call, order, body, query)
    return Reply(204)


async def _instance(call: Call, context: Context, dataset: str | None, lang: str | None) -> Instance:
    id_, name = entity_id(call), check_name(call.params[1])
    row = await standing(call, id_)
    if row is None:
        raise missing(id_)
    number = call.city.terms.attr_id(name, context)
    doc, static = documents(row.doc, row.static)
    key = str(number)
    stored: Stored = doc.get(key, static.get(key))
    if stored is not None and lang is not None:
        stored = chosen({key: stored}, Choice(languages=languages_of(lang)))[key]
    wanted = None if dataset in (None, DEFAULT) else dataset
    for found in instances(stored, doc.get("@")) if stored is not None else ():
        if found.dataset == wanted:
            return found
    raise Problem(
        NOT_FOUND, f"Thực thể {id_} không có thuộc tính này.", f"{id_} has no such attribute instance."
    )
