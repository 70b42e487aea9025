"""Groups of units that documents name in one word: the product's, and the site's own from day to day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any

import msgspec

from haidang.base.database import Connection
from haidang.base.problems import Problem, kind
from haidang.directives.model.candidate import ORGS_MAX
from haidang.directives.model.names import Meant
from haidang.directives.service.desk import Desk, directory, log, wrong
from haidang.directives.store import units
from haidang.organisation import root_org
from haidang.organisation.permissions import Principal

GROUP_KNOWN = kind(
    "directive-group-known", 409, "Nhóm này đã có từ ngày đó", "There is such a group from that day already"
)


class NewGroup(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom a name means from a day on."""

    name: Annotated[str, msgspec.Meta(min_length=3, max_length=200)]
    members: Annotated[tuple[int, ...], msgspec.Meta(min_length=1, max_length=ORGS_MAX)]
    valid_from: date
    decision: Annotated[str, msgspec.Meta(max_length=500)] = ""
    """Number and date of the document that set it up."""


async def listed(connection: Connection, desk: Desk, principal: Principal) -> dict[str, Any]:
    """Return all groups with those of today's members whom the asker may see; what has ended has none."""
    found = await directory(connection, desk)

    def seen(members: Iterable[Meant]) -> list[Meant]:
        return [each for each in members if principal.may("org.read", org_id=each.id)]

    own = await units.own_groups(connection)
    return {
        "items": [
            {
                "id": None, "group": each.group, "vi": each.vi, "en": each.en, "says": each.says,
                "valid_from": each.valid_from, "valid_to": each.valid_to, "decision": each.legal_basis or "",
                "members": seen(found.members_of(each)),
            }
            for each in desk.groups.groups
        ]
        + [
            {
                "id": each.id, "group": each.key, "vi": each.name, "en": each.name, "says": (each.key,),
                "valid_from": each.valid_from, "valid_to": each.valid_to, "decision": each.decision,
                "members": seen(Meant(id=org, name=found.name(org)) for org in each.members),
            }
            for each in own
        ],
        "next": None,
    }  # fmt: skip


async def add(connection: Connection, desk: Desk, principal: Principal, new: NewGroup) -> dict[str, Any]:
    """Set up a group; it holds for the whole site, and is for whoever issues for its root."""
    root = await root_org(connection)
    principal.require("directive.issue", org_id=root.id, area_code=None, sector=None)
    found = await directory(connection, desk)
    members = tuple(dict.fromkeys(new.members))
    for org in members:
        if not found.exists(org):
            raise wrong("members", "không có đơn vị này hiện nay", "there is no such unit today", str(org))
    made = await units.add_group(
        connection, name=new.name.strip(), members=members, valid_from=new.valid_from,
        decision=new.decision, at=desk.now(), by=principal.id,
    )  # fmt: skip
    if made is None:
        raise Problem(GROUP_KNOWN)
    body = {"name": made.name, "members": members, "valid_from": made.valid_from, "decision": made.decision}
    await log(connection, desk, principal.id, [("group.add", f"group:{made.id}", root.id, body)])
    shown: dict[str, Any] = msgspec.structs.asdict(made)
    shown["members"] = [{"id": org, "name": found.name(org)} for org in members]
    return shown
