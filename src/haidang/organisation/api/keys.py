"""Routes of API keys and of the audit log."""

from __future__ import annotations

from typing import Any

from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.requests import Asked, Key, cursor_number, page_size, write
from haidang.organisation.model import Key as ApiKey
from haidang.organisation.permissions import Principal
from haidang.organisation.service import audit as audit_service
from haidang.organisation.service import keys as service

_MANAGE = {"permission": "key.manage"}


@get("/api/v1/keys", opt=_MANAGE, tags=["people"], summary="Khóa API / API keys")
async def list_keys(
    *,
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> dict[str, Any]:
    """Return the keys of the agencies within one's scope, also those that have ended."""
    size = page_size(limit)
    async with db.transaction() as connection:
        items = await service.list_keys(
            connection, principal, after=cursor_number(cursor) or 0, limit=size + 1
        )
    return {"items": items[:size], "next": str(items[size - 1].id) if len(items) > size else None}


@post("/api/v1/keys", opt=_MANAGE, tags=["people"], summary="Tạo khóa API / make an API key")
async def make_key(
    *,
    request: Asked,
    key: Key,
    data: JSONBody[service.NewKey],
    db: NamedDependency[Database],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> dict[str, Any]:
    """Make a key and return its secret, this once: only a hash of it is kept.

    A repeat of the same request returns the key with the secret ``null``; then revoke it and make another.
    """
    made: list[str] = []

    async def work(connection: Connection) -> ApiKey:
        found = await service.make_key(connection, clock, principal, data)
        made.append(found.secret)
        return found.key

    new = await write(request, db, principal.id, key, work)
    return {"key": new, "secret": made[-1] if made else None}


@delete(
    "/api/v1/keys/{key_id:int}",
    opt=_MANAGE,
    status_code=204,
    tags=["people"],
    summary="Thu hồi khóa API / revoke an API key",
)
async def revoke_key(
    *,
    request: Asked,
    key: Key,
    key_id: FromPath[int],
    db: NamedDependency[Database],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> None:
    """End a key for good."""

    async def work(connection: Connection) -> None:
        await service.revoke_key(connection, clock, principal, key_id)

    await write(request, db, principal.id, key, work)


@get(
    "/api/v1/audit", opt={"permission": "audit.read"}, tags=["audit"], summary="Nhật ký kiểm toán / audit log"
)
async def list_audit(
    *,
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
    cursor: FromQuery[str | None] = None,
    actor: FromQuery[str | None] = None,
    action: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> dict[str, Any]:
    """Return the entries of the agencies within one's scope, newest first.

    ``action`` is one (``grant.add``) or a family of them (``grant``).
    """
    size = page_size(limit)
    async with db.transaction() as connection:
        items = await audit_service.list_audit(
            connection, principal, before=cursor_number(cursor), actor=actor, action=action, limit=size + 1
        )
    return {"items": items[:size], "next": str(items[size - 1].no) if len(items) > size else None}


ROUTES = [list_keys, make_key, revoke_key, list_audit]
