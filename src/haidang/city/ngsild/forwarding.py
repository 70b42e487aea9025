"""Changes of what a context source holds: a request is divided, and the source's part goes there.

What stays here is written first: a command leaves only when the rest of its request has been accepted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import msgspec

from haidang.base.problems import TOO_LARGE, Problem, kind
from haidang.city.checks import infer, is_instance, names_geometry
from haidang.city.forward import Order, Result
from haidang.city.intake import Intake
from haidang.city.items import NULL, NewNames, Op
from haidang.city.ngsild.exchange import Call
from haidang.city.registrations import actuation, source
from haidang.city.registrations.actuation import LOOP, Act, failure
from haidang.city.registrations.book import Compiled, book_of, now_us
from haidang.city.registrations.model import CLAIMED
from haidang.city.registrations.operations import fitting, takes_changes
from haidang.city.registrations.source import Command, Outcome
from haidang.city.represent import KINDS
from haidang.city.terms import CORE, CORE_URL, Context

NOBODY_HOLDS = kind(
    "attribute-not-held",
    409,
    "Không có nguồn dữ liệu nào giữ thuộc tính này để điều khiển",
    "No context source holds this attribute, so there is nothing to command",
)
COMMANDS_MAX = 100
"""Entities of one batch whose changes go to a source."""
SIDE_BY_SIDE = 8
_NAMELESS = frozenset({"id", "type", "scope", "@context"})
_MEMBERS = frozenset({
    "type", "value", "object", "objectType", "objectList", "languageMap", "vocab", "json", "valueList",
    "valueType", "unitCode", "observedAt", "datasetId", "createdAt", "modifiedAt", "deletedAt", "expiresAt",
    "lang", "coordinates",
})  # fmt: skip
_encode = msgspec.json.Encoder().encode


class Part(msgspec.Struct, frozen=True):
    """What goes to one source."""

    one: Compiled
    operation: str
    body: dict[str, Any]
    """Names and values, in the asker's context; of an operation on one attribute, that attribute's body."""
    names: tuple[str, ...]
    attribute: str = ""


class Plan(msgspec.Struct):
    """One entity's change, divided."""

    entity_id: str
    here: dict[str, Any] | None
    """What is written here; None: nothing."""
    parts: list[Part] = []


async def one(call: Call, order: Order, context: Context, *, command: bool = False) -> Result:
    """Carry out an order on one entity, of which a part may belong to sources.

    A ``command`` is nothing where no source holds the attribute: a value kept here would show what no device
    has been told.
    """
    body = order.bodies[0]
    plan = _planned(call, order.op, order.entity_id or "", body, context, attribute=order.attribute)
    if command and not plan.parts:
        raise Problem(
            NOBODY_HOLDS, f"{plan.entity_id}: {order.attribute}.", f"{plan.entity_id}: {order.attribute}."
        )
    if not plan.parts:
        (result,) = await call.order(order, context)
        return result
    _check_loop(call, plan)
    _check(call, order.op, plan, context)
    for part in plan.parts:
        await actuation.check(call.city, call.who, part.one, plan.entity_id)
    result = Result(plan.entity_id)
    if plan.here is not None:
        (result,) = await call.order(msgspec.structs.replace(order, bodies=[plan.here]), context)
        if result.problem is not None:
            return result
    return await _forwarded(call, order.op, plan, context, result)


async def many(call: Call, op: Op, bodies: Sequence[Any], context: Context) -> list[Result]:
    """Carry out a batch, parts of which may belong to sources; one that fails hides no other."""
    results: list[Result | None] = [None] * len(bodies)
    plans: list[tuple[int, Plan]] = []
    here: list[tuple[int, Any]] = []
    for place, body in enumerate(bodies):
        id_ = body.get("id") if isinstance(body, dict) else None
        try:
            plan = await _ready(call, op, body, context, len(plans)) if isinstance(id_, str) else None
        except Problem as problem:
            results[place] = Result(str(id_), problem=problem)
            continue
        if plan is None:
            here.append((place, body))
            continue
        plans.append((place, plan))
        if plan.here is not None:
            here.append((place, plan.here))
    if here:
        found = await call.order(Order(op, "", [body for _, body in here]), context)
        for (place, _), result in zip(here, found, strict=True):
            results[place] = result
    by_entity: dict[str, list[tuple[int, Plan]]] = {}
    for place, plan in plans:
        by_entity.setdefault(plan.entity_id, []).append((place, plan))
    room = asyncio.Semaphore(SIDE_BY_SIDE)

    async def in_order(group: list[tuple[int, Plan]]) -> None:
        for place, plan in group:
            result = results[place] or Result(plan.entity_id)
            if result.problem is None:
                async with room:
                    try:
                        result = await _forwarded(call, op, plan, context, result)
                    except Problem as problem:
                        result.problem = problem
            results[place] = result

    await asyncio.gather(*map(in_order, by_entity.values()))
    return [one for one in results if one is not None]


