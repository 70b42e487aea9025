"""Use cases of data models: the catalogue, one model with what this site carries, how strict a type is."""

from __future__ import annotations

from collections import Counter
from typing import Any

from haidang.base import eventlog
from haidang.base.database import Connection
from haidang.base.problems import CONFLICT, NOT_FOUND, Problem
from haidang.city.models import store
from haidang.city.models.model import Attribute, DataModel, Mode
from haidang.city.models.schema import json_schema
from haidang.city.packs import SYMBOLS
from haidang.city.service import City
from haidang.city.store import read
from haidang.city.times import format_us, to_us
from haidang.organisation.chain import audit
from haidang.organisation.permissions import Principal, scope_sql

UNMODELLED_MAX = 50
"""Types in use that nobody described, the most frequent first."""


async def every(city: City, principal: Principal) -> dict[str, Any]:
    """Return the catalogue by type: whose it is, how strict, how many entities, how many did not fit."""
    visible, scopes = scope_sql(principal, "entity.read")
    counted, counts = scope_sql(
        principal, "entity.read", org="v.owner_org", area="v.area_code", sector="v.sector"
    )
    async with read.reading(city.db) as conn:
        used = await read.used_types(conn, visible, scopes, 0)
        looked = await store.seen(conn, counted, counts)
    entities: Counter[str] = Counter()
    for type_id, number in used:
        for name in _models_of(city, type_id):
            entities[name] += number
    catalogue = city.models.catalogue
    items = []
    for name, model in sorted(catalogue.models.items()):
        checked, faulty = looked.get(name, (0, 0))
        items.append(
            _head(city, model)
            | {
                "attributes": len(catalogue.attributes(name)),
                "entities": entities[name],
                "checked": checked,
                "faulty": faulty,
            }
        )
    sectors = {name: {"vi": one.vi, "en": one.en} for name, one in sorted(catalogue.packs.sectors.items())}
    return {
        "items": items,
        "next": None,
        "unmodelled": [
            {"type": name, "entities": number}
            for name, number in entities.most_common(UNMODELLED_MAX + len(items))
            if name not in catalogue.models
        ][:UNMODELLED_MAX],
        "sectors": sectors,
        "looked_at": city.models.looked_at,
        "passed_by": city.models.passed_by,
    }


async def one(city: City, principal: Principal, type_name: str) -> dict[str, Any]:
    """Return one model: its attributes, which of our entities carry them, and what did not fit lately."""
    model = _model(city, type_name)
    visible, scopes = scope_sql(principal, "entity.read")
    counted, counts = scope_sql(
        principal, "entity.read", org="v.owner_org", area="v.area_code", sector="v.sector"
    )
    numbers = [number for number in city.terms.type_iris if type_name in _models_of(city, number)]
    async with read.reading(city.db) as conn:
        entities = await store.count(conn, visible, scopes, numbers)
        sampled, carried = await store.in_use(conn, visible, scopes, numbers)
        checked, faulty = (await store.seen(conn, counted, counts, type_name)).get(type_name, (0, 0))
        found = await store.violations(conn, counted, counts, type_name)
    by_name: Counter[str] = Counter()
    for number, times in carried.items():
        by_name[_last(city.terms.attr_iris.get(number, ""))] += times
    described = city.models.catalogue.attributes(type_name)
    chosen = city.models.chosen.get(type_name)
    return _head(city, model) | {
        "text": model.text,
        "source": None
        if model.source is None
        else {
            "name": model.source.name, "subject": model.source.subject, "version": model.source.version,
            "licence": model.source.licence,
        },
        "version": chosen.version if chosen else 0,
        "changed_at": format_us(to_us(chosen.changed_at)) if chosen else None,
        "declared": city.models.catalogue.declared_mode(type_name) or city.models.default,
        "may_change": principal.may("model.manage", org_id=None, area_code=None, sector=model.sector),
        "entities": entities,
        "sampled": sampled,
        "checked": checked,
        "faulty": faulty,
        "attributes": [
            _attribute(name, each) | {"required": name in model.required, "carried": by_name[name]}
            for name, each in sorted(described.items(), key=lambda pair: _order(city, model, pair[0]))
        ],
        "others": [
            {"name": name, "carried": times}
            for name, times in by_name.most_common(50)
            if name not in described and name
        ],
        "violations": [
            each | {key: format_us(to_us(each[key])) for key in ("first_at", "last_at")} for each in found
        ],
    }  # fmt: skip


