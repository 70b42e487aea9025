"""Use cases of accounts and of what is granted to them.

Whoever manages accounts does so within the agencies of their own scope, and only for accounts that hold no
more than they do: otherwise a new password for a stronger account would be a way up.
"""

from __future__ import annotations

from datetime import timedelta

import msgspec

from haidang.base.clock import Clock
from haidang.base.database import Connection
from haidang.base.problems import INVALID, Fault, Problem, kind
from haidang.organisation import chain
from haidang.organisation.model import Account, Grant
from haidang.organisation.passwords import check_username, new_secret, secret_hash
from haidang.organisation.permissions import Principal, Scope, scope_sql
from haidang.organisation.roles import ADMINISTRATOR
from haidang.organisation.service.access import changes, missing, unchanged, within_own
from haidang.organisation.store import accounts as store
from haidang.organisation.store import areas, orgs, sessions

USERNAME_TAKEN = kind("username-taken", 409, "Tên đăng nhập đã có người dùng", "This user name is taken")
LAST_ADMINISTRATOR = kind(
    "last-administrator",
    409,
    "Không thể bỏ quản trị viên cuối cùng",
    "The last administrator cannot be taken away",
)
_LINK_VALID = timedelta(days=3)
_NAME_MAX = 200


class NewAccount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is needed to add an account."""

    username: str
    display_name: str
    org_id: int


class AccountPatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is to change; what is left out stays."""

    display_name: str | None = None
    org_id: int | None = None
    active: bool | None = None


class WithLink(msgspec.Struct, frozen=True):
    """An account, and the secret of its new one-time link."""

    account: Account
    link_token: str


async def list_accounts(
    connection: Connection, principal: Principal, *, after: str = "", limit: int = 50
) -> list[Account]:
    """Return the accounts of the agencies over which the principal holds ``account.read``, by user name."""
    where, values = scope_sql(principal, "account.read", org="a.org_id", area=None, sector=None)
    return await store.page(connection, where, values, after=after, limit=limit)


async def add_account(
    connection: Connection, clock: Clock, principal: Principal, new: NewAccount
) -> WithLink:
    """Add an account without a password, and a link by which its owner sets one within three days."""
    username = check_username(new.username)
    await _place(connection, principal, new.org_id)
    account_id = await store.insert(
        connection,
        username=username,
        display_name=_display_name(new.display_name),
        org_id=new.org_id,
        password_hash=None,
        at=clock.now(),
    )
    if account_id is None:
        raise Problem(USERNAME_TAKEN, faults=(Fault("username", "đã có người dùng", "is taken", username),))
    token = await _link(connection, clock, account_id)
    await chain.audit(
        connection, principal, "account.create", f"account:{account_id}", {"username": username},
        org_id=new.org_id, clock=clock,
    )  # fmt: skip
    return WithLink(await _visible(connection, principal, account_id), token)


async def change_account(
    connection: Connection,
    clock: Clock,
    principal: Principal,
    account_id: int,
    patch: AccountPatch,
    *,
    version: int,
) -> Account:
    """Change an account; closing it ends all its sessions and links."""
    before = await _manageable(connection, principal, account_id)
    unchanged(before, version)
    if patch.org_id is not None and patch.org_id != before.org_id:
        await _place(connection, principal, patch.org_id)
    after = msgspec.structs.replace(
        before,
        display_name=before.display_name if patch.display_name is None else _display_name(patch.display_name),
        org_id=before.org_id if patch.org_id is None else patch.org_id,
        active=before.active if patch.active is None else patch.active,
    )
    if not after.active:
        await _not_the_last(connection, account_id)
        await sessions.delete_all(connection, account_id)
        await sessions.drop_links(connection, account_id)
    await store.update(
        connection, account_id, display_name=after.display_name, org_id=after.org_id, active=after.active
    )
    await chain.audit(
        connection, principal, "account.change", f"account:{account_id}", changes(before, after),
        org_id=before.org_id, clock=clock,
    )  # fmt: skip
    return await _must(connection, account_id)


async def new_password_link(
    connection: Connection, clock: Clock, principal: Principal, account_id: int
) -> WithLink:
    """Take an account's password away, end its sessions and make a new one-time link."""
    account = await _manageable(connection, principal, account_id)
    await _not_the_last(connection, account_id)
    await store.set_password(connection, account_id, None)
    await sessions.delete_all(connection, account_id)
    token = await _link(connection, clock, account_id)
    await chain.audit(
        connection, principal, "account.password-link", f"account:{account_id}",
        org_id=account.org_id, clock=clock,
    )  # fmt: skip
    return WithLink(await _must(connection, account_id), token)


async def link_without_asking(
    connection: Connection, clock: Clock, principal: Principal, username: str
) -> str:
    """Return a new one-time link for an account by its name, also the last administrator's.

    Only for the operator at the machine, who owns the data anyway: the way back in after a lost password.
    """
    found = await store.credentials(connection, username.strip().lower())
    if found is None:
        raise missing("Không có tài khoản này.", "There is no such account.")
    account_id = found[0]
    await sessions.delete_all(connection, account_id)
    token = await _link(connection, clock, account_id)
    await chain.audit(
        connection, principal, "account.password-link", f"account:{account_id}", org_id=found[3], clock=clock
    )
    return token


