"""A flag becomes a task: given once for a project, a code and a year, to whose it is to follow up."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from haidang.base.database import Connection
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing
from haidang.programme.service import flag_words, flags
from haidang.programme.service.desk import Desk, record, require, visible, wrong
from haidang.programme.service.flags import SOURCE, source_of
from haidang.programme.service.scene import scene
from haidang.tasks.model.due import Due
from haidang.tasks.service import giving

DUE = Due(precision="working_days", count=5)


class FollowUp(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which flag is to be followed up; when and by whom, where it is not the usual."""

    project: int
    code: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    year: Annotated[int, msgspec.Meta(ge=1990, le=2100)]
    due: Due = DUE
    note: Annotated[str, msgspec.Meta(max_length=2_000)] = ""


async def follow_up(
    connection: Connection, desk: Desk, principal: Principal, program_id: int, asked: FollowUp
) -> dict[str, Any]:
    """Give the task of a flag that stands; where it was given before, return that one."""
    at = await scene(connection, desk, principal, program_id, asked.year)
    if asked.project not in at.projects:
        raise missing("Không có dự án này.", "There is no such project.")
    project = await visible(connection, principal, asked.project, lock=True)
    require(principal, "programme.oversee", project)
    source = source_of(asked.project, asked.code, asked.year)
    known = await flags.follow_ups(connection, asked.year)
    if source in known:
        return {"task_id": known[source], "made": False}
    found = await flags.look(connection, desk, at)
    raised = next((e for e in found.raised if (e.project, e.code) == (asked.project, asked.code)), None)
    if raised is None:
        raise wrong("code", "dự án không có cờ này", "the project has no such flag", asked.code)
    told = flags.told(at, raised, None)
    vi, _ = flag_words.titles(asked.code)
    owner = told["follow_up_org"]
    task = await giving.make(
        connection,
        desk.tasks,
        principal.id,
        {
            "title": f"{vi}: {project.name}"[:500],
            "description": "\n".join(part for part in (told["found"]["vi"], asked.note) if part),
            "due": asked.due,
            "owner_org": owner,
            "assigner_org": principal.org_id or at.program.owner_org,
            "assigner": principal.id,
            "area_code": project.area_code,
            "sector": project.sector,
            "priority": 2,
            "source_kind": SOURCE,
            "source_id": source,
        },
    )
    await record(
        connection,
        desk,
        principal.id,
        action="flag.follow_up",
        subject=f"project:{project.id}",
        about=project,
        body={
            "code": asked.code,
            "year": asked.year,
            "task": task.id,
            "owner_org": owner,
            "found": told["found"]["vi"],
        },
    )
    return {"task_id": task.id, "made": True}
