"""Use cases of agencies: the tree, finding one by what a document calls it, who carries on its work."""

from __future__ import annotations

from datetime import date

import msgspec

from haidang.base.database import Connection
from haidang.base.problems import INVALID, Fault, Problem, kind
from haidang.organisation.chain import audit
from haidang.organisation.model import Org, OrgAlias, OrgSuccession
from haidang.organisation.org_names import Inheritance, carried_on_by, name_key
from haidang.organisation.permissions import Principal, scope_sql
from haidang.organisation.service.access import changes, missing, unchanged
from haidang.organisation.store import orgs as store

ORG_NOT_FOUND = kind("org-not-found", 404, "Không tìm thấy cơ quan", "No agency of this name")
ORG_AMBIGUOUS = kind("org-ambiguous", 409, "Tên cơ quan chưa rõ ràng", "Several agencies have this name")


class NewOrg(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is needed to add an agency."""

    name: str
    parent_id: int
    kind: str = "department"
    short_name: str | None = None
    area_code: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    aliases: tuple[OrgAlias, ...] = ()


class OrgPatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is to change; what is left out stays."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    parent_id: int | msgspec.UnsetType = msgspec.UNSET
    kind: str | msgspec.UnsetType = msgspec.UNSET
    short_name: str | msgspec.UnsetType | None = msgspec.UNSET
    area_code: str | msgspec.UnsetType | None = msgspec.UNSET
    valid_from: date | msgspec.UnsetType | None = msgspec.UNSET
    valid_to: date | msgspec.UnsetType | None = msgspec.UNSET
    aliases: tuple[OrgAlias, ...] | msgspec.UnsetType = msgspec.UNSET


async def list_orgs(connection: Connection, principal: Principal) -> list[Org]:
    """Return the agencies over which the principal holds ``org.read``, parents before children."""
    where, values = scope_sql(principal, "org.read", org="o.id", area=None, sector=None)
    return await store.visible(connection, where, values)


async def add_org(connection: Connection, principal: Principal, new: NewOrg) -> Org:
    """Add an agency under one over which the principal holds ``org.manage``."""
    parent = await store.get(connection, new.parent_id, lock=True)
    if parent is None or not principal.may("org.read", org_id=parent.id):
        raise missing("Không có cơ quan cấp trên này.", "There is no such parent agency.")
    principal.require("org.manage", org_id=parent.id)
    _check(new.name, new.valid_from, new.valid_to)
    org_id = await store.insert(
        connection,
        parent=parent,
        name=new.name.strip(),
        short_name=new.short_name,
        kind=new.kind,
        area_code=new.area_code,
        valid_from=new.valid_from,
        valid_to=new.valid_to,
        aliases=new.aliases,
    )
    await audit(connection, principal, "org.create", f"org:{org_id}", {"name": new.name}, org_id=org_id)
    return await _must(connection, org_id)


async def change_org(
    connection: Connection, principal: Principal, org_id: int, patch: OrgPatch, *, version: int
) -> Org:
    """Change an agency; moving it needs ``org.manage`` over both its old and its new place."""
    before = await store.get(connection, org_id, lock=True)
    if before is None or not principal.may("org.read", org_id=org_id):
        raise missing("Không có cơ quan này.", "There is no such agency.")
    principal.require("org.manage", org_id=org_id)
    unchanged(before, version)
    given = {
        name: value for name, value in msgspec.structs.asdict(patch).items() if value is not msgspec.UNSET
    }
    after = msgspec.structs.replace(before, **given)
    _check(after.name, after.valid_from, after.valid_to)
    if after.parent_id != before.parent_id:
        after = msgspec.structs.replace(
            after, path=await _moved(connection, principal, before, after.parent_id)
        )
    await store.update(connection, after)
    await audit(connection, principal, "org.change", f"org:{org_id}", changes(before, after), org_id=org_id)
    return await _must(connection, org_id)


async def add_succession(connection: Connection, principal: Principal, each: OrgSuccession) -> None:
    """Record who carries on whose work; needs ``org.manage`` over both."""
    for org_id in (each.old_id, each.new_id):
        if org_id is not None:
            principal.require("org.manage", org_id=org_id)
    await store.add_succession(connection, each)
    await audit(
        connection,
        principal,
        "org.succession",
        f"org:{each.old_id}",
        msgspec.to_builtins(each),
        org_id=each.old_id,
    )


async def orgs_called(connection: Connection, text: str, on: date) -> list[Org]:
    """Return the agencies that a name, alias or abbreviation meant on a day, best first."""
    return await store.called(connection, name_key(text), on)


async def resolve_org(connection: Connection, text: str, on: date) -> Org:
    """Return the one agency that a text meant on a day.

    Raises ``Problem``: ``org-not-found``, or ``org-ambiguous`` with the candidates named in its faults.
    """
    found = await orgs_called(connection, text, on)
    if not found:
        raise Problem(
            ORG_NOT_FOUND,
            f"Không có cơ quan nào tên “{text}” vào ngày {on:%d/%m/%Y}.",
            f"No agency was called “{text}” on {on.isoformat()}.",
        )
    if len(found) > 1:
        raise Problem(
            ORG_AMBIGUOUS,
            f"“{text}” có thể là {len(found)} cơ quan.",
            f"“{text}” may mean {len(found)} agencies.",
            faults=tuple(Fault(f"org:{each.id}", each.name, each.name, each.short_name) for each in found),
        )
    return found[0]


async def root_org(connection: Connection) -> Org:
    """Return the top of the tree; raise ``Problem`` (``org-not-found``) before the first start."""
    root = await store.root(connection)
    if root is None:
        raise Problem(ORG_NOT_FOUND, "Chưa có cơ quan gốc.", "There is no root agency yet.")
    return root


async def heirs_of(connection: Connection, org_id: int, on: date) -> Inheritance:
    """Return who carries on the work of an agency on a day, through all reorganisations."""
    return carried_on_by(org_id, on, await store.successions(connection))


async def _moved(
    connection: Connection, principal: Principal, org: Org, parent_id: int | None
) -> tuple[int, ...]:
    parent = await store.get(connection, parent_id, lock=True) if parent_id is not None else None
    if parent is None or not principal.may("org.read", org_id=parent.id):
        raise missing("Không có cơ quan cấp trên này.", "There is no such parent agency.")
    principal.require("org.manage", org_id=parent.id)
    if org.id in parent.path:
        raise Problem(
            INVALID,
            "Không thể chuyển một cơ quan vào chính nó.",
            "An agency cannot be moved under itself.",
            faults=(Fault("parent_id", "nằm trong chính cơ quan này", "lies within the agency itself"),),
        )
    return (*parent.path, org.id)


async def _must(connection: Connection, org_id: int) -> Org:
    org = await store.get(connection, org_id)
    if org is None:
        raise missing("Không có cơ quan này.", "There is no such agency.")
    return org


def _check(name: str, valid_from: date | None, valid_to: date | None) -> None:
    faults: list[Fault] = []
    if not name.strip():
        faults.append(Fault("name", "không được để trống", "must not be empty"))
    if valid_from and valid_to and valid_to <= valid_from:
        faults.append(Fault("valid_to", "phải sau ngày bắt đầu", "must be after valid_from"))
    if faults:
        raise Problem(INVALID, faults=tuple(faults))
