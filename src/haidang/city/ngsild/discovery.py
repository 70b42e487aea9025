"""NGSI-LD discovery: which types and attributes the asker's entities have (clauses 5.7.5 to 5.7.10)."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import msgspec

from haidang.city.ngsild.asking import JSON, LD, Ask, asked, flag, negotiate, reply
from haidang.city.ngsild.exchange import Call, Reply
from haidang.city.ngsild.read import missing
from haidang.city.represent import KINDS
from haidang.city.store import read
from haidang.city.terms import check_name
from haidang.organisation.permissions import scope_sql


class _Used(msgspec.Struct):
    """What the asker's entities have: counts by single type and attribute number."""

    entities: dict[int, int]
    """Type to how many entities have it."""
    pairs: dict[tuple[int, int], int]
    """(type, attribute) to how many entities have both."""
    kinds: dict[int, set[str]]
    """Attribute to its NGSI-LD types."""
    holders: dict[int, int]
    """Attribute to how many entities have it."""


async def types(call: Call) -> Reply:
    """GET /types"""
    ask = asked(call, "details", "local")
    media = negotiate(ask, JSON, LD)
    used = await _used(ask)
    names = sorted(_type(ask, number) for number in used.entities)
    if not flag(ask, "details"):
        body: Any = {"id": "urn:ngsi-ld:EntityTypeList:local", "type": "EntityTypeList", "typeList": names}
        return reply(ask, body, media)
    found = [
        {
            "id": ask.city.terms.type_iris[number],
            "type": "EntityType",
            "typeName": _type(ask, number),
            "attributeNames": sorted(_attr(ask, attr) for kind, attr in used.pairs if kind == number),
        }
        for number in sorted(used.entities, key=lambda one: _type(ask, one))
    ]
    return reply(ask, found, media)


async def type_information(call: Call) -> Reply:
    """GET /types/{type}"""
    ask = asked(call, "local")
    media = negotiate(ask, JSON, LD)
    number = ask.city.terms.type_id(check_name(ask.path_id), ask.context)
    used = await _used(ask)
    if number is None or number not in used.entities:
        raise missing(ask.path_id)
    attributes = sorted(
        (attr for kind, attr in used.pairs if kind == number), key=lambda one: _attr(ask, one)
    )
    body = {
        "id": ask.city.terms.type_iris[number],
        "type": "EntityTypeInformation",
        "typeName": _type(ask, number),
        "entityCount": used.entities[number],
        "attributeDetails": [
            {
                "id": ask.city.terms.attr_iris[attr],
                "type": "Attribute",
                "attributeName": _attr(ask, attr),
                "attributeTypes": sorted(used.kinds[attr]),
            }
            for attr in attributes
        ],
    }
    return reply(ask, body, media)


async def attributes(call: Call) -> Reply:
    """GET /attributes"""
    ask = asked(call, "details", "local")
    media = negotiate(ask, JSON, LD)
    used = await _used(ask)
    numbers = sorted(used.holders, key=lambda one: _attr(ask, one))
    if not flag(ask, "details"):
        body: Any = {
            "id": "urn:ngsi-ld:AttributeList:local",
            "type": "AttributeList",
            "attributeList": [_attr(ask, number) for number in numbers],
        }
        return reply(ask, body, media)
    found = [
        {
            "id": ask.city.terms.attr_iris[number],
            "type": "Attribute",
            "attributeName": _attr(ask, number),
            "typeNames": _types_of(ask, used, number),
        }
        for number in numbers
    ]
    return reply(ask, found, media)


async def attribute_information(call: Call) -> Reply:
    """GET /attributes/{attr}"""
    ask = asked(call, "local")
    media = negotiate(ask, JSON, LD)
    number = ask.city.terms.attr_id(check_name(ask.path_id), ask.context)
    used = await _used(ask)
    if number is None or number not in used.holders:
        raise missing(ask.path_id)
    body = {
        "id": ask.city.terms.attr_iris[number],
        "type": "Attribute",
        "attributeName": _attr(ask, number),
        "attributeCount": used.holders[number],
        "attributeTypes": sorted(used.kinds[number]),
        "typeNames": _types_of(ask, used, number),
    }
    return reply(ask, body, media)


async def _used(ask: Ask) -> _Used:
    terms = ask.city.terms
    visible, scopes = scope_sql(ask.principal, "entity.read")
    tenant = terms.tenants[ask.tenant]
    used = _Used(defaultdict(int), defaultdict(int), defaultdict(set), defaultdict(int))
    async with read.reading(ask.db) as conn:
        for type_id, count in await read.used_types(conn, visible, scopes, tenant):
            for single in terms.members(type_id):
                used.entities[single] += count
        for type_id, attr, form, letter, count in await read.used_attributes(conn, visible, scopes, tenant):
            used.holders[attr] += count
            used.kinds[attr].add(KINDS[letter if form == "object" and letter else "P"][0])
            for single in terms.members(type_id):
                used.pairs[single, attr] += count
    return used


def _types_of(ask: Ask, used: _Used, number: int) -> list[str]:
    return sorted(_type(ask, kind) for kind, attr in used.pairs if attr == number)


def _type(ask: Ask, number: int) -> str:
    return ask.city.terms.type_names(number, ask.context)[0]


def _attr(ask: Ask, number: int) -> str:
    return ask.city.terms.attr_name(number, ask.context)