async def _ready(call: Call, op: Op, body: dict[str, Any], context: Context, before: int) -> Plan | None:
    """Return the plan of a batch's entity where a source has part in it, all checked."""
    plan = _planned(call, op, body["id"], body, context, batch=True)
    if not plan.parts:
        return None
    if before >= COMMANDS_MAX:
        most = COMMANDS_MAX
        raise Problem(TOO_LARGE, f"Tối đa {most} lệnh mỗi lần.", f"At most {most} commands at a time.")
    _check_loop(call, plan)
    _check(call, op, plan, context)
    for part in plan.parts:
        await actuation.check(call.city, call.who, part.one, plan.entity_id)
    return plan


def _planned(
    call: Call,
    op: Op,
    entity_id: str,
    body: Any,
    context: Context,
    *,
    attribute: str = "",
    batch: bool = False,
) -> Plan:
    """Divide a change; ``Problem`` where a source holds something and takes other changes but not this."""
    city = call.city
    held = (city.exclusives or {}).get((city.terms.tenants.get(call.tenant, -1), entity_id))
    plan = Plan(entity_id, body)
    if held is None or not isinstance(body, dict):
        return plan
    now = now_us(city)
    sources = [one for one in held if one.active(now) and takes_changes(one.offered)]
    if not sources:
        return plan
    names = (attribute,) if attribute else tuple(name for name in body if name not in _NAMELESS)
    taken: dict[int, list[str]] = {}
    for name in names:
        iri = context.expand(name)
        for number, one in enumerate(sources):
            if iri in one.claimed[entity_id]:
                taken.setdefault(number, []).append(name)
                break
    for number, mine in taken.items():
        one = sources[number]
        operation = fitting(one.offered, op, batch=batch)
        if operation is None:
            raise _not_taken(one, mine)
        if attribute:
            plan.parts.append(Part(one, operation, _normal(body), (attribute,), attribute))
        else:
            # A batch of plain telemetry has its attributes as structs.
            values = {name: _normal(msgspec.to_builtins(body[name])) for name in mine}
            plan.parts.append(Part(one, operation, values, tuple(mine)))
    gone = {name for mine in taken.values() for name in mine}
    if gone and not set(names) - gone:
        # A type or a scope beside them is still ours to write.
        plan.here = None if attribute or "scope" not in body else _without(body, gone)
    elif gone:
        plan.here = _without(body, gone)
    return plan


def _normal(value: Any) -> Any:
    """Return an attribute in the normalized form, which is all that agents of devices read."""
    if isinstance(value, list) and value and all(isinstance(one, dict) and is_instance(one) for one in value):
        return [_normal(one) for one in value]
    if not isinstance(value, dict):
        return value if value == NULL else {"type": "Property", "value": value}
    if names_geometry(value.get("type")) and "coordinates" in value:
        return {"type": "GeoProperty", "value": value}
    letter = None if "type" in value else infer(value)
    return value if letter is None else {"type": KINDS[letter][0], **value}


def _without(body: dict[str, Any], gone: set[str]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in gone}


def _not_taken(one: Compiled, names: Sequence[str]) -> Problem:
    said, words = ", ".join(names), ", ".join(one.definition.operations)
    return Problem(
        CLAIMED,
        f"{said} do nguồn {one.id} giữ; nguồn này chỉ nhận: {words}.",
        f"{said}: held by the registration {one.id}, which takes only: {words}.",
        registration=one.id,
    )


def _check_loop(call: Call, plan: Plan) -> None:
    """Refuse (508) what has been here before, or at the source."""
    passed = {
        words[1].lower()
        for each in call.headers.get(b"via", b"").decode("latin-1").split(",")
        if len(words := each.split()) > 1
    }
    if not passed:
        return
    for alias in (_alias(call), *(part.one.definition.alias for part in plan.parts)):
        if alias is not None and alias.lower() in passed:
            raise Problem(
                LOOP, f"Yêu cầu đã đi qua {alias}.", f"The request has passed {alias} before.", via=alias
            )


def _alias(call: Call) -> str:
    """Return the name by which Via knows this site, or a tenant of it."""
    alias = book_of(call.city).alias
    return f"{alias}.{quote(call.tenant, safe='')}" if call.tenant else alias


