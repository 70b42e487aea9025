"""Use cases of subscriptions: one function, one transaction.

A subscription belongs to whoever created or last changed it, and shows what that one could read then and may
still read. Who may see subscriptions of an agency sees them all, but only the owner sees the keys in
``receiverInfo``. What operators see and do beside stands in ``operating``.
"""

from __future__ import annotations

import uuid
from typing import Any, NamedTuple

import msgspec

from haidang.base.database import Connection
from haidang.base.problems import FORBIDDEN, NOT_FOUND, Problem
from haidang.city.items import NULL
from haidang.city.model import ALREADY_EXISTS
from haidang.city.service import City
from haidang.city.subscriptions import store
from haidang.city.subscriptions.book import asked_in, kept_context, known_context
from haidang.city.subscriptions.endpoint import wrong
from haidang.city.subscriptions.model import converted, mapped, read, status, writable
from haidang.city.terms import Context
from haidang.city.times import format_us, to_us
from haidang.organisation.permissions import Principal, scope_sql

SUBSCRIPTIONS_MAX = 10_000
"""Subscriptions a site can have: each costs a look at every change."""
_SECRET = "***"  # noqa: S105 - what is shown in place of one


class Page(NamedTuple):
    """A page of subscriptions as stored, and how many there are in all where somebody asked."""

    rows: list[store.Row]
    more: bool
    total: int | None


async def create(
    city: City, principal: Principal, tenant: str, body: dict[str, Any], context: list[Any]
) -> str:
    """Keep a new subscription and return its id; ``Problem`` where it is wrong or its id is taken."""
    tenant_id = await city.tenant_id(tenant)
    body = writable(body)
    written_in = await known_context(city, context)
    now = city.clock.now()
    definition = read(body, now_us=to_us(now), allow_hosts=city.settings.notification_allow_hosts)
    kept = await kept_context(city, context, definition.jsonld_context, principal.org_id)
    id_ = definition.id or f"urn:ngsi-ld:Subscription:{uuid.uuid4()}"
    stored = mapped(body, written_in.expand) | {"id": id_}
    async with city.db.transaction() as conn:
        if (await store.revision(conn))[0] >= SUBSCRIPTIONS_MAX:
            raise Problem(
                FORBIDDEN,
                f"Đã có {SUBSCRIPTIONS_MAX} đăng ký.",
                f"There are {SUBSCRIPTIONS_MAX} subscriptions already.",
            )
        no = await store.insert(
            conn,
            tenant_id=tenant_id,
            id_=id_,
            owner=_owner(principal),
            context=kept,
            body=stored,
            now=now,
        )
        if no is None:
            raise Problem(ALREADY_EXISTS, f"Đã có đăng ký {id_}.", f"The subscription {id_} already exists.")
    return id_


async def change(
    city: City, principal: Principal, tenant: str, id_: str, *, fragment: dict[str, Any], context: list[Any]
) -> None:
    """Change members of a subscription (null takes one away); the asker answers for it from now on."""
    fragment = writable(fragment)
    if fragment.get("id", id_) != id_:
        raise wrong("id", "không đổi được", "cannot be changed", str(fragment["id"]))
    now = city.clock.now()
    written_in = await known_context(city, context)
    async with city.db.transaction() as conn:
        row = await _one(
            city, conn, principal, tenant=tenant, id_=id_, permission="subscription.manage", lock=True
        )
        before = converted(row.body)
        # A change without a context of its own is written in that of the subscription.
        said, writing = row.context["said"], asked_in(city, row)
        if context and context != said:
            if "q" in row.body and "q" not in fragment:
                raise wrong("q", "cần gửi lại cùng ngữ cảnh mới", "must come along with another @context")
            said, writing = context, written_in
        body = _merged(row.body, mapped(fragment, writing.expand))
        definition = read(
            # An end that has passed stays where it is, unless this change moves it.
            body if "expiresAt" in fragment else {**body, "expiresAt": None},
            now_us=to_us(now),
            allow_hosts=city.settings.notification_allow_hosts,
        )
        kept = await kept_context(city, said, definition.jsonld_context, principal.org_id)
        await store.update(
            conn,
            row.no,
            owner=_owner(principal),
            context=kept,
            body=body | {"id": id_},
            now=now,
            restart=status(before, to_us(now)) != "active",
        )


async def delete(city: City, principal: Principal, tenant: str, id_: str) -> None:
    """Delete a subscription with all that waits for it."""
    async with city.db.transaction() as conn:
        row = await _one(
            city, conn, principal, tenant=tenant, id_=id_, permission="subscription.manage", lock=True
        )
        await store.delete(conn, row.no)


