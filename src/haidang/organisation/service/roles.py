"""Use cases of roles. A role holds for the whole site, so whoever changes one must hold it without limit."""

from __future__ import annotations

import re

import msgspec

from haidang.base.clock import Clock
from haidang.base.database import Connection
from haidang.base.problems import FORBIDDEN, INVALID, Fault, Problem, kind
from haidang.organisation import chain
from haidang.organisation.model import Role
from haidang.organisation.permissions import PERMISSIONS, Principal, Scope
from haidang.organisation.service.access import changes, missing, unchanged, within_own
from haidang.organisation.store import accounts as store

ROLE_TAKEN = kind("role-taken", 409, "Tên vai trò đã có", "There is a role of this name")
ROLE_BUILTIN = kind("role-builtin", 409, "Vai trò có sẵn không thể sửa", "A built-in role cannot be changed")
_NAME = re.compile(r"[a-z][a-z0-9_]{1,40}")


class NewRole(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is needed to add a role."""

    name: str
    vi: str
    en: str
    permissions: tuple[str, ...]


class RolePatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is to change; what is left out stays."""

    vi: str | None = None
    en: str | None = None
    permissions: tuple[str, ...] | None = None


async def list_roles(connection: Connection) -> list[Role]:
    """Return all roles; they say what one could be granted, not who has it."""
    return await store.roles(connection)


async def add_role(connection: Connection, clock: Clock, principal: Principal, new: NewRole) -> Role:
    """Add a role of permissions that the principal holds without limit."""
    role = Role(
        name=new.name, vi=new.vi.strip(), en=new.en.strip(),
        permissions=tuple(sorted(set(new.permissions))), builtin=False, version=1,
    )  # fmt: skip
    _check(role)
    _may(principal, role)
    if not await store.insert_role(connection, role):
        raise Problem(ROLE_TAKEN, faults=(Fault("name", "đã có", "is taken", role.name),))
    await chain.audit(
        connection, principal, "role.create", f"role:{role.name}", msgspec.to_builtins(role), clock=clock
    )
    return role


async def change_role(
    connection: Connection, clock: Clock, principal: Principal, name: str, patch: RolePatch, *, version: int
) -> Role:
    """Change a role of the site's own, for all who have it."""
    before = await store.role(connection, name, lock=True)
    if before is None:
        raise missing("Không có vai trò này.", "There is no such role.")
    if before.builtin:
        raise Problem(ROLE_BUILTIN)
    unchanged(before, version)
    after = msgspec.structs.replace(
        before,
        vi=before.vi if patch.vi is None else patch.vi.strip(),
        en=before.en if patch.en is None else patch.en.strip(),
        permissions=before.permissions
        if patch.permissions is None
        else tuple(sorted(set(patch.permissions))),
    )
    _check(after)
    _may(principal, before)
    _may(principal, after)
    await store.update_role(connection, after)
    await chain.audit(
        connection, principal, "role.change", f"role:{name}", changes(before, after), clock=clock
    )
    return msgspec.structs.replace(after, version=before.version + 1)


def _may(principal: Principal, role: Role) -> None:
    if not principal.everywhere("role.manage"):
        raise Problem(
            FORBIDDEN,
            "Vai trò dùng chung toàn hệ thống: cần quyền quản lý vai trò không giới hạn.",
            "Roles hold for the whole site: this needs role.manage without a limit.",
        )
    within_own(principal, Scope(frozenset(role.permissions)))


def _check(role: Role) -> None:
    faults = [
        Fault("permissions", "không có quyền này", "there is no such permission", each)
        for each in role.permissions
        if each not in PERMISSIONS
    ]
    if not _NAME.fullmatch(role.name):
        faults.append(
            Fault(
                "name", "2–41 chữ thường không dấu, số, gạch dưới", "2 to 41 of a-z, 0-9, _", role.name[:80]
            )
        )
    faults += [
        Fault(field, "không được để trống", "must not be empty")
        for field in ("vi", "en")
        if not getattr(role, field)
    ]
    if faults:
        raise Problem(INVALID, faults=tuple(faults))
