"""A lesson becomes a task: once, with one act, and the log says so."""

from __future__ import annotations

from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.base.problems import Problem, kind
from haidang.incidents.after_action import store
from haidang.incidents.service import journal
from haidang.incidents.service.desk import Desk, hindered, parts_of, visible
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing
from haidang.tasks.model.due import Due
from haidang.tasks.service.giving import Body, NewTask, Priority, Short, Title, give

TAKEN = kind(
    "lesson-has-task", 409, "Bài học này đã được giao thành nhiệm vụ", "This lesson is a task already"
)


class LessonToTask(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who does what about a lesson, and by when."""

    owner_org: int
    """The one lead unit."""
    due: Due
    title: Title | None = None
    """Absent: the lesson's own words."""
    description: Body = ""
    product: Short = ""
    assignee: int | None = None
    priority: Priority = 3


async def to_task(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    incident_id: int,
    asked: LessonToTask,
    *,
    no: int,
) -> dict[str, Any]:
    """Give the task and note it in the log; ``Problem`` where it was done before, or is not the asker's."""
    incident = await visible(connection, principal, incident_id, lock=True)
    if "worker" not in parts_of(principal, incident):
        raise hindered("part", "lesson-task")
    entries = await journal.entries(connection, incident_id, after=no - 1, limit=1)
    if not entries or entries[0]["no"] != no or entries[0]["kind"] != "lesson":
        raise missing("Không có bài học này trong nhật ký.", "There is no such lesson in the log.")
    before = (await store.lesson_tasks(connection, incident_id)).get(no)
    if before is not None:
        raise Problem(TAKEN, task_id=before["id"])
    text = await _as_corrected(connection, incident_id, entries[0])
    description = asked.description or f"{text}\n\nBài học từ sự cố {incident.code}: {incident.title}."
    task = await give(
        connection,
        desk.tasks,
        principal,
        NewTask(
            title=asked.title or text[:500], owner_org=asked.owner_org, due=asked.due, product=asked.product,
            description=description, assigner_org=incident.owner_org, assignee=asked.assignee,
            area_code=incident.area_code, sector=incident.sector, priority=asked.priority,
            source_kind=store.LESSON, source_id=f"{incident.id}:{no}",
            by_document=f"Báo cáo sau sự cố {incident.code}", is_exercise=incident.is_exercise,
        ),
    )  # fmt: skip
    await journal.write(
        connection, desk, principal.id, incident.id, "lesson-task", task.title,
        detail={"lesson": no, "task": task.id, "owner_org": task.owner_org},
    )  # fmt: skip
    return {"lesson": no, "task_id": task.id, "version": task.version, "due_end": task.due_end}


async def _as_corrected(connection: Connection, incident_id: int, entry: dict[str, Any]) -> str:
    """Return a lesson's words, as the last correction has them."""
    number = entry["corrected_by"]
    if number is None:
        return str(entry["text"])
    [correction] = await journal.entries(connection, incident_id, after=number - 1, limit=1)
    return str(correction["text"])
