"""Sending resources and units to an incident, and what becomes of them there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.base.problems import Problem, kind
from haidang.incidents.model import acts
from haidang.incidents.model.incident import Incident, marked
from haidang.incidents.model.resources import Resource
from haidang.incidents.service.desk import Desk, wrong
from haidang.incidents.service.doing import Doing
from haidang.incidents.service.opening import check_units
from haidang.incidents.store import incidents, resources
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing
from haidang.tasks.model.due import Due
from haidang.tasks.service import giving

TAKEN = kind(
    "resource-taken", 409, "Lực lượng, phương tiện không còn rảnh", "This resource is no longer free"
)
SOURCE_KIND = "incident"
"""Of the tasks that units get by being sent."""
NAMES_SAID, NAME_SAID = 50, 80
_ARRIVE_MINUTES = 60
"""Until when a unit's task is due where the table of times names no arrival."""

replace = msgspec.structs.replace


async def dispatch(doing: Doing, act: acts.Dispatch) -> Incident:
    """Send free resources and units; whoever was there first has a resource, the other is told."""
    incident = doing.incident
    if not act.resource_ids and not act.orgs:
        raise wrong("resource_ids", "cần chọn lực lượng hoặc đơn vị", "choose resources or units")
    sent = await resources.get(doing.connection, act.resource_ids, lock=True)
    await _check(doing.principal, set(act.resource_ids), sent)
    await check_units(doing.connection, act.orgs)
    for org in act.orgs:
        doing.principal.require(
            "incident.work", org_id=org, area_code=incident.area_code, sector=incident.sector
        )
    for each in sent:
        await resources.send(doing.connection, each.id, incident.id, at=doing.now, by=doing.by)
        await resources.update(
            doing.connection,
            replace(
                each, status="assigned", status_at=doing.now, status_note="", incident_id=incident.id,
                version=each.version + 1,
            ),
        )  # fmt: skip
    units = tuple(dict.fromkeys((*(each.org_id for each in sent), *act.orgs)))
    given = {
        org: await _give(doing, org, [each for each in sent if each.org_id == org], act.text) for org in units
    }
    doing.text = act.text
    doing.detail |= {
        "resources": named(sent),
        "tasks": [{"org_id": org, "task_id": task} for org, task in given.items()],
    }
    orgs = tuple(dict.fromkeys((*incident.orgs, *units)))
    return replace(incident, orgs=orgs, dispatched_at=incident.dispatched_at or doing.now)


async def _check(principal: Principal, wanted: set[int], found: Sequence[Resource]) -> None:
    seen = [each for each in found if may_see(principal, each)]
    if {each.id for each in seen} != wanted:
        raise missing("Không có lực lượng, phương tiện này.", "There is no such resource.")
    for each in seen:
        principal.require("incident.work", org_id=each.org_id, area_code=each.area_code, sector=each.sector)
    taken = [each for each in seen if each.status != "free" or not each.active]
    if taken:
        names = ", ".join(each.name for each in taken)
        raise Problem(
            TAKEN,
            f"Không điều động được: {names}.",
            f"These cannot be sent: {names}.",
            resources=[{"id": e.id, "status": e.status, "incident_id": e.incident_id} for e in taken],
        )


def may_see(principal: Principal, resource: Resource) -> bool:
    """Say whether the asker may see a resource."""
    return principal.may(
        "resource.read", org_id=resource.org_id, area_code=resource.area_code, sector=resource.sector
    )


async def _give(doing: Doing, org: int, sent: Sequence[Resource], text: str) -> int:
    """Give a unit its task of an incident: be there in time; the task has clock, notices and escalation."""
    incident, names = doing.incident, ", ".join(each.name for each in sent)
    row = doing.desk.tables.reaction_of(
        {"kind": incident.kind, "severity": incident.severity, "is_exercise": incident.is_exercise}
    )
    told = [text, incident.place, f"Lực lượng: {names}" if names else ""]
    facts: dict[str, Any] = {
        "title": _title(incident)[:500],
        "description": "\n".join(part for part in told if part),
        "owner_org": org, "assigner_org": incident.owner_org, "assigner": doing.by,
        "due": Due(precision="minutes", count=row.on_scene or _ARRIVE_MINUTES),
        "area_code": incident.area_code, "sector": incident.sector, "priority": incident.severity,
        "source_kind": SOURCE_KIND, "source_id": str(incident.id), "is_exercise": incident.is_exercise,
    }  # fmt: skip
    task = await giving.make(doing.connection, doing.desk.tasks, doing.by, facts)
    return task.id


def _title(incident: Incident) -> str:
    title = f"Xử lý sự cố {incident.code}: {incident.title}"
    # The tasks' own desk marks an exercise; of simulations it knows nothing.
    return title if incident.is_exercise else marked(incident, title)


async def on_scene(doing: Doing, act: acts.OnScene) -> Incident:
    """Note that somebody has arrived: those that are named, or all who were sent."""
    there = await resources.at_incident(doing.connection, doing.incident.id, lock=True)
    mine = {each.id for each in there if "worker" in doing.parts or _crews(doing, each)}
    wanted = set(act.resource_ids) or mine
    if not wanted <= mine:
        raise wrong("resource_ids", "không phải của đơn vị, hoặc chưa được điều động tới đây",
                    "is not the unit's own, or was not sent here")  # fmt: skip
    arrived = [each for each in there if each.id in wanted and each.status != "on_scene"]
    for each in arrived:
        await resources.update(
            doing.connection, replace(each, status="on_scene", status_at=doing.now, version=each.version + 1)
        )
    await resources.note(doing.connection, [each.id for each in arrived], "on_scene_at", doing.now)
    doing.text = act.text
    doing.detail["resources"] = named(arrived)
    return replace(doing.incident, on_scene_at=doing.incident.on_scene_at or doing.now)


def _crews(doing: Doing, resource: Resource) -> bool:
    return doing.principal.may(
        "incident.work", org_id=resource.org_id, area_code=resource.area_code, sector=resource.sector
    )


def named(found: Sequence[Resource]) -> list[dict[str, Any]]:
    """Return what a log entry says of resources; the table of their uses has them all."""
    return [
        {"id": each.id, "name": each.name[:NAME_SAID], "org_id": each.org_id} for each in found[:NAMES_SAID]
    ]


async def release_all(connection: Connection, desk: Desk, incident: Incident) -> list[Resource]:
    """Free whatever is at an incident; return it."""
    there = await resources.at_incident(connection, incident.id, lock=True)
    await resources.note(connection, [each.id for each in there], "ended_at", desk.now())
    for each in there:
        freed = replace(each, status="free", status_at=desk.now(), incident_id=None, version=each.version + 1)
        await resources.update(connection, freed)
    return there


async def family(connection: Connection, incident_id: int) -> list[int]:
    """Return an incident and those that were merged into it, at any remove."""
    return [incident_id, *await incidents.merged_into(connection, incident_id)]
