"""Use cases of registrations: one function, one transaction.

A registration belongs to whoever created or last changed it, and has the origin (agency, area, sector) that
an entity made by the same would have. Who may see registrations of an agency sees them all, but only the
owner sees the values in ``contextSourceInfo``, which may hold keys.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from haidang.base.database import Connection
from haidang.base.problems import FORBIDDEN, NOT_FOUND, Problem
from haidang.city.items import NULL
from haidang.city.model import ALREADY_EXISTS, Origin
from haidang.city.projected import refusal
from haidang.city.registrations import store
from haidang.city.registrations.book import refresh
from haidang.city.registrations.checking import read
from haidang.city.registrations.model import (
    CLAIMED,
    CONTEXT_KEY,
    Definition,
    claims,
    converted,
    mapped,
    types_of,
    writable,
    wrong,
)
from haidang.city.service import City
from haidang.city.subscriptions.book import known_context
from haidang.city.terms import CORE, Context, check_name
from haidang.city.times import format_us, to_us
from haidang.organisation.permissions import Principal, scope_sql

REGISTRATIONS_MAX = 10_000
_SECRET = "***"  # noqa: S105 - what is shown in place of one


async def create(
    city: City,
    principal: Principal,
    tenant: str,
    *,
    body: dict[str, Any],
    context: list[Any],
    origin: Origin,
) -> str:
    """Keep a new registration and return its id; ``Problem`` where it is wrong, taken or in conflict."""
    body = writable(body)
    now = city.clock.now()
    allow = city.settings.notification_allow_hosts
    definition = read(body, now_us=to_us(now), allow_hosts=allow)
    kept = await _kept_context(city, context, definition.shown_context)
    id_ = definition.id or f"urn:ngsi-ld:ContextSourceRegistration:{uuid.uuid4()}"
    stored = mapped(body, (await known_context(city, context)).expand) | {"id": id_}
    _require(principal, "registration.manage", (origin.owner_org, origin.area_code, origin.sector))
    # An agent registers before it writes anything.
    tenant_id = await city.made_tenant(principal, tenant)
    async with city.db.transaction() as conn:
        if await store.begin_change(conn) >= REGISTRATIONS_MAX:
            most = REGISTRATIONS_MAX
            raise Problem(
                FORBIDDEN, f"Đã có {most} đăng ký nguồn.", f"There are {most} registrations already."
            )
        no = await store.insert(conn, tenant_id, id_, _kept(principal, origin, kept, stored, definition), now)
        if no is None:
            raise Problem(
                ALREADY_EXISTS, f"Đã có đăng ký nguồn {id_}.", f"The registration {id_} already exists."
            )
        await _hold(conn, principal, (tenant_id, no), converted(stored), now)
    await refresh(city)
    return id_


async def change(
    city: City, principal: Principal, tenant: str, id_: str, *, fragment: dict[str, Any], context: list[Any]
) -> None:
    """Change members of a registration (null takes one away); the asker answers for it from now on."""
    fragment = writable(fragment)
    if fragment.get("id", id_) != id_:
        raise wrong("id", "không đổi được", "cannot be changed", str(fragment["id"]))
    now = city.clock.now()
    asked_in = await known_context(city, context)
    async with city.db.transaction() as conn:
        await store.begin_change(conn)
        row = await _one(city, conn, principal, tenant, id_=id_, permission="registration.manage", lock=True)
        # A change without a context of its own is written in that of the registration.
        said, writing = (context, asked_in) if context else (row.context["said"], _written_in(city, row))
        body = _merged(row.body, mapped(fragment, lambda name: writing.expand(check_name(name))))
        definition = read(
            # An end that has passed stays where it is, unless this change moves it.
            body if "expiresAt" in fragment else {k: v for k, v in body.items() if k != "expiresAt"},
            now_us=to_us(now),
            allow_hosts=city.settings.notification_allow_hosts,
        )
        origin = Origin(row.owner_org, row.area_code, row.sector)
        kept = await _kept_context(city, said, definition.shown_context)
        stored = body | {"id": id_}
        definition = converted(stored)
        await store.update(conn, row.no, _kept(principal, origin, kept, stored, definition), now)
        await store.release(conn, row.no)
        await _hold(conn, principal, (row.tenant_id, row.no), definition, now)
    await refresh(city)


async def delete(city: City, principal: Principal, tenant: str, id_: str) -> None:
    """Delete a registration; what it held is written here again."""
    async with city.db.transaction() as conn:
        await store.begin_change(conn)
        row = await _one(city, conn, principal, tenant, id_=id_, permission="registration.manage", lock=True)
        await store.delete(conn, row.no)
    await refresh(city)


async def get(city: City, principal: Principal, tenant: str, id_: str) -> store.Row:
    """Return one registration as stored; ``Problem`` where there is none for the asker."""
    async with city.db.transaction() as conn:
        return await _one(city, conn, principal, tenant, id_=id_, permission="registration.read")


def visible(principal: Principal, permission: str) -> tuple[str, dict[str, Any]]:
    """Return the SQL predicate of the registrations over which somebody holds a permission."""
    predicate, values = scope_sql(
        principal, permission, org="r.owner_org", area="r.area_code", sector="r.sector"
    )
    return f"({predicate} OR r.owner = %(self)s)", values | {"self": principal.id}


def present(
    principal: Principal, row: store.Row, context: Context, *, system: bool = False
) -> dict[str, Any]:
    """Return a registration as NGSI-LD in a context, with its status and counters."""
    body = mapped(row.body, context.compact)
    if row.owner != principal.id and isinstance(info := body.get("contextSourceInfo"), list):
        body["contextSourceInfo"] = [
            one if one["key"] == CONTEXT_KEY else {"key": one["key"], "value": _SECRET} for one in info
        ]
    if row.times_sent:
        failed = row.last_failure is not None and (
            row.last_success is None or row.last_success < row.last_failure
        )
        body["status"] = "failed" if failed else "ok"
    body |= {"timesSent": row.times_sent, "timesFailed": row.times_failed}
    for name, at in (("lastSuccess", row.last_success), ("lastFailure", row.last_failure)):
        if at is not None:
            body[name] = format_us(to_us(at))
    if system:
        body |= {"createdAt": format_us(to_us(row.created)), "modifiedAt": format_us(to_us(row.modified))}
    return {"id": row.id, "type": "ContextSourceRegistration", **body}


async def listed(
    city: City, principal: Principal, *, after: int, limit: int
) -> tuple[list[dict[str, Any]], int | None]:
    """Return a page of registrations for our screens, over all tenants, and where the next one begins."""
    where, values = visible(principal, "registration.read")
    async with city.db.transaction() as conn:
        rows = await store.page(conn, where, values, limit=limit + 1, after=after)
    now_us = to_us(city.clock.now())
    items: list[dict[str, Any]] = []
    for row in rows[:limit]:
        shown = present(principal, row, city.terms.context, system=True)
        definition = converted(row.body)
        items.append(
            {
                "id": row.id,
                "tenant": city.terms.tenant_names.get(row.tenant_id, ""),
                "name": definition.registration_name,
                "mode": definition.mode,
                "active": definition.active(now_us),
                "status": shown.get("status"),
                "owner": row.owner,
                "owner_org": row.owner_org,
                "information": shown["information"],
                "operations": list(definition.operations),
                "endpoint": definition.endpoint,
                "times_sent": row.times_sent,
                "times_failed": row.times_failed,
                "last_success": shown.get("lastSuccess"),
                "last_failure": shown.get("lastFailure"),
                "last_error": row.last_error,
                "created_at": shown["createdAt"],
                "modified_at": shown["modifiedAt"],
            }
        )
    return items, rows[limit - 1].no if len(rows) > limit else None


async def _hold(
    conn: Connection, principal: Principal, place: tuple[int, int], definition: Definition, now: datetime
) -> None:
    """Hold what a registration (tenant, number) claims; ``Problem`` where it may not, or another does."""
    tenant_id, no = place
    await _check_writable(conn, principal, tenant_id, definition)
    types: dict[str, set[str]] = {}
    for information in definition.information:
        for entity in information.entities or ():
            types.setdefault(entity.id or "", set()).update(types_of(entity))
    rows = [(entity_id, iri, sorted(types[entity_id])) for entity_id, iri in sorted(set(claims(definition)))]
    rival = await store.claim(conn, tenant_id, no, rows, now)
    if rival is None and definition.mode == "exclusive":
        for row in await store.redirects(conn, tenant_id, now):
            if await _within(conn, tenant_id, converted(row.body), now, no) is not None:
                rival = row.no
                break
    elif rival is None and definition.mode == "redirect":
        rival = await _within(conn, tenant_id, definition, now, None)
    if rival is not None:
        raise await _in_conflict(conn, principal, rival)


async def _check_writable(
    conn: Connection, principal: Principal, tenant_id: int, definition: Definition
) -> None:
    """Let nobody take over what goes to an entity that they may not write themselves."""
    ids = sorted({one.entity_id for one in claims(definition)})
    for entity_id in ids:
        if problem := refusal(principal, entity_id):
            raise problem
    for entity_id, origin in (await store.origins(conn, tenant_id, ids)).items():
        if not _may(principal, "entity.write", origin):
            raise Problem(
                FORBIDDEN,
                f"Bạn không được ghi thực thể {entity_id}.",
                f"You may not write the entity {entity_id}.",
            )


async def _in_conflict(conn: Connection, principal: Principal, rival: int) -> Problem:
    """Return the refusal; it names the other registration only to those who may see it."""
    row = await store.by_no(conn, rival)
    if row is None or not _sees(principal, row):
        return Problem(
            CLAIMED,
            "Thuộc tính này đã được một cơ quan khác đăng ký.",
            "Another agency's registration holds some of these attributes.",
        )
    return Problem(
        CLAIMED,
        f"Trùng với đăng ký nguồn {row.id}.",
        f"This conflicts with the registration {row.id}.",
        registration=row.id,
    )


async def _within(
    conn: Connection, tenant_id: int, definition: Definition, now: datetime, only: int | None
) -> int | None:
    """Return an exclusive registration that holds something of what a redirecting one names."""
    for one in definition.information:
        attributes = None if one.attributes is None else sorted(one.attributes)
        for entity in one.entities or (None,):
            named = None if entity is None else (entity.id, entity.id_pattern, sorted(types_of(entity)))
            found = await store.held_within(
                conn, tenant_id, entity=named, attributes=attributes, now=now, only=only
            )
            if found is not None:
                return found
    return None


async def _one(
    city: City,
    conn: Connection,
    principal: Principal,
    tenant: str,
    *,
    id_: str,
    permission: str,
    lock: bool = False,
) -> store.Row:
    row = await store.get(conn, await city.tenant_id(tenant), id_, lock=lock)
    if row is None or not _sees(principal, row):
        raise Problem(NOT_FOUND, f"Không có đăng ký nguồn {id_}.", f"There is no registration {id_}.")
    if row.owner != principal.id:
        _require(principal, permission, (row.owner_org, row.area_code, row.sector))
    return row


def _sees(principal: Principal, row: store.Row) -> bool:
    origin = (row.owner_org, row.area_code, row.sector)
    return row.owner == principal.id or _may(principal, "registration.read", origin)


def _may(principal: Principal, permission: str, origin: tuple[int, str | None, str | None]) -> bool:
    return principal.may(permission, org_id=origin[0], area_code=origin[1], sector=origin[2])


def _require(principal: Principal, permission: str, origin: tuple[int, str | None, str | None]) -> None:
    principal.require(permission, org_id=origin[0], area_code=origin[1], sector=origin[2])


def _kept(
    principal: Principal,
    origin: Origin,
    context: dict[str, Any],
    body: dict[str, Any],
    definition: Definition,
) -> store.Kept:
    expires_us = definition.expires_us
    expires = None if expires_us is None else datetime.fromtimestamp(expires_us / 1e6, UTC)
    return store.Kept(principal.id, origin, context, body, definition.mode, expires)


async def _kept_context(city: City, said: list[Any], shown: str | None) -> dict[str, Any]:
    """Return what a registration keeps of its contexts: their definitions, so that it outlives them."""
    asked_in = await known_context(city, said)
    shown_in = None if shown is None else await known_context(city, [shown])
    return {
        "said": said,
        "parts": asked_in.parts if said else None,
        "shown": None if shown_in is None else shown_in.parts,
    }


def _written_in(city: City, row: store.Row) -> Context:
    parts: list[dict[str, Any]] | None = row.context["parts"]
    if parts is None:
        return city.terms.context
    return city.contexts.compile(parts) if parts else CORE


def _merged(body: dict[str, Any], fragment: dict[str, Any]) -> dict[str, Any]:
    """Merge members as wholes: null (also the NGSI-LD one) takes one away."""
    kept = body | fragment
    return {name: value for name, value in kept.items() if value is not None and value != NULL}