def _check(call: Call, op: Op, plan: Plan, context: Context) -> None:
    """Refuse what is no attribute before anything leaves."""
    partial = op in (Op.MERGE, Op.ATTR_PATCH)
    intake: Intake = call.city.intake(context)
    for part in plan.parts:
        values = {part.attribute: part.body} if part.attribute else part.body
        for name, value in values.items():
            try:
                intake.attribute(name, value, partial=partial)
            except NewNames:
                continue  # a name that nobody stored yet; the source knows it


async def _forwarded(call: Call, op: Op, plan: Plan, context: Context, result: Result) -> Result:
    """Send each part to its source; what fails stands beside what did not, or is the whole answer."""
    left: list[tuple[str, str]] = list(result.not_updated)
    problem: Problem | None = None
    done = plan.here is not None
    for part in plan.parts:
        act = Act(plan.entity_id, tuple(context.expand(name) for name in part.names), part.operation)
        command = _command(call, op, plan.entity_id, part, context)
        try:
            outcome = await actuation.carry_out(call.city, call.who, part.one, act, command)
            if outcome.end != "done":
                raise failure(part.one, outcome)
        except Problem as cause:
            problem = cause
            left += [(name, f"{cause.kind.en}: {cause.en}") for name in part.names]
            continue
        done = True
        left += _left_by(part, outcome, context)
    if problem is not None and not done and len(plan.parts) == 1:
        raise problem
    result.not_updated = tuple(left)
    return result


def _left_by(part: Part, outcome: Outcome, context: Context) -> list[tuple[str, str]]:
    """Return what a source has not updated, in the asker's names."""
    shown = part.one.context or context
    mine = {context.expand(name): name for name in part.names}
    return [
        (mine.get(shown.expand(name), name), f"{part.one.id}: {reason}")
        for name, reason in outcome.not_updated
    ]


def _command(call: Call, op: Op, entity_id: str, part: Part, context: Context) -> Command:
    """Write a part as the source's own context and the operation want it."""
    shown, named = _shown(call, part.one, context)
    body = part.body if shown is context else _renamed(part.body, context, shown, inside=bool(part.attribute))
    entity = "/entities/" + quote(entity_id, safe="")
    keep = "?options=noOverwrite" if op is Op.APPEND_NEW else ""
    method, path, sent = "PATCH", entity, body
    match part.operation:
        case "updateBatch" | "mergeBatch":
            word = part.operation.removesuffix("Batch")
            method, path = "POST", f"/entityOperations/{word}{keep if word == 'update' else ''}"
            sent = {"id": entity_id, **body}
        case "appendAttrs":
            method, path = "POST", f"{entity}/attrs{keep}"
        case "updateEntity" | "updateAttrs" | "replaceAttrs" if part.attribute:
            method = "PUT" if part.operation == "replaceAttrs" else "PATCH"
            path = f"{entity}/attrs/{quote(_name(part.attribute, context, shown), safe='')}"
        case "updateEntity" | "updateAttrs":
            path = f"{entity}/attrs"
    headers = source.headers_of(part.one.definition, call.headers)
    headers |= {"content-type": "application/json", "via": _via(call)}
    if isinstance(named, str):
        headers["link"] = f'<{named}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'
    else:
        headers["content-type"] = "application/ld+json"
        sent = sent | {"@context": named}
    tenant = part.one.definition.tenant or call.tenant
    if tenant:
        headers["ngsild-tenant"] = tenant
    batch = part.operation in ("updateBatch", "mergeBatch")
    return Command(method, path, _encode([sent] if batch else sent), headers)


def _via(call: Call) -> str:
    before = call.headers.get(b"via", b"").decode("latin-1")
    return f"{before}, 1.1 {_alias(call)}" if before else f"1.1 {_alias(call)}"


def _shown(call: Call, one: Compiled, context: Context) -> tuple[Context, Any]:
    """Return the context in which a source is written to, and its address (or its definitions)."""
    if one.context is not None:
        return one.context, one.definition.shown_context
    if call.context_of:
        return context, call.context_of
    local = call.city.terms.local_url
    return (context, local) if local is not None else (CORE, CORE_URL)


def _name(name: str, old: Context, new: Context) -> str:
    return new.compact(old.expand(name))


def _renamed(body: dict[str, Any], old: Context, new: Context, *, inside: bool) -> dict[str, Any]:
    """Return attributes (or, ``inside``, the members of one) with their names in another context."""
    found: dict[str, Any] = {}
    for name, value in body.items():
        if name in (_MEMBERS if inside else _NAMELESS):
            found[name] = value
        elif isinstance(value, dict):
            found[_name(name, old, new)] = _renamed(value, old, new, inside=True)
        elif isinstance(value, list):
            found[_name(name, old, new)] = [
                _renamed(each, old, new, inside=True) if isinstance(each, dict) else each for each in value
            ]
        else:
            found[_name(name, old, new)] = value
    return found