def schema(city: City, type_name: str) -> dict[str, Any]:
    """Return the JSON Schema of a model; ``Problem`` (404) where there is none."""
    model = _model(city, type_name)
    return json_schema(type_name, city.models.catalogue.attributes(type_name), model.required)


async def set_mode(
    conn: Connection,
    city: City,
    principal: Principal,
    type_name: str,
    *,
    mode: Mode,
    version: int,
) -> dict[str, Any]:
    """Choose how strictly a type is held to its model, for the whole site; kept in the audit log.

    Needs ``model.manage`` over the type's sector without a limit of agency or area: whoever refuses data
    refuses everybody's. ``Problem`` (409) where somebody else chose meanwhile.
    """
    model = _model(city, type_name)
    principal.require("model.manage", org_id=None, area_code=None, sector=model.sector)
    before = await store.lock_mode(conn, type_name)
    current = before.version if before else 0
    if current != version:
        raise Problem(
            CONFLICT,
            "Hãy tải lại rồi sửa tiếp.",
            "Load it again and repeat the change.",
            yours=version,
            current=current,
        )
    was = before.mode if before else city.models.mode(type_name)
    await store.choose(conn, type_name, store.Chosen(mode, version + 1, city.clock.now(), principal.id))
    await audit(
        conn, principal, "model.mode", f"model:{type_name}", {"mode": [str(was), str(mode)]}, clock=city.clock
    )
    await eventlog.append(
        conn, topic="models", kind="mode", ref=type_name, body={"mode": str(mode)}, sector=model.sector
    )
    return {"type": type_name, "mode": str(mode), "version": version + 1}


def _model(city: City, type_name: str) -> DataModel:
    found = city.models.catalogue.models.get(type_name)
    if found is None:
        raise Problem(
            NOT_FOUND, f"Không có mô hình {type_name[:80]}.", f"There is no model {type_name[:80]!r}."
        )
    return found


def _models_of(city: City, type_id: int) -> set[str]:
    """Return the models of a type number: by the end of its full names, as the watch does."""
    return {_last(city.terms.type_iris[member]) for member in city.terms.members(type_id)}


def _last(iri: str) -> str:
    return iri.replace("#", "/").rpartition("/")[2]


def _order(city: City, model: DataModel, name: str) -> tuple[bool, bool, bool, str]:
    """Required first, then what our screens show, then its own, then what every type has."""
    pack = city.models.catalogue.packs.types.get(model.type)
    shown = pack is not None and name in pack.attributes
    return name not in model.required, not shown, name not in model.attributes, name


def _head(city: City, model: DataModel) -> dict[str, Any]:
    return {
        "type": model.type,
        "vi": model.vi,
        "en": model.en,
        "sector": model.sector,
        "own": model.source is None,
        "extends": model.extends,
        "mode": city.models.mode(model.type),
    }


def _attribute(name: str, one: Attribute) -> dict[str, Any]:
    return {
        "name": name,
        "vi": one.vi,
        "en": one.en,
        "text": one.text,
        "kind": one.kind,
        "value": one.value if one.kind == "Property" else None,
        "items": one.items if one.value == "array" else None,
        "format": one.format,
        "enum": list(one.enum),
        "open": one.open,
        "min": one.min,
        "max": one.max,
        "unit": SYMBOLS.get(one.unit, one.unit) if one.unit else None,
        "unit_code": one.unit,
        "to": one.to,
    }