async def get(city: City, principal: Principal, tenant: str, id_: str) -> store.Row:
    """Return one subscription as stored; ``Problem`` where there is none for the asker."""
    async with city.db.transaction() as conn:
        return await _one(city, conn, principal, tenant=tenant, id_=id_, permission="subscription.read")


async def page(
    city: City, principal: Principal, tenant: str, *, limit: int, offset: int = 0, count: bool = False
) -> Page:
    """Return subscriptions of a tenant that the asker may see."""
    tenant_id = await city.tenant_id(tenant)
    seen, values = visible(principal, "subscription.read")
    where = f"s.tenant_id = %(tenant)s AND {seen}"
    values |= {"tenant": tenant_id}
    async with city.db.transaction() as conn:
        rows = await store.page(conn, where, values, limit=limit + 1, offset=offset)
        total = await store.count(conn, where, values) if count else None
    return Page(rows[:limit], len(rows) > limit, total)


def present(
    city: City, principal: Principal, row: store.Row, context: Context, *, system: bool = False
) -> dict[str, Any]:
    """Return a subscription as NGSI-LD in a context, with its status and counters."""
    body = mapped(row.body, context.compact)
    definition = converted(row.body)
    params = dict(body["notification"])
    endpoint = dict(params["endpoint"])
    if row.owner != principal.id:
        for member in ("receiverInfo", "notifierInfo"):
            if member in endpoint:
                endpoint[member] = [{"key": one["key"], "value": _SECRET} for one in endpoint[member]]
    counters: dict[str, Any] = {"timesSent": row.times_sent, "timesFailed": row.times_failed}
    for name, at in (
        ("lastNotification", row.last_notification),
        ("lastSuccess", row.last_success),
        ("lastFailure", row.last_failure),
    ):
        if at is not None:
            counters[name] = format_us(to_us(at))
    if row.last_notification is not None or row.last_failure is not None:
        good = row.last_failure is None or (
            row.last_success is not None and row.last_success >= row.last_failure
        )
        counters["status"] = "ok" if good else "failed"
    body["notification"] = {**params, "endpoint": endpoint, **counters}
    if "url" in row.context:
        body.setdefault("jsonldContext", row.context["url"])
    body["status"] = status(definition, to_us(city.clock.now()))
    body.setdefault("isActive", True)
    if system:
        body |= {"createdAt": format_us(to_us(row.created)), "modifiedAt": format_us(to_us(row.modified))}
    return {"id": row.id, "type": "Subscription", **body}


def visible(principal: Principal, permission: str) -> tuple[str, dict[str, Any]]:
    """Return the predicate of the subscriptions over which the asker holds a permission, and of its own."""
    predicate, values = scope_sql(principal, permission, org="s.owner_org", area=None, sector=None)
    return f"({predicate} OR s.owner = %(self)s)", values | {"self": principal.id}


async def _one(
    city: City,
    conn: Connection,
    principal: Principal,
    *,
    tenant: str,
    id_: str,
    permission: str,
    lock: bool = False,
) -> store.Row:
    row = await store.get(conn, await city.tenant_id(tenant), id_, lock=lock)
    if row is None or not (
        row.owner == principal.id or principal.may("subscription.read", org_id=row.owner_org)
    ):
        raise Problem(NOT_FOUND, f"Không có đăng ký {id_}.", f"There is no subscription {id_}.")
    if row.owner != principal.id:
        principal.require(permission, org_id=row.owner_org)
    return row


def _owner(principal: Principal) -> tuple[str, int | None, list[dict[str, Any]]]:
    """Return who answers for a subscription and what of the city it may read at this moment."""
    scopes = [
        msgspec.to_builtins(msgspec.structs.replace(scope, permissions=frozenset({"entity.read"})))
        for scope in principal.scopes
        if "entity.read" in scope.permissions
    ]
    return principal.id, principal.org_id, scopes


def _merged(body: dict[str, Any], fragment: dict[str, Any]) -> dict[str, Any]:
    """Merge as RFC 7396 has it: null (also the NGSI-LD one) takes a member away, arrays are replaced."""
    found = dict(body)
    for name, value in fragment.items():
        if value is None or value == NULL:
            found.pop(name, None)
        elif (
            isinstance(value, dict)
            and isinstance(found.get(name), dict)
            and name in ("notification", "endpoint")
        ):
            found[name] = _merged(found[name], value)
        else:
            found[name] = value
    return found
