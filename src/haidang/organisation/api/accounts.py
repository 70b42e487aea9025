"""Routes of accounts and their grants. An account out of the asker's sight answers 404."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.requests import Asked, Key, Seen, page_size, version_of, write
from haidang.base.settings import Settings
from haidang.organisation.model import Account, Grant
from haidang.organisation.permissions import Principal
from haidang.organisation.service import accounts as service

_READ = {"permission": "account.read"}
_MANAGE = {"permission": "account.manage"}
_ACCOUNTS = "/api/v1/accounts"
_GRANTS = "/api/v1/accounts/{account_id:int}/grants"


class NewGrant(msgspec.Struct, forbid_unknown_fields=True):
    """A role to be given over an agency, an area, a sector; what is left out is all of it."""

    role: str
    org_id: int | None = None
    area_code: str | None = None
    sector: Annotated[str, msgspec.Meta(min_length=1, max_length=60)] | None = None


@get(_ACCOUNTS, opt=_READ, tags=["people"], summary="Tài khoản / accounts")
async def list_accounts(
    *,
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> dict[str, Any]:
    """Return the accounts of the agencies within one's scope, by user name."""
    size = page_size(limit)
    async with db.transaction() as connection:
        items = await service.list_accounts(connection, principal, after=cursor or "", limit=size + 1)
    return {"items": items[:size], "next": items[size - 1].username if len(items) > size else None}


@post(_ACCOUNTS, opt=_MANAGE, tags=["people"], summary="Tạo tài khoản / add an account")
async def add_account(
    *,
    request: Asked,
    key: Key,
    data: JSONBody[service.NewAccount],
    db: NamedDependency[Database],
    clock: NamedDependency[Clock],
    settings: NamedDependency[Settings],
    principal: NamedDependency[Principal],
) -> dict[str, Any]:
    """Add an account, and return once the link by which its owner sets a password.

    The link is not kept: a repeat of the same request returns the account with the link ``null``.
    """
    made: list[str] = []

    async def work(connection: Connection) -> Account:
        found = await service.add_account(connection, clock, principal, data)
        made.append(found.link_token)
        return found.account

    account = await write(request, db, principal.id, key, work)
    return {"account": account, "one_time_password_link": _link(request, settings, made)}


@patch(
    _ACCOUNTS + "/{account_id:int}", opt=_MANAGE, tags=["people"], summary="Sửa tài khoản / change an account"
)
async def change_account(
    *,
    request: Asked,
    key: Key,
    account_id: FromPath[int],
    data: JSONBody[service.AccountPatch],
    db: NamedDependency[Database],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    seen: Seen = None,
) -> Any:
    """Change an account, or close it: its sessions end at once."""
    version = version_of(seen)

    async def work(connection: Connection) -> Account:
        return await service.change_account(connection, clock, principal, account_id, data, version=version)

    return await write(request, db, principal.id, key, work)


@post(
    _ACCOUNTS + "/{account_id:int}/password-link",
    opt=_MANAGE,
    tags=["people"],
    summary="Liên kết đặt lại mật khẩu / a new password link",
)
async def new_password_link(
    *,
    request: Asked,
    key: Key,
    account_id: FromPath[int],
    db: NamedDependency[Database],
    clock: NamedDependency[Clock],
    settings: NamedDependency[Settings],
    principal: NamedDependency[Principal],
) -> dict[str, Any]:
    """Take an account's password away, end its sessions, and return a new one-time link."""
    made: list[str] = []

    async def work(connection: Connection) -> Account:
        found = await service.new_password_link(connection, clock, principal, account_id)
        made.append(found.link_token)
        return found.account

    account = await write(request, db, principal.id, key, work)
    return {"account": account, "one_time_password_link": _link(request, settings, made)}


@get(_GRANTS, opt=_READ, tags=["people"], summary="Quyền của tài khoản / what an account was granted")
async def list_grants(
    db: NamedDependency[Database], principal: NamedDependency[Principal], account_id: FromPath[int]
) -> dict[str, Any]:
    """Return the roles of an account, each with its agency, area and sector."""
    async with db.transaction() as connection:
        return {"items": await service.list_grants(connection, principal, account_id), "next": None}


@post(_GRANTS, opt=_MANAGE, tags=["people"], summary="Cấp vai trò / grant a role")
async def add_grant(
    *,
    request: Asked,
    key: Key,
    account_id: FromPath[int],
    data: JSONBody[NewGrant],
    db: NamedDependency[Database],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Grant a role; nobody gives what they do not hold themselves over all of it."""
    grant = Grant(data.role, data.org_id, data.area_code, data.sector)

    async def work(connection: Connection) -> Grant:
        return await service.add_grant(connection, clock, principal, account_id, grant)

    return await write(request, db, principal.id, key, work)


@delete(
    _GRANTS + "/{grant_id:int}",
    opt=_MANAGE,
    status_code=204,
    tags=["people"],
    summary="Thu hồi quyền / take a grant away",
)
async def remove_grant(
    *,
    request: Asked,
    key: Key,
    account_id: FromPath[int],
    grant_id: FromPath[int],
    db: NamedDependency[Database],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> None:
    """Take a grant away; the last administrator stays."""

    async def work(connection: Connection) -> None:
        await service.remove_grant(connection, clock, principal, account_id, grant_id)

    await write(request, db, principal.id, key, work)


def _link(request: Asked, settings: Settings, made: list[str]) -> str | None:
    if not made:
        return None
    base = (settings.public_url or str(request.base_url)).rstrip("/")
    return f"{base}/set-password?token={made[-1]}"


ROUTES = [
    list_accounts, add_account, change_account, new_password_link, list_grants, add_grant, remove_grant,
]  # fmt: skip
