"""Bottlenecks: a fact and its cause; owner, due and state are its task's, which has the only clock."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from haidang.base.database import Connection
from haidang.organisation.permissions import Principal
from haidang.programme.model.money import Dong
from haidang.programme.service.desk import Desk, holds, known_orgs, record, require, visible
from haidang.programme.store import bottlenecks, rows
from haidang.tasks.model.due import Due
from haidang.tasks.service import giving

Cause = Literal["clearance", "appraisal", "contractor", "equipment", "capital", "price", "other"]
CAUSES: dict[Cause, tuple[str, str]] = {
    "clearance": ("giải phóng mặt bằng", "site clearance"),
    "appraisal": ("thẩm định, phê duyệt", "appraisal, approval"),
    "contractor": ("nhà thầu", "contractor"),
    "equipment": ("thiết bị", "equipment"),
    "capital": ("bố trí vốn", "capital"),
    "price": ("giá, dự toán", "prices, estimates"),
    "other": ("khác", "other"),
}
SOURCE = "bottleneck"


class Bottleneck(msgspec.Struct, frozen=True, kw_only=True):
    """A row; nothing in it says whether it is dealt with."""

    id: int
    version: int = 1
    project_id: int
    cause: Cause
    description: str
    amount_dong: int | None = None
    task_id: int | None = None
    created_by: str
    recorded_at: Any
    changed_at: Any


class NewBottleneck(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What stands in the way, who deals with it and by when."""

    cause: Cause
    description: Annotated[str, msgspec.Meta(min_length=1, max_length=4_000)]
    due: Due
    owner_org: int | None = None
    """The unit that deals with it; absent: the project's owner. Another needs ``task.assign`` over it."""
    assignee: int | None = None
    amount_dong: Dong | None = None
    priority: Annotated[int, msgspec.Meta(ge=1, le=4)] = 2


async def report(
    connection: Connection, desk: Desk, principal: Principal, project_id: int, new: NewBottleneck
) -> dict[str, Any]:
    """Report a bottleneck and give it to a unit as a task, in one transaction."""
    project = await visible(connection, principal, project_id)
    if not holds(principal, "programme.oversee", project):
        require(principal, "programme.edit", project)
    owner = new.owner_org if new.owner_org is not None else project.owner_org
    if owner != project.owner_org:
        principal.require("task.assign", org_id=owner, area_code=project.area_code, sector=project.sector)
    await known_orgs(connection, "owner_org", (owner,))
    now, [number] = desk.now(), await rows.fresh_ids(connection, "bottleneck", 1)
    cause = CAUSES[new.cause][0]
    task = await giving.make(
        connection, desk.tasks, principal.id,
        {
            "title": f"Gỡ vướng mắc ({cause}): {project.name}"[:500], "description": new.description,
            "due": new.due, "owner_org": owner, "assignee": new.assignee, "assigner_org": project.owner_org,
            "assigner": principal.id, "area_code": project.area_code, "sector": project.sector,
            "priority": new.priority, "source_kind": SOURCE, "source_id": str(number),
        },
    )  # fmt: skip
    made = Bottleneck(
        id=number, project_id=project_id, cause=new.cause, description=new.description,
        amount_dong=new.amount_dong, task_id=task.id, created_by=principal.id,
        recorded_at=now, changed_at=now,
    )  # fmt: skip
    await rows.add(connection, "bottleneck", [made])
    await record(
        connection, desk, principal.id, action="bottleneck.report", subject=f"project:{project_id}",
        about=project, body={"bottleneck": number, "cause": new.cause, "task": task.id, "owner_org": owner,
                             "amount_dong": new.amount_dong},
    )  # fmt: skip
    [line] = await bottlenecks.lines(connection, project_id=project_id, bottleneck_id=number)
    return line


async def of_project(connection: Connection, principal: Principal, project_id: int) -> list[dict[str, Any]]:
    """Return the bottlenecks of a project with what their tasks say, open ones first."""
    await visible(connection, principal, project_id)
    return await bottlenecks.lines(connection, project_id=project_id)
