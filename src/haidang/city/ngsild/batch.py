"""The batch operations that write (GS CIM 009, 6.14 to 6.18, 6.31). One bad entity never hides good ones."""

from __future__ import annotations

from typing import Any

import msgspec

from haidang.base.problems import TOO_LARGE, Problem
from haidang.city.forward import Order, Result
from haidang.city.items import Op, bad
from haidang.city.ngsild import forwarding
from haidang.city.ngsild.exchange import JSON, LD_JSON, Call, Reply, warning_headers
from haidang.city.ngsild.problems import document
from haidang.city.ngsild.rescue import Broken
from haidang.city.registrations.operations import FITTING_BATCH
from haidang.city.terms import Context


async def create(call: Call) -> Reply:
    """POST /entityOperations/create"""
    call.query("local")
    results = await _carry_out(call, Op.CREATE)
    created = [one.id for one in results if one.problem is None]
    if len(created) == len(results):
        return _created(created, results)
    return partial(results)


async def upsert(call: Call) -> Reply:
    """POST /entityOperations/upsert; ``options`` replace (default) or update"""
    options = call.options(call.query("options", "local"), "replace", "update", "concise")
    op = Op.UPSERT_UPDATE if "update" in options else Op.UPSERT_REPLACE
    results = await _carry_out(call, op)
    if any(one.problem is not None for one in results):
        return partial(results)
    created = [one.id for one in results if one.created]
    if created:
        return _created(created, results)
    return Reply(204, headers=warning_headers(results))


async def update(call: Call) -> Reply:
    """POST /entityOperations/update"""
    options = call.options(call.query("options", "local"), "noOverwrite", "concise")
    op = Op.APPEND_NEW if "noOverwrite" in options else Op.APPEND
    return _done(await _carry_out(call, op))


async def merge(call: Call) -> Reply:
    """POST /entityOperations/merge"""
    call.options(call.query("options", "local"), "keyValues", "concise")
    return _done(await _carry_out(call, Op.MERGE))


async def delete(call: Call) -> Reply:
    """POST /entityOperations/delete"""
    call.query("local")
    ids = await call.batch(JSON, LD_JSON)
    _check_batch(call, ids)
    results = [Result(one.id, problem=one.problem) if type(one) is Broken else None for one in ids]
    good = [one for one in ids if type(one) is not Broken]
    found = iter(await call.order(Order(Op.DELETE, "", good), call.context(None)))
    return _done([one or next(found) for one in results])


async def _carry_out(call: Call, op: Op) -> list[Result]:
    bodies = await call.batch(JSON, LD_JSON)
    _check_batch(call, bodies)
    plain = call.media() == JSON and all(type(body) is dict and "@context" not in body for body in bodies)
    if plain and call.city.exclusives is None:
        return await call.order(Order(op, "", bodies), call.context(None))
    return await _in_their_contexts(call, op, bodies)


async def _in_their_contexts(call: Call, op: Op, bodies: list[Any]) -> list[Result]:
    """Carry out a batch whose elements bring contexts of their own, or of which some are no JSON."""
    contexts: dict[int, tuple[Context, list[int]]] = {}
    results: list[Result | None] = [None] * len(bodies)
    plain = call.context(None)
    for place, body in enumerate(bodies):
        if type(body) is Broken:
            results[place] = Result(body.id, problem=body.problem)
            continue
        if type(body) is dict and "@context" not in body and call.media() == JSON:
            context = plain
        else:
            try:
                if type(body) is dict and "@context" in body and call.media() == LD_JSON:
                    await call.city.contexts.prepare(body["@context"])
                context = call.context(body)
            except Problem as problem:
                results[place] = Result(_id_of(body), problem=problem)
                continue
        contexts.setdefault(id(context), (context, []))[1].append(place)
    for context, places in contexts.values():
        given = [bodies[place] for place in places]
        if call.city.exclusives is not None and op in FITTING_BATCH:
            found = await forwarding.many(call, op, given, context)
        else:
            found = await call.order(Order(op, "", given), context)
        for place, result in zip(places, found, strict=True):
            results[place] = result
    return [one for one in results if one is not None]


def _check_batch(call: Call, bodies: object) -> None:
    if not isinstance(bodies, list) or not bodies:
        raise bad("Cần một danh sách không rỗng.", "A batch is an array that is not empty.")
    most = call.city.limits.batch_entities
    if len(bodies) > most:
        raise Problem(
            TOO_LARGE, f"Mỗi lần gửi tối đa {most} thực thể.", f"At most {most} entities at a time."
        )


def _created(ids: list[str], results: list[Result]) -> Reply:
    headers = [(b"content-type", b"application/json"), *warning_headers(results)]
    return Reply(201, msgspec.json.encode(ids), headers)


def _done(results: list[Result]) -> Reply:
    if any(one.problem is not None or one.not_updated for one in results):
        return partial(results)
    return Reply(204, headers=warning_headers(results))


def partial(results: list[Result]) -> Reply:
    """207 with each id on the side where it belongs."""
    success = [one.id for one in results if one.problem is None and not one.not_updated]
    errors: list[dict[str, Any]] = []
    for one in results:
        problem = one.problem
        if problem is None and one.not_updated:
            names = ", ".join(name for name, _ in one.not_updated)
            problem = bad(f"Không cập nhật: {names}.", f"Not updated: {names}.")
        if problem is not None:
            errors.append({"entityId": one.id, "error": document(problem)})
    body = msgspec.json.encode({"success": success, "errors": errors})
    return Reply(207, body, [(b"content-type", b"application/json"), *warning_headers(results)])


def _id_of(body: object) -> str:
    id_ = body.get("id") if isinstance(body, dict) else None
    return id_ if isinstance(id_, str) else ""