async def list_grants(connection: Connection, principal: Principal, account_id: int) -> list[Grant]:
    """Return what an account has been granted."""
    await _visible(connection, principal, account_id)
    return await store.grants(connection, account_id)


async def add_grant(
    connection: Connection, clock: Clock, principal: Principal, account_id: int, grant: Grant
) -> Grant:
    """Grant a role over an agency, area and sector; nobody gives what they do not hold over all of it."""
    account = await _manageable(connection, principal, account_id)
    within_own(principal, await _scope_of(connection, grant))
    grant_id = await store.add_grant(connection, account_id, grant)
    await chain.audit(
        connection, principal, "grant.add", f"account:{account_id}", msgspec.to_builtins(grant),
        org_id=account.org_id, clock=clock,
    )  # fmt: skip
    return msgspec.structs.replace(grant, id=grant_id)


async def remove_grant(
    connection: Connection, clock: Clock, principal: Principal, account_id: int, grant_id: int
) -> None:
    """Take a grant away; the last administrator stays."""
    account = await _manageable(connection, principal, account_id)
    grant = next((each for each in await store.grants(connection, account_id) if each.id == grant_id), None)
    if grant is None:
        raise missing("Không có quyền này.", "There is no such grant.")
    before = await store.administrators(connection, ADMINISTRATOR)
    if before and not await store.administrators(connection, ADMINISTRATOR, without_grant=grant_id):
        raise Problem(LAST_ADMINISTRATOR)
    await store.remove_grant(connection, account_id, grant_id)
    await chain.audit(
        connection, principal, "grant.remove", f"account:{account_id}", msgspec.to_builtins(grant),
        org_id=account.org_id, clock=clock,
    )  # fmt: skip


async def _scope_of(connection: Connection, grant: Grant) -> Scope:
    """Return what a grant would give, or raise ``Problem`` that names the field that is wrong."""
    faults: list[Fault] = []
    role = await store.role(connection, grant.role)
    org_ids = None if grant.org_id is None else await orgs.subtree(connection, grant.org_id)
    area_codes = None if grant.area_code is None else await areas.subtree(connection, grant.area_code)
    if role is None:
        faults.append(Fault("role", "không có vai trò này", "there is no such role", grant.role))
    if org_ids is not None and not org_ids:
        faults.append(Fault("org_id", "không có cơ quan này", "there is no such agency", str(grant.org_id)))
    if grant.area_code is not None and not await areas.stands(connection, grant.area_code):
        faults.append(
            Fault(
                "area_code", "không có đơn vị hành chính này", "there is no such area today", grant.area_code
            )
        )
    if role is None or faults:
        raise Problem(INVALID, faults=tuple(faults))
    return Scope(frozenset(role.permissions), org_ids, area_codes, grant.sector)


async def _visible(connection: Connection, principal: Principal, account_id: int) -> Account:
    account = await store.get(connection, account_id)
    if account is None or not principal.may("account.read", org_id=account.org_id):
        raise missing("Không có tài khoản này.", "There is no such account.")
    return account


async def _manageable(connection: Connection, principal: Principal, account_id: int) -> Account:
    """Return an account, its row held, that the principal may change; it must hold no more than they do."""
    await _visible(connection, principal, account_id)
    account = await store.get(connection, account_id, lock=True)
    if account is None:
        raise missing("Không có tài khoản này.", "There is no such account.")
    principal.require("account.manage", org_id=account.org_id)
    within_own(principal, *await store.scopes(connection, account_id))
    return account


async def _place(connection: Connection, principal: Principal, org_id: int) -> None:
    if await orgs.get(connection, org_id) is None or not principal.may("account.read", org_id=org_id):
        raise Problem(
            INVALID, faults=(Fault("org_id", "không có cơ quan này", "there is no such agency", str(org_id)),)
        )
    principal.require("account.manage", org_id=org_id)


async def _not_the_last(connection: Connection, account_id: int) -> None:
    if await store.administrators(connection, ADMINISTRATOR) == {account_id}:
        raise Problem(LAST_ADMINISTRATOR)


async def _link(connection: Connection, clock: Clock, account_id: int) -> str:
    token = new_secret()
    now = clock.now()
    await sessions.insert_link(connection, secret_hash(token), account_id, now, now + _LINK_VALID)
    return token


async def _must(connection: Connection, account_id: int) -> Account:
    account = await store.get(connection, account_id)
    if account is None:
        raise missing("Không có tài khoản này.", "There is no such account.")
    return account


def _display_name(text: str) -> str:
    name = " ".join(text.split())
    if not 0 < len(name) <= _NAME_MAX:
        raise Problem(
            INVALID,
            faults=(Fault("display_name", "cần 1–200 ký tự", "needs 1 to 200 characters", text[:80]),),
        )
    return name
